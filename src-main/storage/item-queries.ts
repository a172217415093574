/** The reads of the item store. */
import type { ActorId, ItemKey, PartitionKey } from '../domain/ids.ts';
import { decodeTally, EMPTY_TALLY } from './account-record.ts';
import { fromNumber256 } from './checked-record.ts';
import type { CommitQueue } from './commit-queue.ts';
import { decodeIssued } from './counter-record.ts';
import { afterPrefix, type DiskKey, type DiskRange } from './disk.ts';
import type { HintRecords } from './hint-records.ts';
import type { ItemReader } from './item-reader.ts';
import type { ItemStore, ItemSummary, ScanRange, StoredItem } from './item-store.ts';
import { knownCounter } from './item-writer.ts';
import type { OutboxRecords } from './outbox-records.ts';
import { accountsOf, runsOf } from './partition-hashes.ts';
import {
  counterKey,
  partitionKeyOf,
  sortKeyOf,
  textBytes,
  type RecordKeys,
} from './record-keys.ts';
import type { StoreView, ViewEntry } from './store-view.ts';

export type ItemQueries = Pick<
  ItemStore,
  | 'read'
  | 'issuedCounter'
  | 'highestKnownCounter'
  | 'scan'
  | 'accountsIn'
  | 'summaries'
  | 'accountDigest'
  | 'accountBytes'
  | 'outbox'
  | 'outboxSize'
  | 'hintsFor'
  | 'hintOwners'
  | 'hintBytes'
  | 'size'
>;

export interface ItemQueriesComponents {
  readonly queue: Pick<CommitQueue, 'state'>;
  readonly view: StoreView;
  readonly keys: RecordKeys;
  readonly reader: ItemReader;
  readonly outbox: OutboxRecords;
  readonly hints: HintRecords;
}

/** Bits of a partition key's hash at the head of its keys. */
const PLACE_BITS = 16;
const ACCOUNTS_PAGE = 250;
/** After every key. */
const END = '\uffff';

/** @param init.q partitions of the ring, a power of two up to 65,536. */
export function createItemQueries(
  init: { q: number },
  components: ItemQueriesComponents,
): ItemQueries {
  const { queue, view, keys, reader, outbox, hints } = components;
  const load = (key: ItemKey) => reader.load((diskKey) => view.get(diskKey), key);

  async function tallyOf(partitionKey: PartitionKey) {
    const record = await view.get(keys.account(partitionKey));
    return record === undefined ? EMPTY_TALLY : decodeTally(record);
  }

  function entriesOf(range: ScanRange): Promise<readonly ViewEntry[]> {
    const { reverse = false, limit } = range;
    return view.entries(diskRange(keys.itemsOf(range.partitionKey), range), { limit, reverse });
  }
  /** Undefined when it was dropped since it was listed. */
  async function itemOf({ key: diskKey, record }: ViewEntry): Promise<StoredItem | undefined> {
    const key = itemKeyOf(diskKey);
    // The record just read is the item, unless a version it refers to is gone by now.
    let first: typeof record | undefined = record;
    const { siblings } = await reader.load((wantedKey) => {
      const found = wantedKey === diskKey ? first : undefined;
      if (wantedKey === diskKey) first = undefined;
      return found === undefined ? view.get(wantedKey) : Promise.resolve(found);
    }, key);
    return siblings.length === 0 ? undefined : { key, siblings };
  }

  return {
    read: async (key) => (await load(key)).siblings,
    async issuedCounter(actor: ActorId) {
      const { issued, reserved } = decodeIssued(await view.get(counterKey(actor)));
      return Math.max(issued, reserved);
    },
    highestKnownCounter: (actor) => knownCounter(view, actor),
    async scan(range) {
      const { limit } = range;
      const items: StoredItem[] = [];
      for (let rest = range; ;) {
        const asked = limit - items.length;
        const page = await entriesOf({ ...rest, limit: asked });
        for (const entry of page) {
          const item = await itemOf(entry);
          if (item !== undefined) items.push(item);
        }
        const last = page.at(-1);
        // An item that was dropped in between leaves room: a page that is short is the last one.
        if (page.length < asked || last === undefined || items.length >= limit) return items;
        rest = { ...rest, after: sortKeyOf(last.key) };
      }
    },
    async accountsIn(partitions) {
      const shift = PLACE_BITS - Math.log2(init.q);
      const ranges = runsOf(partitions).map((run) => accountsOf(run, shift));
      const to = ranges.at(-1)?.to;
      const found: PartitionKey[] = [];
      let read: DiskKey = '';
      // From one account to the next: a ring has many more partitions than most stores accounts.
      for (let i = 0; i < ranges.length;) {
        const from = read > (ranges[i]?.from ?? '') ? read : (ranges[i]?.from ?? '');
        const page = await view.entries({ from, to }, { limit: ACCOUNTS_PAGE });
        for (const { key } of page) {
          while (i < ranges.length && key >= (ranges[i]?.to ?? END)) i++;
          if (key >= (ranges[i]?.from ?? END)) found.push(partitionKeyOf(key));
        }
        const last = page.at(-1);
        if (page.length < ACCOUNTS_PAGE || last === undefined) return found;
        read = `${last.key}\0`;
      }
      return found;
    },
    async summaries(range) {
      const entries = await entriesOf(range);
      return entries.map(({ key, record }): ItemSummary => ({
        key: itemKeyOf(key),
        versions: reader.stored(key, record).map(({ dot, hash, size }) => ({ dot, hash, size })),
      }));
    },
    accountBytes: async (partitionKey) => (await tallyOf(partitionKey)).bytes,
    async accountDigest(partitionKey) {
      const { digest } = await tallyOf(partitionKey);
      return Buffer.from(fromNumber256(digest)).toString('hex');
    },
    outbox: (limit) => outbox.list(limit),
    outboxSize: () => Promise.resolve(queue.state.outbox),
    hintsFor: (owner, limit) => hints.list(owner, limit),
    hintOwners: () => hints.owners(),
    hintBytes: () => Promise.resolve(queue.state.hintBytes),
    size() {
      const { items, bytes, tombstones, tombstoneBytes } = queue.state;
      return Promise.resolve({ items, bytes, tombstones, tombstoneBytes });
    },
  };
}

function itemKeyOf(diskKey: DiskKey): ItemKey {
  return { partitionKey: partitionKeyOf(diskKey), sortKey: sortKeyOf(diskKey) };
}

/** The keys of the account's items that a scan asks for; an empty range when bounds cross. */
function diskRange(
  items: DiskKey,
  range: Pick<ScanRange, 'prefix' | 'from' | 'to' | 'after' | 'reverse'>,
): DiskRange {
  const bytes = textBytes;
  const lower = [items];
  const upper = [afterPrefix(items)];
  if (range.prefix !== undefined) {
    lower.push(items + bytes(range.prefix));
    upper.push(afterPrefix(items + bytes(range.prefix)));
  }
  if (range.from !== undefined) lower.push(items + bytes(range.from));
  if (range.to !== undefined) upper.push(items + bytes(range.to));
  if (range.after !== undefined) {
    const last = items + bytes(range.after);
    if (range.reverse === true) upper.push(last);
    else lower.push(`${last}\0`);
  }
  const from = lower.reduce((a, b) => (a > b ? a : b));
  const to = upper.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
  return { from, to: to !== undefined && to < from ? from : to };
}
