/**
 * Ed25519 (RFC 8032), by libsodium or node:crypto, five to twenty times faster than JavaScript
 * (measured: docs/decisions/0205, 0208). Points that have no secret behind them are refused, as
 * keys and inside signatures: those of small order, and second encodings of a point.
 */
import { concatBytes, toHex } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import { createBoundedMap } from '../base/bounded-map.ts';
import { bestEngine, nodeEngine, type Check, type SigningKey } from './ed25519-engine.ts';

export type { SigningKey } from './ed25519-engine.ts';

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** Checks signatures; keeps parsed keys, and good signatures of records, in bounded caches. */
export interface Verifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** The same, but remembers a good signature: for records that are checked again and again. */
  verifyOnce(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The key pair of a 32-byte seed. @param engine @default the fastest there is */
export function createSigningKey(seed: Uint8Array, engine = bestEngine): SigningKey {
  if (seed.length !== SEED_BYTES) throw new RangeError('an Ed25519 seed has 32 bytes');
  return engine.signingKey(seed);
}

/**
 * @param init.maxKeys parsed public keys kept. @default 1024
 * @param init.maxSignatures good signatures remembered by `verifyOnce`. @default 8192
 * @param engine @default the fastest there is
 */
export function createVerifier(
  init: { maxKeys?: number; maxSignatures?: number } = {},
  engine = bestEngine,
): Verifier {
  const keys = createBoundedMap<string, Check | null>({ maxSize: init.maxKeys ?? 1024 });
  const good = createBoundedMap<string, true>({ maxSize: init.maxSignatures ?? 8192 });

  function checkOf(publicKey: Uint8Array): Check | null {
    const name = toHex(publicKey);
    const found = keys.get(name);
    if (found !== undefined) return found;
    const made = isDegenerate(publicKey) ? null : (engine.checkOf(publicKey) ?? null);
    keys.set(name, made);
    return made;
  }
  function check(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    const holds = checkOf(publicKey);
    if (holds === null || isDegenerate(signature.subarray(0, PUBLIC_KEY_BYTES))) return false;
    return holds(message, signature);
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
  if (publicKey.length !== PUBLIC_KEY_BYTES || isDegenerate(publicKey)) return false;
  return nodeEngine.checkOf(publicKey) !== undefined;
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
const FIRST_BYTES: ReadonlySet<number> = new Set(
  [...SMALL_ORDER_Y].map((hex) => Number.parseInt(hex.slice(0, 2), 16)),
);

function isDegenerate(point: Uint8Array): boolean {
  if (!FIRST_BYTES.has(point[0] ?? 0) && (point[0] ?? 0) < 0xed) return false;
  const y = new Uint8Array(point);
  y[31] = (y[31] ?? 0) & 0x7f;
  // y >= p = 2^255 - 19: a second encoding of y - p
  const atLeastP =
    (y[0] ?? 0) >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
  return atLeastP || SMALL_ORDER_Y.has(toHex(y));
}
