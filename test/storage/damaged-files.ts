import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ways in which files of a store are damaged (the table of STACK B6). */
export const DAMAGES: Readonly<Record<string, (store: string) => Promise<void>>> = {
  'a table cut in half': async (store) => {
    const path = await largest(store, '.ldb');
    await truncate(path, Math.floor((await stat(path)).size / 2));
  },
  '64 bytes flipped in a table': async (store) => {
    const path = await largest(store, '.ldb');
    const bytes = await readFile(path);
    const at = Math.floor(bytes.length / 2);
    for (let i = at; i < at + 64; i++) bytes[i] = (bytes[i] ?? 0) ^ 0xa5;
    await writeFile(path, bytes);
  },
  'a table deleted': async (store) => rm(await largest(store, '.ldb')),
  'MANIFEST cut in half': async (store) => {
    const path = await largest(store, 'MANIFEST');
    await truncate(path, Math.floor((await stat(path)).size / 2));
  },
  'MANIFEST emptied': async (store) => truncate(await largest(store, 'MANIFEST'), 0),
  'CURRENT emptied': (store) => truncate(join(store, 'CURRENT'), 0),
  'CURRENT deleted': (store) => rm(join(store, 'CURRENT')),
  'the log cut': async (store) => {
    const path = await largest(store, '.log');
    await truncate(path, Math.floor((await stat(path)).size / 2));
  },
  'the log flipped': async (store) => {
    const path = await largest(store, '.log');
    const bytes = await readFile(path);
    const at = Math.floor(bytes.length / 2);
    for (let i = at; i < at + 64; i++) bytes[i] = (bytes[i] ?? 0) ^ 0xa5;
    await writeFile(path, bytes);
  },
};

/** Those after which no record is gone: LevelDB's own repair finds every table and log again. */
export const HARMLESS = [
  'MANIFEST cut in half',
  'MANIFEST emptied',
  'CURRENT emptied',
  'CURRENT deleted',
];

/** The largest file of the store whose name has that in it. */
export async function largest(store: string, part: string): Promise<string> {
  const names = (await readdir(store)).filter((name) => name.includes(part));
  const all = await Promise.all(
    names.map(async (name) => ({
      path: join(store, name),
      size: (await stat(join(store, name))).size,
    })),
  );
  const [first] = all.toSorted((a, b) => b.size - a.size);
  if (first === undefined) throw new Error(`no ${part} in the store`);
  return first.path;
}
