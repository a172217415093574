import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../src-main/base/bytes.ts';
import { createSigningKey, createVerifier } from '../../src-main/security/ed25519.ts';
import { seedOf } from './world.ts';

const key = createSigningKey(seedOf('signer'));
const message = utf8('bread and butter');

describe('Ed25519 signatures', () => {
  it('are those of RFC 8032 (test 2)', () => {
    const rfc = createSigningKey(
      fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
    );
    expect(toHex(rfc.publicKey)).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    );
    expect(toHex(rfc.sign(Uint8Array.of(0x72)))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it.each(['verify', 'verifyOnce'] as const)('%s takes a good one, again and again', (how) => {
    const verifier = createVerifier();
    const signature = key.sign(message);
    expect(verifier[how](key.publicKey, message, signature)).toBe(true);
    expect(verifier[how](key.publicKey, message, signature)).toBe(true);
    expect(verifier[how](key.publicKey, utf8('bread and butte'), signature)).toBe(false);
    expect(verifier[how](createSigningKey(seedOf('b')).publicKey, message, signature)).toBe(false);
    expect(verifier[how](key.publicKey, message, signature.subarray(1))).toBe(false);
    expect(verifier[how](key.publicKey.subarray(1), message, signature)).toBe(false);
  });

  it('a remembered signature does not vouch for another split of the same bytes', () => {
    const verifier = createVerifier();
    const signature = key.sign(message);
    expect(verifier.verifyOnce(key.publicKey, message, signature)).toBe(true);
    const moved = new Uint8Array([...signature.subarray(1), message[0] ?? 0]);
    expect(verifier.verifyOnce(key.publicKey, message.subarray(1), moved)).toBe(false);
  });

  it('stay good when the caches overflow', () => {
    const verifier = createVerifier({ maxKeys: 2, maxSignatures: 2 });
    for (let i = 0; i < 10; i++) {
      const one = createSigningKey(seedOf(`key ${i}`));
      expect(verifier.verifyOnce(one.publicKey, message, one.sign(message))).toBe(true);
    }
    expect(verifier.verify(key.publicKey, message, key.sign(message))).toBe(true);
  });

  it('with s + L instead of s are refused (one message, one signature)', () => {
    const signature = key.sign(message);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${toHex(signature.subarray(32).toReversed())}`) + order;
    const other = signature.slice();
    other.set(fromHex(s.toString(16).padStart(64, '0')).toReversed(), 32);
    expect(createVerifier().verify(key.publicKey, message, other)).toBe(false);
  });
});

describe('public keys without a secret', () => {
  const identity = '01' + '00'.repeat(31);
  const degenerate = [
    '00'.repeat(32),
    '00'.repeat(31) + '80',
    identity,
    '01' + '00'.repeat(30) + '80',
    'ec' + 'ff'.repeat(30) + '7f',
    'ec' + 'ff'.repeat(31),
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  ];

  it('are the points of small order (checked against another library)', () => {
    for (const hex of degenerate) {
      let small = true;
      try {
        small = ed25519.Point.fromHex(hex, true).isSmallOrder();
      } catch {
        // no point at all is as good
      }
      expect(small, hex).toBe(true);
    }
  });

  it.each([...degenerate, 'ed' + 'ff'.repeat(30) + '7f', 'ee' + 'ff'.repeat(30) + '7f'])(
    '%s verifies nothing',
    (hex) => {
      // R = identity, s = 0 is a "signature" of many messages under a key of small order
      const forged = fromHex(identity + '00'.repeat(32));
      const verifier = createVerifier();
      for (let i = 0; i < 16; i++) {
        expect(verifier.verify(fromHex(hex), utf8(`message ${i}`), forged)).toBe(false);
      }
    },
  );
});
