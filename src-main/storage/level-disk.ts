import { mkdir, open, readdir, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { AppError, toAppError } from '../base/app-error.ts';
import { compareBytes } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import { bearsBirthmark, keepBirthmark, makeBirthmark, syncFolder } from './birthmark.ts';
import type { Disk, DiskEntry, DiskKey } from './disk.ts';
import { copyBefore, forgetBefore } from './level-copies.ts';
import { doubtOf, holdsData } from './level-files.ts';
import { createLevelRepair } from './level-repair.ts';
import { KEY_KIND } from './record-keys.ts';

export interface LevelDiskInit {
  /** Folder of the database; made if it is not there. */
  readonly dir: string;
  /** The file outside it. Without one this is a bare database: of a repair, and for no store. */
  readonly outside?: string;
  /** Process id that is said to have the folder, for the error. */
  readonly holder: () => Promise<number | undefined>;
}

type Level = ClassicLevel<Buffer, Uint8Array>;

/**
 * Sealed bytes do not compress; a larger buffer means fewer rewrites of the same item, and blocks
 * of 16 KB cost LevelDB's own thread a fifth less CPU a cart written than those of 4 KB.
 */
const LEVEL_OPTIONS = {
  keyEncoding: 'buffer',
  valueEncoding: 'view',
  compression: false,
  writeBufferSize: 32 * 1024 * 1024,
  blockSize: 16 * 1024,
  cacheSize: 16 * 1024 * 1024,
} as const;

const WALK_CHUNK = 256;
const OUTSIDE_FORMAT = 1;
const OUTSIDE_BYTES = 1 + 8 + 8;

/** A disk over classic-level (LevelDB), with the file outside and the birthmark beside it. */
export function createLevelDisk(init: LevelDiskInit, components: { random: Random }): Disk {
  const files = { dir: init.dir, outside: init.outside ?? '' };
  let level: Level | undefined;
  let outside: FileHandle | undefined;
  let reopening: Promise<void> = Promise.resolve();
  let doubt: string | undefined;
  let closing = false;
  const repair = createLevelRepair({
    dir: init.dir,
    diskAt: (dir) => createLevelDisk({ dir, holder: init.holder }, components),
    async outside() {
      const file = await open(init.outside ?? '', 'r').catch(() => undefined);
      const number = await readNumber(file);
      await file?.close();
      return number;
    },
  });

  // LevelDB refuses what comes, or is under way, while it closes: nothing is wrong with the disk.
  const db = (): Level => {
    if (level === undefined || closing) throw closed();
    return level;
  };
  const failure = (error: unknown): AppError => (closing ? closed(error) : levelError(error));
  async function failing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw failure(error);
    }
  }
  async function openLevel(): Promise<void> {
    try {
      // Over files whose CURRENT is gone LevelDB would begin anew, and delete them.
      const createIfMissing = !(await readdir(init.dir)).some(holdsData);
      level ??= new ClassicLevel<Buffer, Uint8Array>(init.dir, LEVEL_OPTIONS);
      await level.open({ createIfMissing });
    } catch (error) {
      const failed = levelError(error);
      if (failed.code !== 'DATA_DIR_IN_USE') throw failed;
      const pid = await init.holder();
      throw new AppError('DATA_DIR_IN_USE', 'Another Carrossel is using this data folder.', {
        details: pid === undefined ? {} : { pid },
        cause: error,
      });
    }
  }

  async function openGuarded(outsidePath: string): Promise<void> {
    await repair.complete();
    if (await repair.isUnderWay()) throw cutOff();
    await mkdir(init.dir, { recursive: true, mode: 0o700 });
    doubt = await doubtOf(init.dir);
    const before = await copyBefore(init.dir);
    await openLevel().catch(async (error: unknown) => {
      await before.forget();
      throw error;
    });
    await before.keep();
    outside = await openOutside(outsidePath);
  }

  return {
    async open() {
      closing = false;
      if (init.outside !== undefined) return openGuarded(init.outside);
      await mkdir(init.dir, { recursive: true, mode: 0o700 });
      await openLevel();
    },
    async close() {
      closing = true;
      await reopening.catch(() => undefined);
      await level?.close();
      level = undefined;
      await outside?.close();
      outside = undefined;
    },
    reopen() {
      reopening = db()
        .close()
        .then(openLevel, (error: unknown) => {
          throw levelError(error);
        });
      return reopening;
    },
    async get(key) {
      await reopening;
      if (key.startsWith(KEY_KIND.version)) return failing(db().get(bytesOf(key)));
      // Small records come from memory nearly always: 5 µs, where a trip to another thread and back
      // costs 70, a sixth of a whole durable write.
      try {
        return db().getSync(bytesOf(key));
      } catch (error) {
        throw failure(error);
      }
    },
    async entries(range, { limit, reverse = false }) {
      await reopening;
      const end = range.to === undefined ? {} : { lt: bytesOf(range.to) };
      const iterator = db().iterator({ gte: bytesOf(range.from), ...end, reverse, limit });
      return (await failing(iterator.all())).map(entryOf);
    },
    async *walk() {
      await reopening;
      const iterator = db().iterator({ fillCache: false });
      try {
        for (;;) {
          const chunk = await failing(iterator.nextv(WALK_CHUNK));
          if (chunk.length === 0) return;
          yield chunk.map(entryOf);
        }
      } finally {
        await iterator.close();
      }
    },
    async commit(ops) {
      const batch = ops.map(({ key, value }) =>
        value === null
          ? { type: 'del' as const, key: bytesOf(key) }
          : { type: 'put' as const, key: bytesOf(key), value },
      );
      await failing(db().batch(batch, { sync: true }));
    },
    readOutside: () => readNumber(outside),
    async writeOutside(sequence) {
      await outside?.write(encodeOutside(sequence), 0, OUTSIDE_BYTES, 0);
    },
    bears: (birthmark) => bearsBirthmark(files, birthmark),
    newBirthmark: () => makeBirthmark(files, components.random),
    keepBirthmark: (birthmark) => keepBirthmark(files, birthmark),
    async space() {
      const { bavail, blocks, bsize } = await statfs(init.dir);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    get doubt() {
      return doubt;
    },
    trust: () => forgetBefore(init.dir),
    repair: (nowMs, work) => repair.run(nowMs, work),
  };
}

