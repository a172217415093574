import type { CheckedRecord } from './checked-record.ts';
import { openRecord } from './checked-record.ts';
import type { Disk, DiskKey } from './disk.ts';

/** What committed records are, by key; null: known to be absent. */
export type RecordChanges = ReadonlyMap<DiskKey, CheckedRecord | null>;

/** Committed records, read through a bounded least-recently-used cache. */
export interface RecordCache {
  /** @throws STORE_DAMAGED when the record's checksum is wrong. */
  get(key: DiskKey): Promise<CheckedRecord | undefined>;
  /** Only if it is known without asking the disk. */
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
const OVERHEAD_BYTES = 300;

export function createRecordCache(
  init: { maxBytes: number },
  components: { disk: Disk },
): RecordCache {
  const { disk } = components;
  // A Map iterates in the order of insertion: the first key is the least recently used.
  const entries = new Map<DiskKey, CheckedRecord | null>();
  // A read under way must not put an old value into the cache after a newer one was committed.
  const reading = new Map<DiskKey, Reading>();
  let bytes = 0;

  function forget(key: DiskKey): void {
    const old = entries.get(key);
    if (old === undefined) return;
    entries.delete(key);
    bytes -= costOf(key, old);
  }

  function keep(key: DiskKey, record: CheckedRecord | null): void {
    forget(key);
    const cost = costOf(key, record);
    if (cost > init.maxBytes / 8) return;
    entries.set(key, record);
    bytes += cost;
    for (const oldest of entries.keys()) {
      if (bytes <= init.maxBytes) break;
      forget(oldest);
    }
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
    async get(key) {
      const found = entries.get(key);
      if (found === undefined) return read(key);
      entries.delete(key);
      entries.set(key, found);
      return found ?? undefined;
    },
    peek: (key) => entries.get(key),
    apply(changes) {
      for (const [key, record] of changes) {
        const under = reading.get(key);
        if (under !== undefined) under.stale = true;
        keep(key, record);
      }
    },
    clear() {
      entries.clear();
      bytes = 0;
      for (const under of reading.values()) under.stale = true;
    },
  };
}

function costOf(key: DiskKey, record: CheckedRecord | null): number {
  return OVERHEAD_BYTES + key.length + 2 * (record?.raw.byteLength ?? 0);
}
