import { fromHex } from '../../base/bytes.ts';
import type { Cbor } from '../../base/cbor.ts';
import type { Hash } from '../../domain/ids.ts';
import type { Fields } from '../../security/positional.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { MAX_ENTRIES, readHash, readOptionalHash, writeOptionalHash } from './fields.ts';

/** Partitions, each with the hash of the list under which they are spoken of. */
export interface ListedPartition {
  readonly partition: number;
  readonly listHash: Hash;
}

/** Where the answerer stands with one partition. */
export type KeptState = 'kept' | 'lacking' | 'other list';

export interface KeptPartition {
  /** `lacking`: it has not taken the partition over whole itself. */
  readonly state: KeptState;
  /** Of what it holds of the partition, as of after the list was compared; null: nothing. */
  readonly hash: Hash | null;
}

const STATES: readonly KeptState[] = ['kept', 'lacking', 'other list'];

const writeListed = (parts: readonly ListedPartition[]): readonly Cbor[] => [
  parts.map((one) => [one.partition, fromHex(one.listHash)]),
];

const readListed = (f: Fields): readonly ListedPartition[] =>
  f.list(MAX_ENTRIES, (list) =>
    list.nested((one) => ({ partition: one.uint(0, MAX_ENTRIES), listHash: readHash(one) })),
  );

/** Asks an owner for partitions that the asker takes over; one answer for each, in order. */
export const takeoverMessage = createMessageCodec<
  { readonly parts: readonly ListedPartition[] },
  { readonly each: readonly KeptPartition[] }
>(
  VERB.takeover,
  'takeover',
  { write: (m) => writeListed(m.parts), read: (f) => ({ parts: readListed(f) }) },
  {
    write: (m) => [m.each.map((one) => [STATES.indexOf(one.state), writeOptionalHash(one.hash)])],
    read: (f) => ({
      each: f.list(MAX_ENTRIES, (list) =>
        list.nested((one) => ({
          state: STATES[one.uint(0, STATES.length - 1)] ?? 'other list',
          hash: readOptionalHash(one),
        })),
      ),
    }),
  },
);

/** Asks a member that comes in whether it has taken partitions over whole, under these lists. */
export const takenMessage = createMessageCodec<
  { readonly parts: readonly ListedPartition[] },
  { readonly each: readonly boolean[] }
>(
  VERB.taken,
  'taken',
  { write: (m) => writeListed(m.parts), read: (f) => ({ parts: readListed(f) }) },
  {
    write: (m) => [[...m.each]],
    read: (f) => ({ each: f.list(MAX_ENTRIES, (one) => one.flag()) }),
  },
);
