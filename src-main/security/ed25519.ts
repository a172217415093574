/**
 * Ed25519 (RFC 8032) with node:crypto, about five times faster than pure JavaScript (measured:
 * docs/decisions/0205). Keys that have no secret behind them are refused: small-order points, and
 * second encodings of a point.
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import { createBoundedMap } from './bounded-map.ts';

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes; the same message gives the same signature. */
  sign(message: Uint8Array): Uint8Array;
}

/** Checks signatures; keeps parsed keys, and good signatures of records, in bounded caches. */
export interface Verifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** The same, but remembers a good signature: for records that are checked again and again. */
  verifyOnce(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** DER around the 32 bytes of a seed (PKCS #8) or of a public key (SPKI), RFC 8410. */
const PKCS8_ED25519 = fromHex('302e020100300506032b657004220420');
const SPKI_ED25519 = fromHex('302a300506032b6570032100');

/** The key pair of a 32-byte seed. */
export function createSigningKey(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_BYTES) throw new RangeError('an Ed25519 seed has 32 bytes');
  const der = Buffer.from(concatBytes(PKCS8_ED25519, seed));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/**
 * @param init.maxKeys parsed public keys kept. @default 1024
 * @param init.maxSignatures good signatures remembered by `verifyOnce`. @default 8192
 */
export function createVerifier(init: { maxKeys?: number; maxSignatures?: number } = {}): Verifier {
  const keys = createBoundedMap<string, KeyObject | null>({ maxSize: init.maxKeys ?? 1024 });
  const good = createBoundedMap<string, true>({ maxSize: init.maxSignatures ?? 8192 });

  function keyObject(publicKey: Uint8Array): KeyObject | null {
    const name = toHex(publicKey);
    const found = keys.get(name);
    if (found !== undefined) return found;
    const made = parsePublicKey(publicKey);
    keys.set(name, made);
    return made;
  }
  function check(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    const key = keyObject(publicKey);
    return key !== null && verify(null, message, key, signature);
  }
  return {
    verify: check,
    verifyOnce(publicKey, message, signature) {
      if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES)
        return false;
      const name = sha256Hex(concatBytes(publicKey, signature, message));
      if (good.get(name) === true) return true;
      const ok = check(publicKey, message, signature);
      if (ok) good.set(name, true);
      return ok;
    },
  };
}

/** True for 32 bytes that are the one encoding of a point with a secret behind it. */
export function isSoundPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === PUBLIC_KEY_BYTES && parsePublicKey(publicKey) !== null;
}

function parsePublicKey(publicKey: Uint8Array): KeyObject | null {
  if (isDegenerate(publicKey)) return null;
  try {
    const der = Buffer.from(concatBytes(SPKI_ED25519, publicKey));
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/**
 * y of the points whose order divides 8 (sign bit masked): 0, 1, p-1 and the two of order 8. For
 * these anybody can make "signatures", so such a key would belong to everybody.
 */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'ec' + 'ff'.repeat(30) + '7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

function isDegenerate(publicKey: Uint8Array): boolean {
  const y = publicKey.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  // y >= p = 2^255 - 19: a second encoding of y - p
  const atLeastP =
    (y[0] ?? 0) >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
  return atLeastP || SMALL_ORDER_Y.has(toHex(y));
}