function cutOff(): AppError {
  return new AppError('STORE_DAMAGED', 'The repair of the store on this machine was cut off.');
}

function closed(cause?: unknown): AppError {
  return new AppError('ABORTED', 'The store is closed.', { cause });
}

/** A file whose inode stays: it is part of the birthmark, so it is written in place. */
async function openOutside(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    const made = await open(path, 'wx+', 0o600);
    await made.sync();
    await syncFolder(dirname(path));
    return made;
  }
}

async function readNumber(file: FileHandle | undefined): Promise<number | undefined> {
  const bytes = Buffer.alloc(OUTSIDE_BYTES);
  const read = await file?.read(bytes, 0, OUTSIDE_BYTES, 0);
  return read?.bytesRead === OUTSIDE_BYTES ? decodeOutside(bytes) : undefined;
}

function encodeOutside(sequence: number): Buffer {
  const bytes = Buffer.alloc(OUTSIDE_BYTES);
  bytes.writeUInt8(OUTSIDE_FORMAT);
  bytes.writeBigUInt64BE(BigInt(sequence), 1);
  bytes.set(sha256(bytes.subarray(0, 9)).subarray(0, 8), 9);
  return bytes;
}

/** undefined for bytes that are not whole: a torn write must not call a sound store damaged. */
function decodeOutside(bytes: Buffer): number | undefined {
  const sum = sha256(bytes.subarray(0, 9)).subarray(0, 8);
  if (bytes.readUInt8() !== OUTSIDE_FORMAT || compareBytes(sum, bytes.subarray(9)) !== 0) {
    return undefined;
  }
  return Number(bytes.readBigUInt64BE(1));
}

function bytesOf(key: DiskKey): Buffer {
  return Buffer.from(key, 'latin1');
}

function entryOf([key, value]: [Buffer, Uint8Array]): DiskEntry {
  return { key: key.toString('latin1'), value };
}

/** LevelDB's error as ours: its codes for locks and damage, the system's words for a full disk. */
function levelError(error: unknown): AppError {
  const codes: unknown[] = [];
  let text = '';
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    codes.push((at as { code?: unknown }).code);
    text += ` ${at.message}`;
  }
  const options = { cause: error };
  if (codes.includes('LEVEL_LOCKED')) {
    return new AppError('DATA_DIR_IN_USE', 'Another Carrossel is using this data folder.', options);
  }
  if (/no space left|disk quota exceeded|ENOSPC|EDQUOT/i.test(text)) {
    return new AppError('DISK_FULL', 'The disk of this machine is full.', options);
  }
  if (codes.includes('LEVEL_CORRUPTION') || /create_if_missing is false/.test(text)) {
    return new AppError('STORE_DAMAGED', 'The store on this machine is damaged.', options);
  }
  const known = toAppError(error);
  return known.code === 'INTERNAL'
    ? new AppError('STORAGE_FAILED', 'This machine could not use its disk.', options)
    : known;
}

/** Where a data folder keeps its store. */
export function storePaths(dataDir: string): { readonly dir: string; readonly outside: string } {
  return { dir: join(dataDir, 'store'), outside: join(dataDir, 'store.seq') };
}
