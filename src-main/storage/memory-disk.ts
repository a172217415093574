import { AppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { Disk, DiskEntry, DiskKey, DiskRange } from './disk.ts';

/** A disk in memory: outlives the stores opened on it, so a second one is a restart. */
export interface MemoryDisk extends Disk {
  /**
   * The machine dies: a batch whose sync was under way is lost, and this disk refuses everything
   * from now on. The answer is the disk as the next start finds it.
   */
  crash(): MemoryDisk;
  /** A copy as `cp -r` of the whole folder would make it: same bytes, but another birthmark. */
  copy(): MemoryDisk;
  /** Puts the store folder of `older` in this one's place; the file outside stays. */
  putBack(older: MemoryDisk): void;
  /** Damaged stores that repairs moved aside, the oldest first. */
  readonly aside: readonly MemoryDisk[];
}

const WALK_CHUNK = 256;

interface Content {
  readonly keys: DiskKey[];
  readonly values: Map<DiskKey, Uint8Array>;
  outside: number | undefined;
  /** Those that are good. */
  birthmarks: Set<string>;
}

export interface MemoryDiskComponents {
  readonly random: Random;
  /** How long a sync takes; it may reject, and then the batch is not written. @default no time */
  readonly syncDelay?: () => Promise<void>;
}

export function createMemoryDisk(components: MemoryDiskComponents): MemoryDisk {
  return overContent(components, {
    keys: [],
    values: new Map(),
    outside: undefined,
    birthmarks: new Set(),
  });
}

function overContent(components: MemoryDiskComponents, content: Content): MemoryDisk {
  const { random, syncDelay } = components;
  let dead = false;
  const aside: MemoryDisk[] = [];
  const living = <T>(answer: () => T): Promise<T> =>
    dead ? Promise.reject(gone()) : Promise.resolve(answer());
  const replace = ({ keys, values }: Content): void => {
    content.keys.splice(0, content.keys.length, ...keys);
    content.values.clear();
    for (const [key, value] of values) content.values.set(key, value);
    content.birthmarks = new Set();
  };
  const disk: MemoryDisk & { readonly content: Content } = {
    content,
    aside,
    doubt: undefined,
    trust: () => Promise.resolve(),
    async repair(_nowMs, work) {
      const damaged = overContent(components, cloned(content));
      const fresh = createMemoryDisk(components) as typeof disk;
      const place = `memory ${aside.length + 1}`;
      await work({ sources: [damaged], fresh, outside: content.outside, aside: place });
      if (dead) throw gone();
      replace(fresh.content);
      aside.push(damaged);
    },
    open: () => living(() => undefined),
    close: () => Promise.resolve(),
    reopen: () => living(() => undefined),
    get: (key) => living(() => content.values.get(key)),
    entries: (range, options) => living(() => entriesOf(content, range, options)),
    walk: () => chunks(content.keys.map((key) => entryOf(content, key))),
    async commit(ops) {
      await syncDelay?.();
      if (dead) throw gone();
      for (const { key, value } of ops) {
        if (value === null) remove(content, key);
        else insert(content, key, value);
      }
    },
    readOutside: () => Promise.resolve(content.outside),
    writeOutside: (sequence) =>
      living(() => {
        content.outside = sequence;
      }),
    bears: (birthmark) => Promise.resolve(content.birthmarks.has(birthmark)),
    newBirthmark() {
      const made = toHex(random.bytes(16));
      content.birthmarks.add(made);
      return Promise.resolve(made);
    },
    keepBirthmark(birthmark) {
      content.birthmarks = new Set([birthmark]);
      return Promise.resolve();
    },
    space: () => Promise.resolve({ freeBytes: 2 ** 40, totalBytes: 2 ** 41 }),
    crash() {
      dead = true;
      return overContent(components, content);
    },
    copy: () => overContent(components, { ...cloned(content), birthmarks: new Set() }),
    putBack(older) {
      replace(cloned((older as typeof disk).content));
    },
  };
  return disk;
}

function gone(): AppError {
  return new AppError('STORAGE_FAILED', 'The machine of this disk has died.');
}

function cloned(content: Content): Content {
  return { ...content, keys: [...content.keys], values: new Map(content.values) };
}

function entryOf(content: Content, key: DiskKey): DiskEntry {
  return { key, value: content.values.get(key) ?? new Uint8Array() };
}

function entriesOf(
  content: Content,
  range: DiskRange,
  options: { readonly limit: number; readonly reverse?: boolean },
): DiskEntry[] {
  const start = lowerBound(content.keys, range.from);
  const end = range.to === undefined ? content.keys.length : lowerBound(content.keys, range.to);
  const size = Math.max(0, Math.min(options.limit, end - start));
  const keys =
    options.reverse === true
      ? content.keys.slice(end - size, end).reverse()
      : content.keys.slice(start, start + size);
  return keys.map((key) => entryOf(content, key));
}

async function* chunks(entries: readonly DiskEntry[]): AsyncIterable<readonly DiskEntry[]> {
  for (let at = 0; at < entries.length; at += WALK_CHUNK) {
    yield await Promise.resolve(entries.slice(at, at + WALK_CHUNK));
  }
}

function insert(content: Content, key: DiskKey, value: Uint8Array): void {
  if (!content.values.has(key)) content.keys.splice(lowerBound(content.keys, key), 0, key);
  content.values.set(key, value);
}

function remove(content: Content, key: DiskKey): void {
  if (content.values.delete(key)) content.keys.splice(lowerBound(content.keys, key), 1);
}

/** Index of the first key that is not smaller. */
function lowerBound(keys: readonly DiskKey[], key: DiskKey): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
