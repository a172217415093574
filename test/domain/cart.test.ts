import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentProblem,
  lineIdString,
  parseLineId,
  productKey,
  sameContent,
  totalsOf,
  type LineContent,
  type Product,
} from '../../src-main/domain/cart.ts';
import type { ActorId } from '../../src-main/domain/ids.ts';
import { milk } from './cart-versions.ts';

const actor = 'ff00112233445566778899aabbccddee' as ActorId;

function priced(amount: number, quantity: number, currency = 'EUR'): LineContent {
  return { product: { title: 'Tea', price: { amount, currency } }, quantity, note: '' };
}

describe('the id of a line', () => {
  it('is written and read back', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 999 }),
        (bytes, counter, index) => {
          const dot = { actor: Buffer.from(bytes).toString('hex') as ActorId, counter };
          expect(parseLineId(lineIdString({ dot, index }))).toEqual({ dot, index });
        },
      ),
    );
    expect(lineIdString({ dot: { actor, counter: 7 }, index: 0 })).toBe(
      '_wARIjNEVWZ3iJmqu8zd7g.7.0',
    );
  });

  it.each([
    '',
    'x',
    '_wARIjNEVWZ3iJmqu8zd7g.7',
    '_wARIjNEVWZ3iJmqu8zd7g.0.0',
    '_wARIjNEVWZ3iJmqu8zd7g.07.0',
    '_wARIjNEVWZ3iJmqu8zd7g.7.00',
    '_wARIjNEVWZ3iJmqu8zd7h.7.0',
    '_wARIjNEVWZ3iJmqu8zd7.7.0',
    '_wARIjNEVWZ3iJmqu8zd7g.9007199254740992.0',
  ])('is refused when it is %j', (text) => {
    expect(() => parseLineId(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});

describe('two contents', () => {
  it('are the same only when everything a person sets is', () => {
    const base: LineContent = {
      product: {
        title: 'T',
        sku: 's',
        category: 'c',
        unit: 'u',
        price: { amount: 1, currency: 'EUR' },
      },
      quantity: 1,
      note: 'n',
    };
    expect(sameContent(base, structuredClone(base))).toBe(true);
    const others: Partial<Product>[] = [
      { title: 'U' },
      { sku: undefined },
      { category: 'd' },
      { unit: 'v' },
      { price: undefined },
      { price: { amount: 2, currency: 'EUR' } },
      { price: { amount: 1, currency: 'BRL' } },
    ];
    for (const other of others) {
      expect(sameContent(base, { ...base, product: { ...base.product, ...other } })).toBe(false);
    }
    expect(sameContent(base, { ...base, quantity: 2 })).toBe(false);
    expect(sameContent(base, { ...base, note: '' })).toBe(false);
  });

  it('name one product by SKU, or by title and unit however they are typed', () => {
    expect(productKey({ title: '  Whole   MILK ' })).toBe(productKey({ title: 'whole milk' }));
    expect(productKey({ title: 'Cafe\u0301' })).toBe(productKey({ title: 'caf\u00e9' }));
    expect(productKey({ title: 'Milk', unit: 'l' })).not.toBe(productKey({ title: 'Milk' }));
    expect(productKey({ title: 'A', sku: '1' })).toBe(productKey({ title: 'B', sku: '1' }));
    expect(productKey({ title: 'A', sku: '1' })).not.toBe(productKey({ title: 'A', sku: '2' }));
  });
});

describe('totals', () => {
  it('sum price times quantity per currency', () => {
    expect(totalsOf([priced(250, 2), priced(100, 1, 'BRL'), priced(1, 3), milk(4)])).toEqual([
      { amount: 100, currency: 'BRL' },
      { amount: 503, currency: 'EUR' },
    ]);
    expect(totalsOf([])).toEqual([]);
  });
});

describe('a content', () => {
  it('may be written with anything a shop sells', () => {
    expect(contentProblem(milk(1))).toBeUndefined();
    expect(contentProblem(priced(-100, 1_000_000))).toBeUndefined();
    expect(contentProblem(priced(1e12, 1))).toBeUndefined();
  });

  it.each<[string, LineContent]>([
    ['no title', milk(1, ' ')],
    ['a title too long', milk(1, 'x'.repeat(201))],
    ['no quantity', milk(0)],
    ['half a piece', milk(0.5)],
    ['too many pieces', milk(1_000_001)],
    ['a note too long', { ...milk(1), note: 'x'.repeat(1001) }],
    ['a SKU too long', { ...milk(1), product: { title: 'x', sku: 'x'.repeat(65) } }],
    ['a unit too long', { ...milk(1), product: { title: 'x', unit: 'x'.repeat(17) } }],
    ['no currency', priced(1, 1, 'eur')],
    ['half a cent', priced(0.5, 1)],
    ['a price that is no number', priced(NaN, 1)],
    ['more money than sums hold', priced(1e12, 2)],
  ])('is refused with %s', (_, content) => {
    expect(contentProblem(content)).toEqual(expect.any(String));
  });
});
