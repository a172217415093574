/** The root of a ring: made of its 12-word phrase, signs the first admin, is kept nowhere. */
import { equalBytes, fromHex } from '../base/bytes.ts';
import { sha256, sha256Hex } from '../base/sha256.ts';
import type { RingId } from '../domain/ids.ts';
import { createSigningKey, type SigningKey } from './ed25519.ts';
import { deriveKey } from './key-derivation.ts';
import { phraseToSeed } from './phrase.ts';

export interface RingKeys {
  readonly ring: RingId;
  readonly root: SigningKey;
}

/** @throws INVALID_PHRASE */
export function ringKeysFromPhrase(phrase: string): RingKeys {
  const root = createSigningKey(deriveKey(phraseToSeed(phrase), 'carrossel/ring/root/1'));
  return { ring: ringIdOf(root.publicKey), root };
}

export function ringIdOf(rootPublicKey: Uint8Array): RingId {
  return sha256Hex(rootPublicKey) as RingId;
}

/** True when the key is the ring's root: nothing else needs to be known of a ring to trust it. */
export function isRootOf(ring: RingId, publicKey: Uint8Array): boolean {
  return equalBytes(sha256(publicKey), fromHex(ring));
}
