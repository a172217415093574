import { AppError } from '../base/app-error.ts';
import type { Hash, ItemKey, PartitionKey, StoreEpoch } from '../domain/ids.ts';
import { mergeSiblings } from '../domain/versioned-item.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type {
  ChangeStream,
  StreamChange,
  StreamPage,
  StreamPosition,
  StreamReading,
} from './change-stream.ts';
import { damagedRecord, type RecordBody } from './checked-record.ts';
import type { ItemQueries } from './item-queries.ts';
import type { ItemStore } from './item-store.ts';
import type { ReadEnvelope } from './item-reader.ts';
import type { RecordCache } from './record-cache.ts';
import { sequenceOf, textBytes, type RecordKeys } from './record-keys.ts';
import type { StoreView } from './store-view.ts';
import { epochMark, formatPosition, parsePosition, type StreamPlace } from './stream-position.ts';
import {
  decodeFormer,
  decodeHead,
  decodeStreamEntry,
  type StreamEntry,
  type StreamHead,
} from './stream-record.ts';

export interface StreamReader extends Pick<
  ChangeStream,
  'read' | 'end' | 'extent' | 'countBehind'
> {
  readonly formers: ItemStore['formerVersions'];
}

export interface StreamReaderComponents {
  readonly keys: RecordKeys;
  readonly view: StoreView;
  readonly cache: Pick<RecordCache, 'get'>;
  readonly items: Pick<ItemQueries, 'read' | 'scan'>;
  readonly readEnvelope: ReadEnvelope;
  readonly epoch: () => StoreEpoch;
}

interface NumberedEntry extends StreamEntry {
  readonly sequence: number;
}

/** Changes that are looked at one by one to count those of a prefix. */
const MAX_COUNTED = 10_000;
/** Changes looked through at once for what they let go. */
const FORMERS_PAGE = 500;
/** Versions of one page, at most; the first change comes whatever its size. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Reads streams. A replay walks the items in sort-key order and, before each page of them, catches
 * up with the changes of those told already; so every item is told in order, each state once, and
 * the place of the walk is one number and one sort key, whatever is written meanwhile.
 */
