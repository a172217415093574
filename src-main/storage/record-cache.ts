import type { CheckedRecord } from './checked-record.ts';
import { openRecord } from './checked-record.ts';
import type { Disk, DiskKey } from './disk.ts';

/** What committed records are, by key; null: known to be absent. */
export type RecordChanges = ReadonlyMap<DiskKey, CheckedRecord | null>;

/** Committed records, read through a cache of bounded bytes. */
export interface RecordCache {
  /** @throws STORE_DAMAGED when the record's checksum is wrong. */
  get(key: DiskKey): Promise<CheckedRecord | undefined>;
  /** Only if it is known without asking the disk; does not count as a use. */
  peek(key: DiskKey): CheckedRecord | null | undefined;
  /** Takes over what was just committed. */
  apply(changes: RecordChanges): void;
  /** Forgets all: what is on the disk is no longer known. */
  clear(): void;
}

interface Reading {
  stale: boolean;
  readonly answer: Promise<CheckedRecord | undefined>;
}

/** Map, strings and objects around one record, roughly. */
const OVERHEAD_BYTES = 600;

/**
 * Two generations: what is used moves to the young one; when that is half full it becomes the old
 * one, and the old one is forgotten. So a use costs one look-up, and no order is kept.
 */
export function createRecordCache(
  init: { maxBytes: number },
  components: { disk: Disk },
): RecordCache {
  const { disk } = components;
  let young = new Map<DiskKey, CheckedRecord | null>();
  let old: ReadonlyMap<DiskKey, CheckedRecord | null> = new Map();
  let youngBytes = 0;
  // A read under way must not put an old value into the cache after a newer one was committed.
  const reading = new Map<DiskKey, Reading>();

  function keep(key: DiskKey, record: CheckedRecord | null): void {
    const before = young.get(key);
    const cost = costOf(key, record);
    if (before !== undefined) youngBytes -= costOf(key, before);
    youngBytes += cost;
    young.set(key, record);
    if (youngBytes <= init.maxBytes / 2) return;
    old = young;
    young = new Map();
    youngBytes = 0;
  }

  function find(key: DiskKey): CheckedRecord | null | undefined {
    const found = young.get(key);
    if (found !== undefined) return found;
    const older = old.get(key);
    if (older !== undefined) keep(key, older);
    return older;
  }

  async function load(key: DiskKey): Promise<CheckedRecord | undefined> {
    const raw = await disk.get(key);
    return raw === undefined ? undefined : openRecord(key, raw);
  }

  function read(key: DiskKey): Promise<CheckedRecord | undefined> {
    const under = reading.get(key);
    if (under !== undefined && !under.stale) return under.answer;
    const mine: Reading = {
      stale: false,
      answer: load(key).then(
        (record) => {
          if (!mine.stale) keep(key, record ?? null);
          if (reading.get(key) === mine) reading.delete(key);
          return record;
        },
        (error: unknown) => {
          if (reading.get(key) === mine) reading.delete(key);
          throw error;
        },
      ),
    };
    reading.set(key, mine);
    return mine.answer;
  }

  return {
    get(key) {
      const found = find(key);
      return found === undefined ? read(key) : Promise.resolve(found ?? undefined);
    },
    peek(key) {
      const found = young.get(key);
      return found === undefined ? old.get(key) : found;
    },
    apply(changes) {
      for (const [key, record] of changes) {
        const under = reading.get(key);
        if (under !== undefined) under.stale = true;
        keep(key, record);
      }
    },
    clear() {
      young = new Map();
      old = new Map();
      youngBytes = 0;
      for (const under of reading.values()) under.stale = true;
    },
  };
}

function costOf(key: DiskKey, record: CheckedRecord | null): number {
  return OVERHEAD_BYTES + key.length + (record?.raw.byteLength ?? 0);
}
