import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../src-main/base/bytes.ts';
import { createSodiumAead, nobleAead, type Aead } from '../../src-main/security/aead.ts';
import { sodium } from '../../src-main/security/sodium.ts';

const both: [string, Aead][] = [
  ['JavaScript', nobleAead],
  ...(sodium === undefined ? [] : [['libsodium', createSodiumAead(sodium)] as [string, Aead]]),
];
const key = fromHex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
const nonce = fromHex('404142434445464748494a4b4c4d4e4f5051525354555657');
const associated = fromHex('50515253c0c1c2c3c4c5c6c7');
const plain = utf8(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
    'sunscreen would be it.',
);

describe.each(both)('XChaCha20-Poly1305 in %s', (_, aead) => {
  it('seals as draft-irtf-cfrg-xchacha-03 (A.3.1) says', () => {
    const sealed = toHex(aead.seal(key, nonce, plain, associated));
    expect(sealed.slice(0, 32)).toBe('bd6d179d3e83d43b9576579493c0e939');
    expect(sealed.slice(-32)).toBe('c0875924c1c7987947deafd8780acf49');
  });

  it.each([0, 1, 255, 256, 1536, 70_000])('opens what either sealed: %d bytes', (size) => {
    const bytes = new Uint8Array(size).map((__, i) => i);
    for (const [, other] of both) {
      const sealed = other.seal(key, nonce, bytes, associated);
      expect(aead.open(key, nonce, sealed, associated)).toEqual(bytes);
    }
  });

  it('opens nothing that was altered, or is bound to something else', () => {
    const sealed = aead.seal(key, nonce, plain, associated);
    const altered = sealed.slice();
    altered[3] = (altered[3] ?? 0) ^ 1;
    expect(() => aead.open(key, nonce, altered, associated)).toThrow();
    expect(() => aead.open(key, nonce, sealed, associated.subarray(1))).toThrow();
    expect(() => aead.open(key, nonce, sealed.subarray(0, 15), associated)).toThrow();
    expect(() => aead.open(key, nonce.toReversed(), sealed, associated)).toThrow();
  });
});
