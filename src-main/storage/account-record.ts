import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';
import { fromNumber256, shift256, toNumber256, type RecordBody } from './checked-record.ts';
import type { StoredVersion } from './item-record.ts';

/** What one account has in this store, kept up to date with every batch that changes it. */
export interface AccountTally {
  readonly items: number;
  readonly versions: number;
  readonly tombstones: number;
  /** Of all envelopes, and of those among them that are tombstones. */
  readonly bytes: number;
  readonly tombstoneBytes: number;
  /** Sum of the hashes of all sibling versions mod 2^256: the same whatever order they came in. */
  readonly digest: bigint;
}

const SIZE = 5 * 8 + 32;

export const EMPTY_TALLY: AccountTally = {
  items: 0,
  versions: 0,
  tombstones: 0,
  bytes: 0,
  tombstoneBytes: 0,
  digest: 0n,
};

export function encodeTally(tally: AccountTally): Uint8Array {
  const out = createLayoutWriter(SIZE);
  out.u64(tally.items);
  out.u64(tally.versions);
  out.u64(tally.tombstones);
  out.u64(tally.bytes);
  out.u64(tally.tombstoneBytes);
  out.bytes(fromNumber256(tally.digest));
  return out.done();
}

export function decodeTally(record: RecordBody): AccountTally {
  if (record.memo !== undefined) return record.memo as AccountTally;
  const input = createLayoutReader(record.body);
  const tally: AccountTally = {
    items: input.u64(),
    versions: input.u64(),
    tombstones: input.u64(),
    bytes: input.u64(),
    tombstoneBytes: input.u64(),
    digest: toNumber256(input.bytes(32)),
  };
  input.end();
  record.memo = tally;
  return tally;
}

/** What the siblings of one item add to their account's tally. */
export function sumsOf(stored: readonly StoredVersion[]): AccountTally {
  const sum = { items: Math.sign(stored.length), versions: stored.length };
  let [tombstones, tombstoneBytes, bytes, digest] = [0, 0, 0, 0n];
  for (const one of stored) {
    bytes += one.size;
    if (one.tombstone) {
      tombstones++;
      tombstoneBytes += one.size;
    }
    digest += BigInt(`0x${one.hash}`);
  }
  return { ...sum, tombstones, bytes, tombstoneBytes, digest: shift256(digest, 0n, 0n) };
}

/** The tally with something taken in and something taken off. */
export function shiftTally(
  tally: AccountTally,
  plus: AccountTally,
  minus: AccountTally,
): AccountTally {
  return {
    items: tally.items + plus.items - minus.items,
    versions: tally.versions + plus.versions - minus.versions,
    tombstones: tally.tombstones + plus.tombstones - minus.tombstones,
    bytes: tally.bytes + plus.bytes - minus.bytes,
    tombstoneBytes: tally.tombstoneBytes + plus.tombstoneBytes - minus.tombstoneBytes,
    digest: shift256(tally.digest, plus.digest, minus.digest),
  };
}

export function sameTally(a: AccountTally, b: AccountTally): boolean {
  return Object.values(shiftTally(EMPTY_TALLY, a, b)).every((left) => Number(left) === 0);
}
