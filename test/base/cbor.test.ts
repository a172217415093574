import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src-main/base/app-error.ts';
import { fromHex, toHex } from '../../src-main/base/bytes.ts';
import {
  decodeAny,
  decodeCbor,
  encodeAny,
  encodeCbor,
  type Cbor,
} from '../../src-main/base/cbor.ts';
import { decodePlain, encodePlain } from '../../src-main/base/plain-cbor.ts';

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

describe('the short way of reading', () => {
  /** Where encodings differ: heads of every kind and length, and numbers at their edges. */
  const heads = fc.constantFrom(
    ...['00', '17', '18', '1817', '1818', '18ff', '1900ff', '190100', '1a0000ffff', '1a00010000'],
    ...['1b00000000ffffffff', '1b0000000100000000', '1b001fffffffffffff', '1b0020000000000000'],
    ...[
      '1bffffffffffffffff',
      '20',
      '3bffffffffffffffff',
      '40',
      '5803010203',
      '43010203',
      '5f',
      'ff',
    ],
    ...['60', '6161', '780161', '62c328', '63e282ac', '64f09f9880', '63eda080', '80'],
    ...[
      '81',
      '82',
      '9800',
      '9801',
      '9f',
      'a0',
      'a10000',
      'c0',
      'd818',
      'f4',
      'f5',
      'f6',
      'f7',
      'f8',
    ],
    ...[
      'f818',
      'f90000',
      'fa00000000',
      'fb3ff0000000000000',
      'fb3ff8000000000000',
      '1c',
      '9b',
      '7b',
    ],
  );
  const sewn = fc
    .array(heads, { minLength: 1, maxLength: 6 })
    .map((parts) => fromHex(parts.join('')));
  const altered = fc.tuple(cbor, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
    const bytes = encodeCbor(value).slice();
    bytes[at % bytes.length] = byte;
    return bytes;
  });

  function agrees(bytes: Uint8Array): void {
    const short = decodePlain(bytes);
    if (short === undefined) return;
    expect(decodeAny(bytes)).toEqual(short);
  }
  it('takes nothing that the long way refuses, and reads it as that does', () => {
    for (const bytes of [sewn, altered, cbor.map(encodeCbor), fc.uint8Array({ maxLength: 12 })]) {
      fc.assert(fc.property(bytes, agrees), { numRuns: 3000 });
    }
  });

  it('is the way of what we exchange', () => {
    const value = [1, 'pão', [new Uint8Array(300), [], true, null], 2 ** 53 - 1, 65_536, 24, 255];
    expect(decodePlain(encodeCbor(value))).toEqual(value);
    const deep = encodeCbor(Array.from({ length: 40 }).reduce<Cbor>((inner) => [inner], 0));
    expect(decodePlain(deep)).toBeUndefined();
    expect(decodeCbor(deep)).toEqual(decodeAny(deep));
  });

  it('reads texts that begin with a byte order mark, which the long way takes away', () => {
    const value = ['\ufeffpão', '\ufeff'];
    expect(decodeCbor(encodeCbor(value))).toEqual(value);
  });

  it('gives bytes of their own', () => {
    const bytes = encodeCbor([new Uint8Array([1, 2, 3])]);
    const [read] = decodeCbor(bytes) as [Uint8Array];
    bytes.fill(0);
    expect(read).toEqual(new Uint8Array([1, 2, 3]));
    expect(Buffer.isBuffer(read)).toBe(false);
  });
});

describe('the short way of writing', () => {
  const edges = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
  const plain: fc.Arbitrary<Cbor> = fc.letrec<{ value: Cbor }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...edges),
      fc.maxSafeNat(),
      fc.string(),
      fc.string({ minLength: 20, maxLength: 300 }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie('value'), { maxLength: 30 }),
    ),
  })).value;

  it('writes what the long way writes, byte for byte', () => {
    for (const values of [plain, cbor]) {
      fc.assert(
        fc.property(values, (value) => {
          expect(toHex(encodeCbor(value))).toBe(toHex(encodeAny(value)));
        }),
        { numRuns: 3000 },
      );
    }
  });

  it.each([0, 23, 24, 255, 256, 65_535, 65_536])('writes lengths of %i as that does', (length) => {
    const values = [new Uint8Array(length).fill(7), 'x'.repeat(length), Array(length).fill(1)];
    for (const value of values as Cbor[]) {
      expect(encodePlain(value)).toEqual(encodeAny(value));
    }
  });

  it.each<[string, unknown]>([
    ['a number below 0', -1],
    ['a fraction', 0.5],
    ['a number over 2^53', 2 ** 53],
    ['no number', Number.NaN],
    ['a text that is not ASCII', 'pão'],
    ['half a character', '\ud800'],
    ['an object', { a: 1 }],
    ['nothing', undefined],
    ['an array with a hole', Array(1)],
    ['numbers of two bytes', new Uint16Array(2)],
    ['an array too deep', Array.from({ length: 40 }).reduce<Cbor>((inner) => [inner], 0)],
  ])('leaves %s to that', (_what, value) => {
    expect(encodePlain(value as Cbor)).toBeUndefined();
    expect(encodePlain([1, value as Cbor])).toBeUndefined();
  });
});
