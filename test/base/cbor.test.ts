import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src-main/base/app-error.ts';
import { fromHex, toHex } from '../../src-main/base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../../src-main/base/cbor.ts';

const cbor: fc.Arbitrary<Cbor> = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
}

describe('canonical CBOR', () => {
  it('gives back what was put in, from the only encoding there is', () => {
    fc.assert(
      fc.property(cbor, (value) => {
        const bytes = encodeCbor(value);
        expect(encodeCbor(decodeCbor(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['a longer integer than needed', '1801'],
    ['an indefinite array', '9f01ff'],
    ['map keys out of order', 'a2616201616101'],
    ['a key twice', 'a2616101616102'],
    ['undefined', 'f7'],
    ['not a number', 'fb7ff8000000000000'],
    ['infinity', 'fb7ff0000000000000'],
    ['bytes after the value', '0101'],
    ['a cut value', '820'.padEnd(4, '1')],
    ['nothing at all', ''],
    ['a number over 2^53', '1bffffffffffffffff'],
    ['bad UTF-8', '62c328'],
    ['a tag', 'c001'],
  ])('refuses %s', (_what, hex) => {
    expect(codeOf(() => decodeCbor(fromHex(hex)))).toBe('BAD_ENCODING');
  });

  it('gives plain bytes whose slice is a copy', () => {
    const bytes = encodeCbor([1, new Uint8Array(3)]);
    expect(Buffer.isBuffer(bytes)).toBe(false);
    bytes.slice(0, 1)[0] = 0;
    expect(toHex(bytes)).toBe('820143000000');
  });

  it('never crashes on garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const code = codeOf(() => decodeCbor(bytes));
        expect(['none', 'BAD_ENCODING']).toContain(code);
        if (code === 'none') expect(toHex(encodeCbor(decodeCbor(bytes)))).toBe(toHex(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses to encode undefined', () => {
    expect(codeOf(() => encodeCbor([undefined as unknown as Cbor]))).toBe('BAD_ENCODING');
  });
});
