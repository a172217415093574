import { asCrypto, defaultCrypto } from '@chainsafe/libp2p-noise/crypto';
import { describe, expect, it } from 'vitest';
import { createNoiseCrypto } from '../../src-main/network/noise-crypto.ts';

const key = new Uint8Array(32).fill(7);
const nonce = new Uint8Array(12).fill(3);
const NOTHING = new Uint8Array(0);

describe('what seals the pieces of a connection', () => {
  it.each([0, 1, 60, 1199, 1200, 1536, 65_519])('is what noise itself uses: %d bytes', (size) => {
    const crypto = createNoiseCrypto();
    const plain = new Uint8Array(size).map((_, i) => i);
    const sealed = crypto.chaCha20Poly1305Encrypt(plain, nonce, NOTHING, key).subarray();
    for (const other of [defaultCrypto, asCrypto]) {
      const same = other.chaCha20Poly1305Encrypt(plain, nonce, NOTHING, key).subarray();
      expect(Buffer.compare(sealed, same)).toBe(0);
      const opened = other.chaCha20Poly1305Decrypt(sealed.slice(), nonce, NOTHING, key);
      expect(Buffer.compare(opened.subarray(), plain)).toBe(0);
    }
    const opened = crypto.chaCha20Poly1305Decrypt(sealed.slice(), nonce, NOTHING, key);
    expect(Buffer.compare(opened.subarray(), plain)).toBe(0);
  });

  it('opens in place, as noise asks for, and nothing that was altered', () => {
    const crypto = createNoiseCrypto();
    const plain = new Uint8Array(100).fill(9);
    const sealed = crypto.chaCha20Poly1305Encrypt(plain, nonce, NOTHING, key).subarray();
    const place = sealed.slice();
    const room = place.subarray(0, 100);
    const opened = crypto.chaCha20Poly1305Decrypt(place, nonce, NOTHING, key, room);
    expect(opened).toBe(room);
    expect(Buffer.compare(room, plain)).toBe(0);
    const altered = sealed.slice();
    altered[50] = (altered[50] ?? 0) ^ 1;
    for (const bytes of [altered, sealed.subarray(0, 10)]) {
      expect(() => crypto.chaCha20Poly1305Decrypt(bytes, nonce, NOTHING, key)).toThrow();
    }
  });
});
