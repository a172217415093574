/**
 * Hash trees for comparing what two members hold (Dynamo §4.7, Merkle trees; decision 0509). From
 * the root down: all partitions two members share, one partition, one account, a range of its sort
 * keys. Down to the account a node hashes its children; inside an account it sums them, so that any
 * range can be told, whichever way the other side cuts it.
 */
import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import type { Hash, PartitionKey } from './ids.ts';

/** Children of a node over partitions. */
export const TREE_WAYS = 32;

const MODULUS = 1n << 256n;
const PARTITION_LABEL = utf8('carrossel/tree/partition/1');
const RANGE_LABEL = utf8('carrossel/tree/range/1');

/** What all sibling versions of some items add up to. */
export interface ItemSum {
  readonly items: number;
  /** Sum of the version hashes mod 2^256. A version's hash covers account, sort key and dot. */
  readonly digest: bigint;
}

export const EMPTY_SUM: ItemSum = { items: 0, digest: 0n };

export function addSums(a: ItemSum, b: ItemSum): ItemSum {
  const digest = a.digest + b.digest;
  return { items: a.items + b.items, digest: digest < MODULUS ? digest : digest % MODULUS };
}

export function subtractSums(a: ItemSum, b: ItemSum): ItemSum {
  const digest = a.digest - b.digest;
  const isIn = digest >= 0n && digest < MODULUS;
  const reduced = isIn ? digest : ((digest % MODULUS) + MODULUS) % MODULUS;
  return { items: a.items - b.items, digest: reduced };
}

/** What one item with these version hashes adds. */
export function sumOfItem(hashes: readonly Hash[]): ItemSum {
  const digest = hashes.reduce((sum, hash) => sum + BigInt(`0x${hash}`), 0n) % MODULUS;
  return { items: Math.sign(hashes.length), digest };
}

/** A digest as hash text, as it goes over the wire. */
export function digestHash(digest: bigint): Hash {
  return digest.toString(16).padStart(64, '0') as Hash;
}

export function digestOfHash(hash: Hash): bigint {
  return BigInt(`0x${hash}`);
}

/** Accounts are in the order of these texts, as on disk: place in the hash space, then key. */
export function accountOrder(partitionKey: PartitionKey): string {
  return toHex(sha256(fromHex(partitionKey)).subarray(0, 2)) + partitionKey;
}

/** Hashes the accounts of one partition, given in the order of their keys. */
export interface PartitionHasher {
  add(partitionKey: PartitionKey, digest: Hash): void;
  /** Undefined when nothing was added. */
  done(): Hash | undefined;
}

/**
 * A chain of hashes, so that it needs no memory however many accounts there are. Not a sum: with
 * one, somebody who makes accounts at will could hide what another person's lacks.
 */
export function createPartitionHasher(): PartitionHasher {
  let chain: Uint8Array | undefined;
  return {
    add(partitionKey, digest) {
      chain = sha256(concatBytes(chain ?? PARTITION_LABEL, fromHex(partitionKey), fromHex(digest)));
    },
    done: () => (chain === undefined ? undefined : (toHex(chain) as Hash)),
  };
}

/** Neighbouring partitions: `count` of them from `first` on. */
export interface PartitionRange {
  readonly first: number;
  readonly count: number;
}

/** The node over the partitions of the range of which there is something; undefined: of none. */
export function rangeHash(
  range: PartitionRange,
  hashes: ReadonlyMap<number, Hash>,
): Hash | undefined {
  const parts: Uint8Array[] = [];
  for (let partition = range.first; partition < range.first + range.count; partition++) {
    const hash = hashes.get(partition);
    if (hash === undefined) continue;
    const number = new Uint8Array(4);
    new DataView(number.buffer).setUint32(0, partition);
    parts.push(number, fromHex(hash));
  }
  return parts.length === 0
    ? undefined
    : (toHex(sha256(concatBytes(RANGE_LABEL, ...parts))) as Hash);
}

/** The range cut into at most `ways` of the same size (the last may be smaller). */
export function splitPartitions(range: PartitionRange, ways: number): readonly PartitionRange[] {
  const size = Math.ceil(range.count / ways);
  const out: PartitionRange[] = [];
  for (let at = 0; at < range.count; at += size) {
    out.push({ first: range.first + at, count: Math.min(size, range.count - at) });
  }
  return out;
}

/** A range of sort keys: from inclusive, to exclusive; undefined: from the first, to the last. */
export interface KeyRange {
  readonly from?: string;
  readonly to?: string;
}

/** The ranges between neighbouring boundaries (ascending, all within) of a whole range. */
export function rangesBetween(whole: KeyRange, boundaries: readonly string[]): readonly KeyRange[] {
  const edges = [whole.from, ...boundaries, whole.to];
  return edges.slice(1).map((to, i) => {
    const from = edges[i];
    return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  });
}
