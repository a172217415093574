import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex } from '../../src-main/base/bytes.ts';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import { pad, unpad } from '../../src-main/security/padding.ts';
import { peekFormat, readRecord, type Fields } from '../../src-main/security/positional.ts';
import { codeOf } from './world.ts';

const limits = { what: 'thing', format: 1, maxBytes: 300_000 };
const readAs = (value: Uint8Array, read: (fields: Fields) => unknown): string =>
  codeOf(() => readRecord(value, limits, read));

describe('a positional record', () => {
  it('tells another format from bad bytes', () => {
    const empty = (): null => null;
    expect(readAs(encodeCbor([1]), empty)).toBe('none');
    for (const format of [0, 2, 23, 24, 255, 256, 70_000]) {
      expect(readAs(encodeCbor([format, 'later', { a: 1 }]), empty)).toBe('UNSUPPORTED_FORMAT');
    }
    for (const hex of ['', '80', 'a0', '8161', '01', 'f6', '81', '8118', '811900', '9f01ff']) {
      expect(readAs(fromHex(hex), empty), hex).toBe('BAD_ENCODING');
    }
    expect(peekFormat(encodeCbor([3, ...Array<number>(30).fill(0)]))).toBe(3);
  });

  it('refuses more, fewer and other elements than its format has', () => {
    expect(readAs(encodeCbor([1, 5]), (fields) => fields.uint())).toBe('none');
    expect(readAs(encodeCbor([1, 5, 6]), (fields) => fields.uint())).toBe('BAD_ENCODING');
    expect(readAs(encodeCbor([1]), (fields) => fields.uint())).toBe('BAD_ENCODING');
    const wrong: [unknown, (fields: Fields) => unknown][] = [
      ['text', (fields) => fields.uint()],
      [-1, (fields) => fields.uint()],
      [1.5, (fields) => fields.uint()],
      [9, (fields) => fields.uint(0, 8)],
      [1, (fields) => fields.flag()],
      [new Uint8Array(3), (fields) => fields.fixed(4)],
      [new Uint8Array(5), (fields) => fields.bytes(4)],
      ['12345', (fields) => fields.text(4)],
      [null, (fields) => fields.text(4)],
      [[1, 2, 3], (fields) => fields.list(2, (one) => one.uint())],
      [[1, 'a'], (fields) => fields.list(2, (one) => one.uint())],
      [{ length: 1 }, (fields) => fields.list(2, (one) => one.uint())],
      [[1, 2], (fields) => fields.nested((one) => one.uint())],
    ];
    for (const [value, read] of wrong) {
      expect(readAs(encodeCbor([1, value as never]), read), String(value)).toBe('BAD_ENCODING');
    }
  });

  it('refuses any second encoding of the same value', () => {
    const read = (fields: Fields): unknown => fields.uint();
    for (const hex of [
      '82011805',
      '8201190005',
      '82011a00000005',
      '9f0105ff',
      '980201 05',
      '8201fb4014000000000000',
    ]) {
      expect(readAs(fromHex(hex.replace(' ', '')), read), hex).toBe('BAD_ENCODING');
    }
  });

  it('refuses what is too long, or nested without end, in our own words', () => {
    expect(readAs(new Uint8Array(300_001), () => null)).toBe('LIMIT_EXCEEDED');
    for (const depth of [1000, 3000, 6000, 10_000, 100_000, 200_000]) {
      const nested = concatBytes(fromHex('8201'), new Uint8Array(depth).fill(0x81), fromHex('00'));
      expect(
        readAs(nested, () => null),
        `${depth} deep`,
      ).toBe('BAD_ENCODING');
    }
    // an array that claims 2^32 - 1 elements
    expect(readAs(fromHex('82019affffffff00'), () => null)).toBe('BAD_ENCODING');
    expect(readAs(fromHex('82015affffffff00'), () => null)).toBe('BAD_ENCODING');
  });

  it('never throws anything but our errors at random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const framed = concatBytes(fromHex('8201'), bytes);
        expect(['none', 'BAD_ENCODING']).toContain(readAs(framed, (fields) => fields.text(64)));
      }),
    );
  });
});

describe('padding', () => {
  it('makes multiples of its step and gives the bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const padded = pad(bytes, 256);
        expect(padded.length % 256).toBe(0);
        expect(padded.length - bytes.length).toBeLessThan(256 + 4);
        expect(unpad(padded, 256)).toEqual(bytes);
      }),
    );
    expect(pad(new Uint8Array(252), 256)).toHaveLength(256);
    expect(pad(new Uint8Array(253), 256)).toHaveLength(512);
  });

  it('other than its own is refused', () => {
    const padded = pad(new Uint8Array(10), 256);
    for (const wrong of [
      padded.subarray(0, 255),
      concatBytes(padded, new Uint8Array(256)),
      padded.with(100, 1),
      padded.with(0, 255),
      new Uint8Array(0),
      new Uint8Array(3),
    ]) {
      expect(codeOf(() => unpad(wrong, 256))).toBe('BAD_ENCODING');
    }
  });
});
