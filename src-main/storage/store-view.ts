import { openRecord, type RecordBody } from './checked-record.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Disk, DiskKey, DiskRange } from './disk.ts';
import type { RecordCache } from './record-cache.ts';

export interface ViewEntry {
  readonly key: DiskKey;
  readonly record: RecordBody;
}

/** What readers see: the committed records, and over them the group whose sync is under way. */
export interface StoreView {
  get(key: DiskKey): Promise<RecordBody | undefined>;
  /** The first (or, backwards, the last) `limit` entries of the range. */
  entries(
    range: DiskRange,
    options: { readonly limit: number; readonly reverse?: boolean },
  ): Promise<readonly ViewEntry[]>;
  /** All entries of the range, in pages. */
  all(range: DiskRange): AsyncIterable<ViewEntry>;
}

const PAGE = 500;

export function createStoreView(components: {
  disk: Disk;
  cache: RecordCache;
  queue: Pick<CommitQueue, 'underWay'>;
}): StoreView {
  const { disk, cache, queue } = components;
  const view: StoreView = {
    get(key) {
      const fresh = queue.underWay.get(key);
      return fresh === undefined ? cache.get(key) : Promise.resolve(fresh ?? undefined);
    },
    async entries(range, { limit, reverse = false }) {
      const fresh = [...queue.underWay].filter(([key]) => isWithin(range, key));
      const stored = await disk.entries(range, { limit: limit + fresh.length, reverse });
      const found = new Map<DiskKey, RecordBody>();
      for (const { key, value } of stored) {
        // The cache may know what the record means; it is never older than what was just read.
        found.set(key, cache.peek(key) ?? openRecord(key, value));
      }
      for (const [key, record] of fresh) {
        if (record === null) found.delete(key);
        else found.set(key, record);
      }
      const entries = [...found].map(([key, record]) => ({ key, record }));
      entries.sort((a, b) => (a.key < b.key === reverse ? 1 : -1));
      return entries.slice(0, limit);
    },
    async *all(range) {
      for (let from: DiskKey | undefined = range.from; from !== undefined;) {
        const page: readonly ViewEntry[] = await view.entries(
          { from, to: range.to },
          { limit: PAGE },
        );
        yield* page;
        const last = page.at(-1);
        from = page.length < PAGE || last === undefined ? undefined : `${last.key}\0`;
      }
    },
  };
  return view;
}

function isWithin(range: DiskRange, key: DiskKey): boolean {
  return key >= range.from && (range.to === undefined || key < range.to);
}
