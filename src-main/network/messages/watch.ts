import { fromHex } from '../../base/bytes.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec, createNoticeCodec } from './codec.ts';
import {
  MAX_ENTRIES,
  readBlobs,
  readHash,
  readNames,
  readPartitionKey,
  readSortKey,
  writeNames,
  type VersionName,
} from './fields.ts';

export interface WatchRequest {
  readonly partitionKey: PartitionKey;
  /** False ends the watch. */
  readonly on: boolean;
}

export interface WatchAnswer {
  /** Of all the account's siblings at the answerer, from which the changes count. */
  readonly digest: Hash;
}

export const watchMessage = createMessageCodec<WatchRequest, WatchAnswer>(
  VERB.watch,
  'watch',
  {
    write: (m) => [fromHex(m.partitionKey), m.on],
    read: (f) => ({ partitionKey: readPartitionKey(f), on: f.flag() }),
  },
  { write: (m) => [fromHex(m.digest)], read: (f) => ({ digest: readHash(f) }) },
);

export interface ChangedNotice {
  readonly partitionKey: PartitionKey;
  readonly changes: readonly {
    readonly sortKey: string;
    /** The item's siblings now. */
    readonly names: readonly VersionName[];
  }[];
  /** New versions, as far as they fit; the rest is fetched. */
  readonly versions: readonly Uint8Array[];
  /** Some changes before these were not told: compare. */
  readonly gap: boolean;
}

export const changedNotice = createNoticeCodec<ChangedNotice>(VERB.changed, 'change notice', {
  write: (m) => [
    fromHex(m.partitionKey),
    m.changes.map((one) => [one.sortKey, writeNames(one.names)]),
    [...m.versions],
    m.gap,
  ],
  read: (f) => ({
    partitionKey: readPartitionKey(f),
    changes: f.list(MAX_ENTRIES, (list) =>
      list.nested((one) => ({ sortKey: readSortKey(one), names: readNames(one) })),
    ),
    versions: readBlobs(f),
    gap: f.flag(),
  }),
});
