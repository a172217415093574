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

/** The accounts of one partition, in the order of (SHA-256 of the key's first 2 bytes, key). */
export interface AccountsRequest {
  /** Hash of the partition's list; null: not checked. */
  readonly listHash: Hash | null;
  readonly partition: number;
  /** Exclusive start: the last account of the page before. */
  readonly after: PartitionKey | null;
  /** Accounts wanted; the answerer may give fewer and say `more`. */
  readonly limit: number;
}

/** What the answerer holds of one account. */
export interface AccountNode {
  readonly partitionKey: PartitionKey;
  /** The account's digest: equal digests mean equal siblings. */
  readonly digest: Hash;
  readonly items: number;
  /** Of envelopes. */
  readonly bytes: number;
}

export interface AccountsAnswer {
  readonly accounts: readonly AccountNode[];
  readonly more: boolean;
}

const MAX_PARTITIONS = 65_536;

export const accountsMessage = createMessageCodec<AccountsRequest, AccountsAnswer>(
  VERB.accounts,
  'accounts',
  {
    write: (m) => [
      writeOptionalHash(m.listHash),
      m.partition,
      writeOptionalHash(m.after as Hash | null),
      m.limit,
    ],
    read: (f) => ({
      listHash: readOptionalHash(f),
      partition: f.uint(0, MAX_PARTITIONS - 1),
      after: readOptionalHash(f) as PartitionKey | null,
      limit: f.uint(1, MAX_ENTRIES),
    }),
  },
  {
    write: (m) => [
      m.accounts.map((one) => [
        fromHex(one.partitionKey),
        fromHex(one.digest),
        one.items,
        one.bytes,
      ]),
      m.more,
    ],
    read: (f) => ({
      accounts: f.list(MAX_ENTRIES, (list) =>
        list.nested((one) => ({
          partitionKey: readPartitionKey(one),
          digest: readHash(one),
          items: one.uint(1),
          bytes: one.uint(),
        })),
      ),
      more: f.flag(),
    }),
  },
);
