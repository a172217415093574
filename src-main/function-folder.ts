/** DIR/functions: the modules a person put there. Beside peer.ts: touches the file system. */
import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionFolder } from './app/functions/function-wall.ts';
import type { FunctionSource } from './app/functions/function-wall.ts';
import type { Clock } from './base/clock.ts';

/** An editor writes a file in several steps; they are looked at once they are over. */
const SETTLE_MS = 200;
const MAX_FILES = 32;
const TYPES_FILE = 'carrossel-function.d.ts';

/** So that an editor checks functions against the types, and knows of nothing they have not got. */
const JSCONFIG = {
  compilerOptions: {
    ...{ checkJs: true, strict: true, noEmit: true },
    ...{ target: 'es2024', lib: ['es2024'], types: [] },
    ...{ module: 'esnext', moduleResolution: 'bundler', moduleDetection: 'force' },
    paths: { 'carrossel/function': [`./${TYPES_FILE}`] },
  },
  include: ['*.js', '*.mjs'],
};

export function createFunctionFolder(
  init: { readonly dir: string },
  { clock }: { readonly clock: Clock },
): FunctionFolder {
  const { dir } = init;
  let made: Promise<void> | undefined;

  /** The types as this version has them; how the editor is set up is the person's own. */
  async function make(): Promise<void> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    try {
      const path = join(dir, TYPES_FILE);
      const types = functionTypes();
      if ((await readFile(path, 'utf8').catch(() => '')) !== types) await writeFile(path, types);
      const config = `${JSON.stringify(JSCONFIG, null, 2)}\n`;
      await writeFile(join(dir, 'jsconfig.json'), config, { flag: 'wx' });
    } catch {
      // There already, or a folder that is only read: functions run all the same.
    }
  }

  async function sourceOf(file: string, i: number): Promise<FunctionSource> {
    if (i < MAX_FILES) return { file, text: await readFile(join(dir, file), 'utf8') };
    return { file, text: '', refused: `The folder has more than ${MAX_FILES} modules.` };
  }

  return {
    path: dir,
    async read() {
      await (made ??= make());
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const names = (await readdir(dir)).filter((name) => /^[^.].*\.(mjs|js)$/.test(name)).sort();
      const found: FunctionSource[] = [];
      for (const [i, file] of names.entries()) found.push(await sourceOf(file, i));
      return found;
    },
    watch(onChange) {
      let cancel = (): void => undefined;
      let watcher: FSWatcher | undefined;
      try {
        watcher = watch(dir, () => {
          cancel();
          cancel = clock.schedule(SETTLE_MS, onChange);
        });
        watcher.on('error', () => undefined);
      } catch {
        // A file system that tells nothing: new functions come at the next start.
      }
      return () => {
        cancel();
        watcher?.close();
      };
    },
  };
}

/** The types of `carrossel/function`, beside the bundle or among the sources. */
export function functionTypes(): string {
  try {
    return textAt(`./${TYPES_FILE}`);
  } catch {
    return textAt('./app/functions/function-api.ts');
  }
}

function textAt(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
}
