import { fromHex } from '../../base/bytes.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import {
  readNames,
  readOptionalHash,
  readPartitionKey,
  readSortKey,
  writeNames,
  writeOptionalHash,
  type VersionName,
} from './fields.ts';

/** Items asked for in one message. */
export const MAX_GET_BATCH = 100;

/** What the answerer holds of several items of one account; versions that lack are fetched. */
export interface GetBatchRequest {
  readonly listHash: Hash | null;
  readonly partitionKey: PartitionKey;
  readonly sortKeys: readonly string[];
}

export interface GetBatchAnswer {
  /** Whether the answerer owns the partition (else it answers from its hints). */
  readonly owner: boolean;
  /** An owner that has not taken the partition over whole: not to be counted (decision 0104). */
  readonly unfilled: boolean;
  /** Its siblings of each item, in the order of the request. */
  readonly items: readonly (readonly VersionName[])[];
}

export const getBatchMessage = createMessageCodec<GetBatchRequest, GetBatchAnswer>(
  VERB.getBatch,
  'get batch',
  {
    write: (m) => [writeOptionalHash(m.listHash), fromHex(m.partitionKey), [...m.sortKeys]],
    read: (f) => ({
      listHash: readOptionalHash(f),
      partitionKey: readPartitionKey(f),
      sortKeys: f.list(MAX_GET_BATCH, (list) => readSortKey(list)),
    }),
  },
  {
    write: (m) => [m.owner, m.unfilled, m.items.map((names) => [...writeNames(names)])],
    read: (f) => ({
      owner: f.flag(),
      unfilled: f.flag(),
      items: f.list(MAX_GET_BATCH, (list) => readNames(list)),
    }),
  },
);
