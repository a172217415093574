import { x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../src-main/base/bytes.ts';
import { createSealKey, sealTo } from '../../src-main/security/sealed-box.ts';
import { namedRandom, seedOf } from './world.ts';

const receiver = createSealKey(seedOf('receiver'));
const context = utf8('for this purpose');

describe('a sealed box', () => {
  it('opens for its receiver and its context only', () => {
    const random = namedRandom('box');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (plain) => {
        const box = sealTo(receiver.publicKey, plain, context, random);
        expect(box.length).toBe(plain.length + 48);
        expect(receiver.open(box, context)).toEqual(plain);
        expect(() => receiver.open(box, utf8('another'))).toThrow();
        expect(() => createSealKey(seedOf('other')).open(box, context)).toThrow();
      }),
      { numRuns: 30 },
    );
  });

  it('with any byte changed does not open', () => {
    const box = sealTo(receiver.publicKey, utf8('a key'), context, namedRandom('box'));
    for (let i = 0; i < box.length; i++) {
      const changed = box.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => receiver.open(changed, context), `byte ${i}`).toThrow(
        expect.objectContaining({ code: 'BAD_ENCODING' }),
      );
    }
  });

  it('too short to be one does not open', () => {
    for (const length of [0, 31, 32, 47]) {
      expect(() => receiver.open(new Uint8Array(length), context)).toThrow(
        expect.objectContaining({ code: 'BAD_ENCODING' }),
      );
    }
  });

  it('has the public key that another library makes of the secret', () => {
    const secret = seedOf('receiver');
    expect(toHex(receiver.publicKey)).toBe(toHex(x25519.getPublicKey(secret)));
  });

  it.each([
    '00'.repeat(32),
    '01' + '00'.repeat(31),
    'ec' + 'ff'.repeat(30) + '7f',
    'ed' + 'ff'.repeat(30) + '7f',
    'ee' + 'ff'.repeat(30) + '7f',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ])('is never made for, nor opened from, the small-order point %s', (hex) => {
    expect(() => sealTo(fromHex(hex), utf8('a key'), context, namedRandom('box'))).toThrow(
      expect.objectContaining({ code: 'BAD_ENCODING' }),
    );
    const box = new Uint8Array([...fromHex(hex), ...new Uint8Array(48)]);
    expect(() => receiver.open(box, context)).toThrow(
      expect.objectContaining({ code: 'BAD_ENCODING' }),
    );
  });
});
