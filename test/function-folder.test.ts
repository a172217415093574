import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../src-main/base/clock.ts';
import { createFunctionFolder, functionTypes } from '../src-main/function-folder.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TSC = at('node_modules/typescript/bin/tsc');

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carrossel-functions-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const folder = (inner = '') =>
  createFunctionFolder({ dir: dir + inner }, { clock: createSystemClock() });
const write = (file: string, text: string) => writeFile(join(dir, file), text);

/** What TypeScript says of the folder, as an editor does that opens it: nothing else is there. */
function typesSay(): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [TSC, '-p', join(dir, 'jsconfig.json')],
      { cwd: dir },
      (_error, out) => {
        resolve(out);
      },
    );
  });
}

const headed = (type: string, body: string, more = '') => `// @ts-check
/** @type {import('carrossel/function').CarrosselFunction${type}} */
export default {
  name: 'f', on: { prefix: 'note#' }, ${more}
  async handler(events, context) {
    ${body}
  },
};
`;

describe('the folder of functions', () => {
  it('is made with the types in it, and holds as modules what a person put there', async () => {
    expect(await folder('/new').read()).toEqual([]);
    expect((await readdir(join(dir, 'new'))).sort()).toEqual([
      'carrossel-function.d.ts',
      'jsconfig.json',
    ]);
    await writeFile(join(dir, 'new', 'one.mjs'), '1');
    expect(await folder('/new').read()).toEqual([{ file: 'one.mjs', text: '1' }]);
  });

  it('brings the types up to date, and leaves the set-up of the editor as it is', async () => {
    await write('carrossel-function.d.ts', 'of another version');
    await write('jsconfig.json', '{ "mine": true }');
    await folder().read();
    expect(await readFile(join(dir, 'carrossel-function.d.ts'), 'utf8')).toBe(functionTypes());
    expect(await readFile(join(dir, 'jsconfig.json'), 'utf8')).toBe('{ "mine": true }');
  });

  it('says of what is too much that it is too much', async () => {
    for (let n = 0; n < 34; n++) await write(`f${`${n}`.padStart(2, '0')}.mjs`, `${n}`);
    const found = await folder().read();
    expect(found.filter(({ refused }) => refused !== undefined).map(({ file }) => file)).toEqual([
      'f32.mjs',
      'f33.mjs',
    ]);
  });
});

describe('the types of carrossel/function', () => {
  it('are those the built-in functions are written against, and need no other file', async () => {
    const text = functionTypes();
    expect(text).toBe(await readFile(at('src-main/app/functions/function-api.ts'), 'utf8'));
    expect(text).not.toMatch(/\bimport\b|\brequire\b|^export (const|let|function|class|default)/mu);
    const { exports } = JSON.parse(await readFile(at('package.json'), 'utf8')) as {
      exports: Record<string, { types?: string }>;
    };
    // Where the build puts that text, and where the desktop packages hold it.
    expect(exports['./function']?.types).toBe('./dist/main/carrossel-function.d.ts');
    expect(await readFile(at('src-main/vite.config.ts'), 'utf8')).toContain(
      "'carrossel-function.d.ts': 'app/functions/function-api.ts'",
    );
  });

  it('take what the docs show, and functions of one’s own that use all there is', async () => {
    await folder().read();
    const docs = await readFile(at('docs/FUNCTIONS.md'), 'utf8');
    const examples = [...docs.matchAll(/```js\n([^]*?)```/g)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const [n, text] of examples.entries()) await write(`docs-${n}.mjs`, text);
    await write(
      'all.mjs',
      headed(
        '',
        `for (const { key, before, after, replay, retried, local, id } of events) {
          for (const one of [...before, ...after]) {
            const { value, device, wallMs, deleted, version, derivedKey } = one;
            if (typeof value !== 'number' || deleted || replay || retried || local) continue;
            context.put(derivedKey, { key, id, device, wallMs, version, twice: value * 2 });
          }
        }
        const [first] = await context.query({ prefix: 'note#', after: 'note#1', limit: 5 });
        if (first !== undefined) context.delete(first.key);
        context.log(context.account.name, (await context.get('x'))[0]?.value);`,
        'batch: 7,',
      ),
    );
    expect(await typesSay()).toBe('');
  }, 60_000);

  it('refuse what is no function, and what functions have not got', async () => {
    await folder().read();
    const wrong: Readonly<Record<string, [text: string, says: RegExp]>> = {
      'a.mjs': [headed('', 'context.write("x", 1);'), /'write' does not exist/],
      'b.mjs': [headed('', 'context.put("x", () => 1);'), /not assignable/],
      'c.mjs': [headed('', 'events[0].after.value;'), /possibly|'value' does not exist/],
      'd.mjs': [headed('', 'await fetch("https://example.org");'), /'fetch'/],
      'e.mjs': [headed('', 'setTimeout(() => 1, 1); process.exit();'), /'setTimeout'/],
      'f.mjs': [
        headed('<{ count: number }>', '(await context.get("x"))[0]?.value?.cuont;'),
        /'cuont'/,
      ],
      'g.mjs': [headed('', '', 'batch: "all",'), /not assignable/],
      'h.mjs': [headed('', '').replace('prefix', 'praefix'), /not assignable/],
    };
    for (const [file, [text]] of Object.entries(wrong)) await write(file, text);
    const said = (await typesSay()).split('\n');
    for (const [file, [, says]] of Object.entries(wrong)) {
      const about = said.filter((line) => line.startsWith(file)).join('\n');
      expect(about, file).toMatch(says);
    }
  }, 60_000);
});