export function createStreamReader(components: StreamReaderComponents): StreamReader {
  const { keys, view, cache, items, readEnvelope, epoch } = components;

  const parseHead = (record: RecordBody | undefined): StreamHead => {
    if (record !== undefined) return decodeHead(record.body);
    throw new AppError('NOT_FOUND', 'No stream of changes is kept of this account here.');
  };
  /** What is durable: a change whose sync fails must not have been seen. */
  const durableHead = async (partitionKey: PartitionKey): Promise<StreamHead> =>
    parseHead(await cache.get(keys.streamHead(partitionKey)));

  async function entriesOf(
    partitionKey: PartitionKey,
    from: number,
    to: number,
  ): Promise<readonly NumberedEntry[]> {
    if (from > to) return [];
    const range = {
      from: keys.streamEntry(partitionKey, from),
      to: keys.streamEntry(partitionKey, to + 1),
    };
    const found = await view.entries(range, { limit: to - from + 1 });
    return found.map(({ key, record }) => ({
      ...decodeStreamEntry(record.body),
      sequence: sequenceOf(key),
    }));
  }

  /** The versions by their hashes; undefined when one was forgotten meanwhile. */
  async function versionsOf(
    key: ItemKey,
    hashes: readonly Hash[],
  ): Promise<readonly SignedVersion[] | undefined> {
    if (hashes.length === 0) return [];
    const held = new Map((await items.read(key)).map((version) => [version.hash, version]));
    const versions: SignedVersion[] = [];
    for (const hash of hashes) {
      const version = held.get(hash) ?? (await formerOf(key, hash));
      if (version === undefined) return undefined;
      versions.push(version);
    }
    return versions;
  }
  async function formerOf(key: ItemKey, hash: Hash): Promise<SignedVersion | undefined> {
    const diskKey = keys.formerVersion(key.partitionKey, hash);
    const record = await view.get(diskKey);
    if (record === undefined) return undefined;
    const version = readEnvelope(decodeFormer(record.body).envelope);
    if (version.hash !== hash) throw damagedRecord(diskKey, 'a version has another hash');
    return version;
  }

  /** Where to begin: the place asked for, or the start of a replay. */
  function startOf(head: StreamHead, from: string | undefined, keptHere: boolean) {
    const mark = epochMark(epoch());
    const place = from === undefined ? undefined : parsePosition(from);
    const known =
      place?.stream === head.id &&
      (keptHere || place.epoch === mark) &&
      place.sequence + 1 >= head.first &&
      place.sequence < head.next;
    if (place !== undefined && known) return { place: { ...place, epoch: mark }, gap: false };
    const start = { stream: head.id, epoch: mark, sequence: head.next - 1, replayed: '' };
    return { place: start, gap: from !== undefined };
  }

  /** Changes behind the place, up to a number; undefined when some were forgotten meanwhile. */
  async function follow(
    partitionKey: PartitionKey,
    place: StreamPlace,
    upTo: number,
    { limit, prefix = '' }: StreamReading,
  ): Promise<{ changes: StreamChange[]; place: StreamPlace } | undefined> {
    const last = Math.min(upTo, place.sequence + limit);
    const entries = await entriesOf(partitionKey, place.sequence + 1, last);
    const changes: StreamChange[] = [];
    let [at, bytes] = [place, 0];
    for (const { sequence, sortKey, wallMs, local, ...hashes } of entries) {
      if (bytes > MAX_PAGE_BYTES) break;
      at = { ...place, sequence };
      if (!sortKey.startsWith(prefix) || !isTold(place, sortKey)) continue;
      const key = { partitionKey, sortKey };
      const before = await versionsOf(key, hashes.before);
      const after = await versionsOf(key, hashes.after);
      if (before === undefined || after === undefined) return undefined;
      for (const version of [...before, ...after]) bytes += version.bytes.byteLength;
      const position = formatPosition(at);
      changes.push({ key, sequence, wallMs, local, replay: false, before, after, position });
    }
    const { first } = await durableHead(partitionKey);
    return first > place.sequence + 1 ? undefined : { changes, place: at };
  }

  /** The next items of a replay, as new as `place.sequence`; the others come as changes. */
  async function replayPage(
    partitionKey: PartitionKey,
    place: StreamPlace & { readonly replayed: string },
    { limit, prefix }: StreamReading,
  ): Promise<StreamPage> {
    const { sequence, replayed } = place;
    const page = await items.scan({
      partitionKey,
      limit,
      ...(prefix === undefined ? {} : { prefix }),
      ...(replayed === '' ? {} : { after: replayed }),
    });
    const seen = parseHead(await view.get(keys.streamHead(partitionKey)));
    const moved = new Set(
      (await entriesOf(partitionKey, sequence + 1, seen.next - 1)).map((entry) => entry.sortKey),
    );
    const changes = page
      .filter(({ key }) => !moved.has(key.sortKey))
      .map(({ key, siblings }): StreamChange => {
        const position = formatPosition({ ...place, replayed: key.sortKey });
        const none = { wallMs: 0, local: false, replay: true, before: [] };
        return { key, sequence, ...none, after: siblings, position };
      });
    const last = page.length < limit ? undefined : page.at(-1)?.key.sortKey;
    const { replayed: _done, ...ended } = place;
    const next = last === undefined ? ended : { ...place, replayed: last };
    return { changes, position: formatPosition(next), gap: false, caughtUp: false };
  }

  async function read(
    partitionKey: PartitionKey,
    from: StreamPosition | undefined,
    reading: StreamReading,
  ): Promise<StreamPage> {
    const head = await durableHead(partitionKey);
    const { place, gap } = startOf(head, from, reading.keptHere ?? false);
    const newest = head.next - 1;
    const { replayed } = place;
    if (replayed !== undefined && place.sequence === newest) {
      return { ...(await replayPage(partitionKey, { ...place, replayed }, reading)), gap };
    }
    const found = await follow(partitionKey, place, newest, reading);
    // Forgotten between two reads: from the start again, which tells of the gap.
    if (found === undefined) return read(partitionKey, from, reading);
    return {
      changes: found.changes,
      position: formatPosition(found.place),
      gap,
      caughtUp: replayed === undefined && found.place.sequence >= newest,
    };
  }

  /** Page by page, so that of an item that changed a thousand times only what stands is in hand. */
  async function formers(...[key, counts]: Parameters<StreamReader['formers']>) {
    const record = await cache.get(keys.streamHead(key.partitionKey));
    if (record === undefined) return [];
    const { first, next } = decodeHead(record.body);
    let standing: readonly SignedVersion[] = [];
    for (let from = first; from < next; from += FORMERS_PAGE) {
      const to = Math.min(next, from + FORMERS_PAGE) - 1;
      for (const { sortKey, before, after } of await entriesOf(key.partitionKey, from, to)) {
        if (sortKey !== key.sortKey) continue;
        for (const hash of before.filter((one) => !after.includes(one))) {
          const version = await formerOf(key, hash);
          if (version !== undefined && counts(version))
            standing = mergeSiblings(standing, [version]);
        }
      }
    }
    return standing;
  }

  return {
    formers,
    async end(partitionKey) {
      const head = await durableHead(partitionKey);
      const place = { stream: head.id, epoch: epochMark(epoch()), sequence: head.next - 1 };
      return formatPosition(place);
    },
    async extent(partitionKey) {
      const { first, next, bytes } = await durableHead(partitionKey);
      return { oldest: first, newest: next - 1, bytes };
    },
    async countBehind(partitionKey, from, prefix) {
      const { first, next } = await durableHead(partitionKey);
      const place = from === undefined ? undefined : parsePosition(from);
      const after = place?.sequence ?? 0;
      const all = Math.max(0, next - 1 - after);
      if (place?.replayed !== undefined || place === undefined) return Math.max(1, all);
      if (all > MAX_COUNTED || after + 1 < first) return all;
      const entries = await entriesOf(partitionKey, after + 1, next - 1);
      return entries.filter(({ sortKey }) => sortKey.startsWith(prefix)).length;
    },
    read,
  };
}

/** False for an item that a replay has not come to yet: it will tell the newest state then. */
function isTold({ replayed }: StreamPlace, sortKey: string): boolean {
  return replayed === undefined || textBytes(sortKey) <= textBytes(replayed);
}
