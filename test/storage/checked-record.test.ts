import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../src-main/base/bytes.ts';
import { sha256 } from '../../src-main/base/sha256.ts';
import {
  fromNumber256,
  openRecord,
  sealRecord,
  shift256,
  toNumber256,
} from '../../src-main/storage/checked-record.ts';

const key = fc
  .uint8Array({ minLength: 1, maxLength: 90 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));
const body = fc.uint8Array({ maxLength: 300 });

describe('checked record', () => {
  it('is SHA-256(key ‖ body) ‖ body', () => {
    fc.assert(
      fc.property(key, body, (k, b) => {
        const record = sealRecord(k, { body: b });
        const sum = sha256(concatBytes(Buffer.from(k, 'latin1'), b));
        expect(Buffer.from(record.raw)).toEqual(Buffer.concat([sum, b]));
        expect(Buffer.from(openRecord(k, record.raw).body)).toEqual(Buffer.from(b));
      }),
    );
  });

  it('is refused with any byte changed, cut, or under another key', () => {
    fc.assert(
      fc.property(key, body, fc.nat(), fc.integer({ min: 1, max: 255 }), (k, b, at, by) => {
        const { raw } = sealRecord(k, { body: b });
        const i = at % raw.length;
        const damaged = { name: 'AppError', code: 'STORE_DAMAGED' };
        expect(() => openRecord(k, raw.with(i, (raw[i] ?? 0) ^ by))).toThrow(
          expect.objectContaining(damaged),
        );
        expect(() => openRecord(k, raw.subarray(0, i))).toThrow(expect.objectContaining(damaged));
        expect(() => openRecord(`${k}x`, raw)).toThrow(expect.objectContaining(damaged));
      }),
    );
    expect(() => openRecord('a', utf8('short'))).toThrow();
  });

  it('adds up mod 2^256 in any order, and is taken off again', () => {
    const number = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toNumber256);
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const up = numbers.reduce((sum, n) => shift256(sum, n, 0n), 0n);
        const down = numbers.toReversed().reduce((sum, n) => shift256(sum, n, 0n), 0n);
        expect(up).toBe(down);
        expect(numbers.reduce((sum, n) => shift256(sum, 0n, n), up)).toBe(0n);
        expect(toNumber256(fromNumber256(up))).toBe(up);
      }),
    );
  });
});
