/** Keys from keys: HKDF-SHA256 (RFC 5869), HMAC-SHA256 (RFC 2104), comparison in constant time. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { utf8 } from '../base/bytes.ts';

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

/** In JavaScript: our messages are short, and Node's keyed objects cost more than hashing them. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(sha256, key, message);
}

/** Takes as long for a near miss as for a far one. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
