/** DIR/functions: the modules a person put there. Beside peer.ts: touches the file system. */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionFolder } from './app/functions/function-wall.ts';
import type { FunctionSource } from './app/functions/function-wall.ts';
import type { Clock } from './base/clock.ts';

/** An editor writes a file in several steps; they are looked at once they are over. */
const SETTLE_MS = 200;
const MAX_FILES = 32;

export function createFunctionFolder(
  init: { readonly dir: string },
  { clock }: { readonly clock: Clock },
): FunctionFolder {
  const { dir } = init;
  return {
    path: dir,
    async read() {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const names = (await readdir(dir)).filter((name) => /^[^.].*\.(mjs|js)$/.test(name)).sort();
      const found: FunctionSource[] = [];
      for (const file of names.slice(0, MAX_FILES)) {
        found.push({ file, text: await readFile(join(dir, file), 'utf8') });
      }
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
