/**
 * Peer ids as libp2p writes them: base58btc of the identity multihash of the protobuf of an Ed25519
 * public key (libp2p specs, peer-ids). 38 bytes, of which the last 32 are the key itself.
 */
import { base58btc } from 'multiformats/bases/base58';
import { AppError } from '../base/app-error.ts';
import { concatBytes, equalBytes, fromHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { PeerId } from '../domain/ids.ts';
import { createSigningKey, PUBLIC_KEY_BYTES, SEED_BYTES, type SigningKey } from './ed25519.ts';

/** identity multihash, 36 bytes: protobuf {type: Ed25519, data: 32 bytes}. */
const MULTIHASH_PREFIX = fromHex('002408011220');
const MULTIHASH_BYTES = 38;

export interface PeerKey extends SigningKey {
  readonly peerId: PeerId;
}

/** 32 random bytes, fit for `createPeerKey`, `createSigningKey` and `deviceKeysFromSeed`. */
export function newSeed(random: Random): Uint8Array {
  return random.bytes(SEED_BYTES);
}

export function createPeerKey(seed: Uint8Array): PeerKey {
  const key = createSigningKey(seed);
  return { ...key, peerId: peerIdOf(key.publicKey) };
}

/** The 38 bytes that a peer id is the base58btc of. */
export function peerIdBytes(publicKey: Uint8Array): Uint8Array {
  return concatBytes(MULTIHASH_PREFIX, publicKey);
}

export function peerIdOf(publicKey: Uint8Array): PeerId {
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError('a public key has 32 bytes');
  return base58btc.baseEncode(peerIdBytes(publicKey)) as PeerId;
}

/** The Ed25519 public key in a peer id. BAD_REQUEST for anything else, other key types included. */
export function publicKeyOf(peerId: string): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    // 38 bytes are at most 52 letters; longer text would cost quadratic time to decode
    bytes = peerId.length <= 64 ? base58btc.baseDecode(peerId) : undefined;
  } catch {
    bytes = undefined;
  }
  if (
    bytes?.length !== MULTIHASH_BYTES ||
    !equalBytes(bytes.subarray(0, MULTIHASH_PREFIX.length), MULTIHASH_PREFIX)
  ) {
    throw new AppError('BAD_REQUEST', 'Not the peer id of a Carrossel peer.');
  }
  return bytes.slice(MULTIHASH_PREFIX.length);
}
