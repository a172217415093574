/**
 * Copies of a database's files that cost no room: further names (hard links) of the same ones.
 * LevelDB never changes a file in place once it is closed; it makes new ones and deletes old ones.
 * So such a copy stays what the store was. Where the file system has no links the files are copied.
 */
import { copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './birthmark.ts';
import { isDataFile } from './level-files.ts';

/**
 * The store as it was before it was opened last, kept until a whole scan found it sound: opening
 * alone makes LevelDB delete tables that a damaged list does not name. The first of them is kept
 * until then, and the one of the last opening.
 */
const BEFORE = ['.before', '.before-last'] as const;

const MADE = '.before-new';

/** Every copy of the store that is kept, the oldest first, then the store itself. */
export async function lastingCopies(dir: string): Promise<readonly string[]> {
  const all = [...BEFORE.map((end) => dir + end), dir];
  const there = await Promise.all(all.map((one) => hasData(one)));
  return all.filter((_, i) => there[i]);
}

/**
 * Makes the copy of before an opening; nothing for an empty store, and nothing where it cannot be
 * done without copying every byte. The answer says what to do once it is open, or is not.
 */
export async function copyBefore(
  dir: string,
): Promise<{ keep(): Promise<void>; forget(): Promise<void> }> {
  const made = dir + MADE;
  const forget = () => rm(made, { recursive: true, force: true });
  await forget();
  const isMade = (await hasData(dir)) && (await linked(dir, made));
  if (!isMade) await forget();
  return {
    forget,
    async keep() {
      if (!isMade) return;
      const [first, last] = BEFORE;
      const place = dir + ((await hasData(dir + first)) ? last : first);
      await rm(place, { recursive: true, force: true });
      await rename(made, place);
    },
  };
}

/** The store is sound: what it was before is not needed. */
export async function forgetBefore(dir: string): Promise<void> {
  for (const end of BEFORE) await rm(dir + end, { recursive: true, force: true });
}

/** Moves the copies of before into `place`, under names of their own. */
export async function moveBefore(dir: string, place: string): Promise<void> {
  for (const end of BEFORE) {
    await rename(dir + end, join(place, `before${end.slice('.before'.length)}`)).catch(absent);
  }
}

/** A copy of all data files. @throws the file system's errors, ENOSPC among them. */
export async function copyData(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  if (await linked(from, to)) return;
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of await dataFiles(from)) await copyFile(join(from, name), join(to, name));
}

/** Bytes of all data files. */
export async function dataBytes(dir: string): Promise<number> {
  const sizes = await Promise.all(
    (await dataFiles(dir)).map(async (name) => (await stat(join(dir, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function hasData(dir: string): Promise<boolean> {
  return (await dataFiles(dir)).length > 0;
}

async function dataFiles(dir: string): Promise<readonly string[]> {
  return (await readdir(dir).catch(absent))?.filter(isDataFile) ?? [];
}

/** False where there are no hard links. */
async function linked(from: string, to: string): Promise<boolean> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  try {
    for (const name of await dataFiles(from)) await link(join(from, name), join(to, name));
  } catch {
    return false;
  }
  await syncFolder(to);
  return true;
}

function absent(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  return undefined;
}
