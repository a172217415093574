/**
 * The tiny ordered key-value thing beneath the store. Two implementations, LevelDB and memory; the
 * simulator wraps one to lose unsynced bytes, fail a sync or fill the disk. Everything above it
 * (group commit, checksums, items, outbox, hints) is the same code for all.
 */

/** A key as a string in which each character is one byte (0–255): its order is the bytes' order. */
export type DiskKey = string;

/** `value` null deletes. */
export interface DiskOp {
  readonly key: DiskKey;
  readonly value: Uint8Array | null;
}

export interface DiskEntry {
  readonly key: DiskKey;
  readonly value: Uint8Array;
}

export interface DiskRange {
  /** Inclusive. */
  readonly from: DiskKey;
  /** Exclusive; undefined: to the end. */
  readonly to: DiskKey | undefined;
}

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface Disk {
  /** @throws DATA_DIR_IN_USE when another process has it, STORE_DAMAGED when it cannot be read. */
  open(): Promise<void>;
  close(): Promise<void>;
  /**
   * After a failed commit: makes the disk as a restart would find it, so that what is read is what
   * is durable. Reads wait for it.
   */
  reopen(): Promise<void>;
  get(key: DiskKey): Promise<Uint8Array | undefined>;
  /** The first `limit` entries of the range (the last ones, backwards, if `reverse`). */
  entries(
    range: DiskRange,
    options: { readonly limit: number; readonly reverse?: boolean },
  ): Promise<readonly DiskEntry[]>;
  /** All entries in key order, in chunks, as they were at one moment. */
  walk(): AsyncIterable<readonly DiskEntry[]>;
  /**
   * All of the operations, or none, synced when it resolves. When it rejects they may or may not be
   * durable: only `reopen` tells, and nothing may be committed before that.
   */
  commit(ops: readonly DiskOp[]): Promise<void>;

  /**
   * The number in the file outside the store; undefined when there is none, or none that is
   * whole.
   */
  readOutside(): Promise<number | undefined>;
  /** Not synced: it may lag behind the store, never lead. */
  writeOutside(sequence: number): Promise<void>;

  /** True when the mark was made for this very folder, and not for one it is a copy of (0301). */
  bears(birthmark: string): Promise<boolean>;
  /** Makes a new birthmark, durable; the ones before stay good. */
  newBirthmark(): Promise<string>;
  /** Forgets all birthmarks but this one. */
  keepBirthmark(birthmark: string): Promise<void>;

  space(): Promise<Space>;

  /**
   * After `open`: what of its files makes it doubtful that all records are there. No verdict: they
   * are to be counted before the store is trusted.
   */
  readonly doubt: string | undefined;
  /** All was read and found sound: what is kept of the time before this opening may go. */
  trust(): Promise<void>;
  /**
   * While closed. Moves the damaged store aside and puts in its place what `work` makes of what can
   * still be read. Cut off at any point it loses nothing; `open` then asks for it again, by
   * STORE_DAMAGED.
   * @throws DISK_FULL (needBytes, freeBytes), and what `work` throws: then all is as it was.
   */
  repair(nowMs: number, work: (repair: DiskRepair) => Promise<void>): Promise<void>;
}

/** What a repair reads, and what it makes. */
export interface DiskRepair {
  /** Copies of the damaged store, open, the newest last. Reads may fail. */
  readonly sources: readonly Pick<Disk, 'get' | 'entries'>[];
  /** Empty, open; takes the place of the damaged one. */
  readonly fresh: Disk;
  /** The number in the file outside. */
  readonly outside: number | undefined;
  /** Where the damaged one will be, for people. */
  readonly aside: string;
}

/** The smallest key greater than every key with the prefix; undefined when there is none. */
export function afterPrefix(prefix: DiskKey): DiskKey | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const last = prefix.charCodeAt(end - 1);
    if (last < 0xff) return prefix.slice(0, end - 1) + String.fromCharCode(last + 1);
  }
  return undefined;
}

export function prefixRange(prefix: DiskKey): DiskRange {
  return { from: prefix, to: afterPrefix(prefix) };
}
