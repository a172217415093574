/**
 * The steps of a repair on files (PROTOCOL.md, Disk): what is left of the store is copied, LevelDB
 * mends the copies, a fresh store is made of what can be read in them, then the two change places.
 * The damaged one is only ever renamed. A journal beside it says how far this came: what was cut
 * off goes on at the next start.
 */
import { mkdir, open, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { AppError, toAppError } from '../base/app-error.ts';
import { syncFolder } from './birthmark.ts';
import type { Disk, DiskRepair } from './disk.ts';
import { copyData, dataBytes, lastingCopies, moveBefore } from './level-copies.ts';

export interface LevelRepair {
  /** True when one was begun and is not done: the store is to be repaired before it is opened. */
  isUnderWay(): Promise<boolean>;
  /** Ends one that had its fresh store whole. */
  complete(): Promise<void>;
  /** The whole of it. @throws DISK_FULL with needBytes and freeBytes, and what `work` throws. */
  run(nowMs: number, work: (repair: DiskRepair) => Promise<void>): Promise<void>;
}

interface Journal {
  readonly format: 1;
  /** Name of the folder that the damaged store gets, beside it. */
  readonly aside: string;
  /** The fresh store is whole: only renaming is left. */
  readonly built: boolean;
}

/** Room left for the system and for LevelDB's own work. */
const RESERVE_BYTES = 32 * 1024 * 1024;

/**
 * @param init.dir the store's folder; `diskAt` makes a bare disk over a folder like it, `outside`
 * reads the number beside it.
 */
export function createLevelRepair(init: {
  readonly dir: string;
  readonly diskAt: (dir: string) => Disk;
  readonly outside: () => Promise<number | undefined>;
}): LevelRepair {
  const { dir, diskAt } = init;
  const journalPath = `${dir}.repair.json`;
  const fresh = `${dir}.fresh`;
  const copyAt = (i: number): string => `${dir}.copy-${i}`;

  async function readJournal(): Promise<Journal | undefined> {
    const text = await readFile(journalPath, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      const { format, aside, built } = JSON.parse(text) as Partial<Journal>;
      // The name is one of ours: no file can send the store elsewhere.
      if (format !== 1 || aside === undefined || basename(aside) !== aside) return undefined;
      return { format, aside, built: built === true };
    } catch {
      return undefined;
    }
  }
  async function writeJournal(journal: Journal): Promise<void> {
    const made = `${journalPath}.new`;
    const file = await open(made, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(journal)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(made, journalPath);
    await syncFolder(dirname(dir));
  }
  async function clear(): Promise<void> {
    await rm(fresh, { recursive: true, force: true });
    for (let i = 0; i < 4; i++) await rm(copyAt(i), { recursive: true, force: true });
  }
  /** Each step does nothing when it is done already. */
  async function change(journal: Journal): Promise<void> {
    const aside = join(dirname(dir), journal.aside);
    if (await isThere(fresh)) {
      if ((await isThere(dir)) && !(await isThere(aside))) await rename(dir, aside);
      await mkdir(aside, { recursive: true, mode: 0o700 });
      await moveBefore(dir, aside);
      await rename(fresh, dir);
      await syncFolder(dirname(dir));
    }
    await clear();
    await rm(journalPath, { force: true });
  }
  async function begin(nowMs: number): Promise<Journal> {
    const found = await readJournal();
    if (found !== undefined) return found;
    const made: Journal = { format: 1, aside: await freeName(dir, nowMs), built: false };
    await writeJournal(made);
    return made;
  }
  async function checkRoom(copies: readonly string[]): Promise<void> {
    const sizes = await Promise.all(copies.map((copy) => dataBytes(copy)));
    const needBytes = Math.max(0, ...sizes) + RESERVE_BYTES;
    const space = await statfs(dirname(dir)).catch(() => undefined);
    if (space === undefined) return;
    const freeBytes = space.bavail * space.bsize;
    if (freeBytes < needBytes) throw noRoom({ needBytes, freeBytes });
  }
  async function mended(copies: readonly string[]): Promise<readonly Disk[]> {
    const disks: Disk[] = [];
    for (const [i, copy] of copies.entries()) {
      await copyData(copy, copyAt(i));
      await ClassicLevel.repair(copyAt(i)).catch(() => undefined);
      const disk = diskAt(copyAt(i));
      try {
        await disk.open();
        disks.push(disk);
      } catch (error) {
        // What not even its repair makes readable; the other copies may be.
        if (toAppError(error).code === 'DISK_FULL') throw error;
        await disk.close();
      }
    }
    return disks;
  }
  async function build(aside: string, work: (repair: DiskRepair) => Promise<void>): Promise<void> {
    const copies = await lastingCopies(dir);
    await checkRoom(copies);
    const target = diskAt(fresh);
    const sources = await mended(copies);
    try {
      await target.open();
      const outside = await init.outside();
      await work({ sources, fresh: target, outside, aside: join(dirname(dir), aside) });
    } finally {
      for (const disk of [...sources, target]) await disk.close();
    }
  }
  return {
    isUnderWay: async () => (await readJournal()) !== undefined,
    async complete() {
      const journal = await readJournal();
      if (journal?.built === true) await change(journal);
    },
    async run(nowMs, work) {
      const journal = await begin(nowMs);
      await clear();
      try {
        await build(journal.aside, work);
      } catch (error) {
        await clear();
        await rm(journalPath, { force: true });
        throw isNoSpace(error) ? noRoom({}) : error;
      }
      const built = { ...journal, built: true };
      await writeJournal(built);
      await change(built);
    },
  };
}

/** `store-damaged-2026-11-26T211628Z`, with a number behind it where there is one. */
async function freeName(dir: string, nowMs: number): Promise<string> {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '');
  const name = `${basename(dir)}-damaged-${stamp}Z`;
  for (let i = 1; ; i++) {
    const tried = i === 1 ? name : `${name}-${i}`;
    if (!(await isThere(join(dirname(dir), tried)))) return tried;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function isNoSpace(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function noRoom(details: { readonly needBytes?: number; readonly freeBytes?: number }): AppError {
  return new AppError(
    'DISK_FULL',
    'The store on this machine is damaged, and its disk has no room to repair it. Nothing was ' +
      'removed: free some space and start again.',
    { details },
  );
}
