/**
 * The circle of hashes (Dynamo §4.2, consistent hashing; partitions of equal size as in §6.2,
 * strategy 3): where partition keys and the members' tokens lie. Pure functions of their names.
 */
import { fromHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import type { PartitionKey, PeerId } from './ids.ts';

/** Points of the circle: 0 … 2^48 − 1, the first six bytes of a SHA-256. */
export const HASH_SPACE = 2 ** 48;
/** Tokens of a member of capacity 1: enough for a max/mean load near 1.1 (DESIGN §2 Placement). */
export const TOKENS_PER_CAPACITY = 256;

const TOKEN_BYTES = 6;
const TOKENS_PER_HASH = 5;

/** How many tokens a member of this capacity has: none at 0, else at least one. */
export function tokenCount(capacity: number): number {
  return capacity > 0 ? Math.max(1, Math.round(capacity * TOKENS_PER_CAPACITY)) : 0;
}

/**
 * The first `count` tokens of a peer, in the order in which they are made: SHA-256 of
 * ("carrossel/token/1" ‖ peer id ‖ block u32), five tokens of six bytes a block. Fewer tokens are
 * always a prefix of more, so that a change of capacity moves only the member's own last tokens.
 */
export function tokensOf(peer: PeerId, count: number): Float64Array {
  const prefix = utf8(`carrossel/token/1${peer}`);
  const input = new Uint8Array(prefix.length + 4);
  input.set(prefix);
  const view = new DataView(input.buffer);
  const tokens = new Float64Array(count);
  let block = new Uint8Array(0);
  for (let i = 0; i < count; i++) {
    const at = i % TOKENS_PER_HASH;
    if (at === 0) {
      view.setUint32(prefix.length, i / TOKENS_PER_HASH);
      block = new Uint8Array(sha256(input));
    }
    tokens[i] = readPoint(block, at * TOKEN_BYTES);
  }
  return tokens;
}

/** The partition a key lies in: one of `q` equal ranges of the circle, by SHA-256 of the key. */
export function partitionOf(partitionKey: PartitionKey, q: number): number {
  return Math.floor((readPoint(sha256(fromHex(partitionKey)), 0) / HASH_SPACE) * q);
}

/** The first point of a partition. */
export function startOf(partition: number, q: number): number {
  return (partition * HASH_SPACE) / q;
}

function readPoint(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(offset) * 0x10000 + view.getUint16(offset + 4);
}
