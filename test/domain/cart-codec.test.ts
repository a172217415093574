import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src-main/base/bytes.ts';
import { encodeCbor, type Cbor } from '../../src-main/base/cbor.ts';
import { decodeCart, encodeCart } from '../../src-main/domain/cart-codec.ts';
import { contentProblem, type Cart } from '../../src-main/domain/cart.ts';
import { actorOf } from './histories.ts';
import { milk } from './cart-versions.ts';

const actors = [actorOf(3), actorOf(1), actorOf(2)];
const refused = expect.objectContaining({ code: 'BAD_ENCODING' });

const anyDot = fc.record({
  actor: fc.constantFrom(...actors),
  counter: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});
const anyText = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', maxLength: maxLength / 4 })
    .filter((text) => text.length <= maxLength);
const anyLine = fc.record({
  dot: anyDot,
  born: anyDot,
  at: fc.nat(),
  product: fc.record(
    {
      title: anyText(200).filter((title) => title.trim() !== ''),
      sku: anyText(64),
      category: anyText(64),
      unit: anyText(16),
      price: fc.record({ amount: fc.integer(), currency: fc.constantFrom('EUR', 'BRL') }),
    },
    { requiredKeys: ['title'] },
  ),
  quantity: fc.integer({ min: 1, max: 400 }),
  note: anyText(1000),
});
const anyCart: fc.Arbitrary<Cart> = fc
  .record({ name: anyText(80), lines: fc.array(anyLine, { maxLength: 12 }) })
  .map(({ name, lines }) => ({
    name,
    lines: lines.map(({ born, ...line }, index) => ({ ...line, id: { dot: born, index } })),
  }));

const product: Cbor = ['Milk', null, null, null, null];
const line: readonly Cbor[] = [0, 5, 0, 1, 7, 1000, product, 2, ''];

function bytesWith(at: number, value: Cbor): Uint8Array {
  return encodeCbor(['', [line.map((part, i) => (i === at ? value : part))]]);
}

describe('a cart in bytes', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        fc.pre(cart.lines.every((one) => contentProblem(one) === undefined));
        expect(decodeCart(encodeCart(cart, actors), actors)).toEqual(cart);
      }),
    );
  });

  it('never changes its form', () => {
    const dot = { actor: actorOf(1), counter: 7 };
    const id = { dot: { actor: actorOf(3), counter: 5 }, index: 0 };
    const cart: Cart = {
      name: 'Home',
      lines: [
        { id, dot, at: 1_700_000_000_000, ...milk(2), note: 'cold' },
        {
          id: { dot, index: 1 },
          dot,
          at: 1,
          product: {
            title: 'Tea',
            sku: 's',
            category: 'c',
            unit: 'u',
            price: { amount: 199, currency: 'EUR' },
          },
          quantity: 1,
          note: '',
        },
      ],
    };
    const bytes = encodeCart(cart, actors);
    expect(toHex(bytes)).toMatchInlineSnapshot(
      `"8264486f6d65828900050001071b0000018bcfe5680085644d696c6bf6f6f6f60264636f6c648901070101070185635465616173616361758218c7634555520160"`,
    );
    expect(decodeCart(bytes, actors)).toEqual(cart);
  });

  it('is refused when cut short or longer than it says', () => {
    const bytes = encodeCbor(['Home', [line]]);
    expect(decodeCart(bytes, actors).lines).toHaveLength(1);
    for (let i = 0; i < bytes.length; i++) {
      expect(() => decodeCart(bytes.slice(0, i), actors)).toThrow(refused);
    }
    expect(() => decodeCart(new Uint8Array([...bytes, 0]), actors)).toThrow(refused);
  });

  it.each<[string, Uint8Array]>([
    ['no array', encodeCbor('cart')],
    ['three parts', encodeCbor(['', [], 1])],
    ['a name that is no text', encodeCbor([1, []])],
    ['lines that are no array', encodeCbor(['', 1])],
    ['a name too long', encodeCbor(['x'.repeat(201), []])],
    ['a line too short', encodeCbor(['', [line.slice(1)]])],
    ['two lines with one id', encodeCbor(['', [line, line]])],
    [
      'more than a thousand lines',
      encodeCbor([
        '',
        Array.from({ length: 1001 }, (_, i) => [0, i + 1, 0, 0, 1, 0, product, 1, '']),
      ]),
    ],
    ['an actor not in the table', bytesWith(0, 3)],
    ['an actor below zero', bytesWith(3, -1)],
    ['a counter of zero', bytesWith(1, 0)],
    ['a counter that is no whole number', bytesWith(4, 1.5)],
    ['an index beyond the lines', bytesWith(2, 1000)],
    ['a time below zero', bytesWith(5, -1)],
    ['a product that is none', bytesWith(6, ['Milk'])],
    ['a product without title', bytesWith(6, ['', null, null, null, null])],
    ['a price without currency', bytesWith(6, ['Milk', null, null, null, [1]])],
    ['a currency in small letters', bytesWith(6, ['Milk', null, null, null, [1, 'eur']])],
    ['no quantity', bytesWith(7, 0)],
    ['a note that is none', bytesWith(8, null)],
    ['a note too long', bytesWith(8, 'x'.repeat(1001))],
  ])('is refused with %s', (_, bytes) => {
    expect(() => decodeCart(bytes, actors)).toThrow(refused);
  });

  it('is not written with what would not be read', () => {
    const dot = { actor: actorOf(1), counter: 7 };
    const one = { id: { dot, index: 0 }, dot, at: 1, ...milk(0) };
    expect(() => encodeCart({ name: '', lines: [one] }, actors)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    );
    expect(() => encodeCart({ name: 'x'.repeat(201), lines: [] }, actors)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    expect(() => encodeCart({ name: '', lines: [{ ...one, quantity: 1 }] }, [])).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });
});
