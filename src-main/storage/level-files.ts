/**
 * A look at LevelDB's files before it opens them. It opens a store whose list of tables (MANIFEST)
 * was cut, and then deletes the tables that it no longer finds listed (STACK B6). What is found
 * here is no verdict: a process that was killed may leave the same traces. It says that all records
 * are to be counted before the store is trusted.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readLevelLog } from './level-log.ts';

/** The files that make the database; not its lock, its log for people, nor our birthmark. */
export function isDataFile(name: string): boolean {
  return name === 'CURRENT' || /^MANIFEST-\d+$/.test(name) || /^\d+\.(ldb|sst|log)$/.test(name);
}

/** True for a file that LevelDB makes only once its CURRENT is there. */
export function holdsData(name: string): boolean {
  return /^\d+\.(ldb|sst|log)$/.test(name);
}

/** Why the files are in doubt; undefined when they are as a sound store has them. */
export async function doubtOf(dir: string): Promise<string | undefined> {
  const names = await readdir(dir);
  if (!names.some(holdsData)) return undefined;
  const current = await readFile(join(dir, 'CURRENT'), 'utf8').catch(() => '');
  const manifest = current.trim();
  if (!/^MANIFEST-\d+$/.test(manifest) || !names.includes(manifest)) {
    return 'the list of its tables is gone';
  }
  const list = readLevelLog(await readFile(join(dir, manifest)));
  if (!list.whole) return 'the list of its tables has a torn end';
  const listed = tablesIn(list.records);
  if (listed === undefined) return 'the list of its tables cannot be read';
  return (await doubtOfTables(dir, names, listed)) ?? doubtOfLogs(dir, names);
}

async function doubtOfTables(
  dir: string,
  names: readonly string[],
  listed: ReadonlyMap<number, number>,
): Promise<string | undefined> {
  const tables = names.filter((name) => /\.(ldb|sst)$/.test(name));
  const there = new Map(tables.map((name) => [Number.parseInt(name, 10), name]));
  for (const [number, size] of listed) {
    const name = there.get(number);
    if (name === undefined) return `table ${number} is gone`;
    if ((await stat(join(dir, name))).size !== size) return `table ${number} has another size`;
  }
  // A compaction that was cut off leaves such a table, and so does a list that was cut.
  const unlisted = [...there.keys()].find((number) => !listed.has(number));
  return unlisted === undefined ? undefined : `table ${unlisted} is not listed`;
}

async function doubtOfLogs(dir: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names.filter((one) => one.endsWith('.log'))) {
    const { whole } = readLevelLog(await readFile(join(dir, name)));
    if (!whole) return `its log ${name} has a torn record`;
  }
  return undefined;
}

/** Tags of LevelDB's VersionEdit. */
const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  prevLogNumber: 9,
} as const;

/** Number and size of each table in force; undefined for what is no such list. */
function tablesIn(edits: readonly Uint8Array[]): ReadonlyMap<number, number> | undefined {
  const tables = new Map<number, number>();
  try {
    for (const edit of edits) applyEdit(edit, tables);
    return tables;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function applyEdit(edit: Uint8Array, tables: Map<number, number>): void {
  const input = createVarintReader(edit);
  while (!input.done()) {
    switch (input.number()) {
      case TAG.comparator:
        input.skipText();
        break;
      case TAG.logNumber:
      case TAG.nextFile:
      case TAG.lastSequence:
      case TAG.prevLogNumber:
        input.number();
        break;
      case TAG.compactPointer:
        input.number();
        input.skipText();
        break;
      case TAG.deletedFile:
        input.number();
        tables.delete(input.number());
        break;
      case TAG.newFile:
        input.number();
        tables.set(input.number(), input.number());
        input.skipText();
        input.skipText();
        break;
      default:
        throw new RangeError('an unknown tag');
    }
  }
}

function createVarintReader(bytes: Uint8Array) {
  let at = 0;
  function number(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 2 ** 56) throw new RangeError('a number without end');
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }
  return {
    done: () => at >= bytes.length,
    number,
    skipText() {
      const length = number();
      at += length;
      if (at > bytes.length) throw new RangeError('a text without end');
    },
  };
}
