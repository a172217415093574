/**
 * A box that only the holder of an X25519 key can open: a fresh X25519 key agrees on a secret with
 * the receiver's, HKDF makes key and nonce of it, XChaCha20-Poly1305 seals (the shape of RFC 9180's
 * base mode). Box = ephemeral public key (32 bytes), then ciphertext and tag.
 */
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import { concatBytes, fromHex, utf8 } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { aead } from './aead.ts';
import { deriveKey, equalSecrets } from './key-derivation.ts';

export interface SealKey {
  /** 32 bytes, X25519. */
  readonly publicKey: Uint8Array;
  /** What was sealed to this key for the same context. BAD_ENCODING when it does not open. */
  open(box: Uint8Array, context: Uint8Array): Uint8Array;
}

/** Ephemeral key and tag. */
export const BOX_OVERHEAD = 48;

const PKCS8_X25519 = fromHex('302e020100300506032b656e04220420');
const SPKI_X25519 = fromHex('302a300506032b656e032100');
const BOX_LABEL = utf8('carrossel/box/1');

/** The key pair of 32 secret bytes. */
export function createSealKey(secret: Uint8Array): SealKey {
  const key = privateKey(secret);
  const publicKey = publicBytes(key);
  return {
    publicKey,
    open(box, context) {
      const ephemeral = box.subarray(0, 32);
      const shared = box.length >= BOX_OVERHEAD ? agree(key, ephemeral) : undefined;
      if (shared === undefined) throw cannotOpen();
      try {
        const { key: made, nonce } = keyAndNonce(shared, ephemeral, publicKey, context);
        return aead.open(made, nonce, box.subarray(32), context);
      } catch (cause) {
        throw cannotOpen(cause);
      }
    },
  };
}

/**
 * @param context what the box is for; opening needs the same bytes.
 * @throws BAD_ENCODING for a receiver key that agrees on nothing (a small-order point).
 */
export function sealTo(
  receiver: Uint8Array,
  plain: Uint8Array,
  context: Uint8Array,
  random: Random,
): Uint8Array {
  const key = privateKey(random.bytes(32));
  const ephemeral = publicBytes(key);
  const shared = agree(key, receiver);
  if (shared === undefined) throw new AppError('BAD_ENCODING', 'Not a key that can be sealed to.');
  const { key: made, nonce } = keyAndNonce(shared, ephemeral, receiver, context);
  return concatBytes(ephemeral, aead.seal(made, nonce, plain, context));
}

function keyAndNonce(
  shared: Uint8Array,
  ephemeral: Uint8Array,
  receiver: Uint8Array,
  context: Uint8Array,
): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const salt = concatBytes(ephemeral, receiver);
  const made = deriveKey(shared, concatBytes(BOX_LABEL, context), 56, salt);
  return { key: made.subarray(0, 32), nonce: made.subarray(32) };
}

/** The shared secret; undefined for a bad point, or one of small order (RFC 7748 §6.1). */
function agree(key: KeyObject, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    const der = Buffer.from(concatBytes(SPKI_X25519, publicKey));
    const other = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const shared = new Uint8Array(diffieHellman({ privateKey: key, publicKey: other }));
    return equalSecrets(shared, new Uint8Array(32)) ? undefined : shared;
  } catch {
    return undefined;
  }
}

function privateKey(secret: Uint8Array): KeyObject {
  if (secret.length !== 32) throw new RangeError('an X25519 secret has 32 bytes');
  const der = Buffer.from(concatBytes(PKCS8_X25519, secret));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

function publicBytes(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(-32));
}

function cannotOpen(cause?: unknown): AppError {
  return new AppError('BAD_ENCODING', 'A sealed box does not open with this key.', { cause });
}
