import { fromHex } from '../../base/bytes.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { MAX_ENTRIES, readBlobs, readHash, readPartitionKey, readSortKey } from './fields.ts';

/** Versions of one account by item and hash. */
export interface FetchRequest {
  readonly partitionKey: PartitionKey;
  readonly wanted: readonly { readonly sortKey: string; readonly hash: Hash }[];
}

export interface FetchAnswer {
  /**
   * The first so many of `wanted` as fit a frame, in their order; null: not here (any more). Ask
   * again for the rest.
   */
  readonly versions: readonly (Uint8Array | null)[];
}

const NOTHING = new Uint8Array(0);

export const fetchMessage = createMessageCodec<FetchRequest, FetchAnswer>(
  VERB.fetch,
  'fetch',
  {
    write: (m) => [
      fromHex(m.partitionKey),
      m.wanted.map((one) => [one.sortKey, fromHex(one.hash)]),
    ],
    read: (f) => ({
      partitionKey: readPartitionKey(f),
      wanted: f.list(MAX_ENTRIES, (list) =>
        list.nested((one) => ({ sortKey: readSortKey(one), hash: readHash(one) })),
      ),
    }),
  },
  {
    write: (m) => [m.versions.map((one) => one ?? NOTHING)],
    read: (f) => ({
      versions: readBlobs(f).map((one) => (one.byteLength === 0 ? null : one)),
    }),
  },
);
