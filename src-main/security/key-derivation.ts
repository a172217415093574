/** Keys from keys: HKDF-SHA256 (RFC 5869), HMAC-SHA256 (RFC 2104), comparison in constant time. */
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';

const BLOCK_BYTES = 64;

/** `length` bytes from `secret`, under a label that says what for. */
export function deriveKey(
  secret: Uint8Array,
  label: string | Uint8Array,
  length = 32,
  salt: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const info = typeof label === 'string' ? utf8(label) : label;
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, length));
}

/** As two hashes: our messages are short, and Node's keyed objects cost more than hashing them. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const secret = key.length > BLOCK_BYTES ? sha256(key) : key;
  const inner = sha256(padded(secret, 0x36, message));
  return sha256(padded(secret, 0x5c, inner));
}

/** The secret filled up to a block, each byte of that turned by `turn`, then the rest. */
function padded(secret: Uint8Array, turn: number, rest: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK_BYTES + rest.length);
  for (let i = 0; i < BLOCK_BYTES; i++) out[i] = (secret[i] ?? 0) ^ turn;
  out.set(rest, BLOCK_BYTES);
  return out;
}

/** Takes as long for a near miss as for a far one. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
