import { fromHex } from '../../base/bytes.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import {
  MAX_ENTRIES,
  readHash,
  readOptionalHash,
  readPartitionKey,
  writeOptionalHash,
} from './fields.ts';

/** Digests of whole accounts: a device compares all that it holds with one holder at once. */
export interface ExchangeRequest {
  readonly accounts: readonly { readonly partitionKey: PartitionKey; readonly digest: Hash }[];
}

export interface ExchangeAnswer {
  /** Accounts that differ; a null digest: the answerer has nothing of it. */
  readonly differ: readonly {
    readonly partitionKey: PartitionKey;
    readonly digest: Hash | null;
  }[];
}

export const exchangeMessage = createMessageCodec<ExchangeRequest, ExchangeAnswer>(
  VERB.exchange,
  'exchange',
  {
    write: (m) => [m.accounts.map((one) => [fromHex(one.partitionKey), fromHex(one.digest)])],
    read: (f) => ({
      accounts: f.list(MAX_ENTRIES, (list) =>
        list.nested((one) => ({ partitionKey: readPartitionKey(one), digest: readHash(one) })),
      ),
    }),
  },
  {
    write: (m) => [
      m.differ.map((one) => [fromHex(one.partitionKey), writeOptionalHash(one.digest)]),
    ],
    read: (f) => ({
      differ: f.list(MAX_ENTRIES, (list) =>
        list.nested((one) => ({
          partitionKey: readPartitionKey(one),
          digest: readOptionalHash(one),
        })),
      ),
    }),
  },
);
