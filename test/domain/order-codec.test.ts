import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import { decodeCbor } from '../../src-main/base/cbor.ts';
import {
  decodeDecision,
  decodeOrder,
  encodeDecision,
  encodeOrder,
} from '../../src-main/domain/order-codec.ts';
import type { Order, OrderId, VoucherId } from '../../src-main/domain/order.ts';
import { actorOf } from './histories.ts';
import { order, orderId, orderLine } from './sample-orders.ts';

const refused = expect.objectContaining({ code: 'BAD_ENCODING' }) as Error;
const hexId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const money = fc.record({
  amount: fc.integer({ min: 1, max: 1e9 }),
  currency: fc.constantFrom('EUR', 'BRL'),
});
const anyOrder: fc.Arbitrary<Order> = fc
  .record({
    id: hexId,
    name: fc.string({ maxLength: 40 }),
    counters: fc.uniqueArray(fc.integer({ min: 1, max: 1e15 }), { maxLength: 8 }),
    again: fc.uniqueArray(hexId, { maxLength: 3 }),
    vouchers: fc.uniqueArray(hexId, { maxLength: 3 }),
    dues: fc.uniqueArray(hexId, { maxLength: 3 }),
    amount: money,
  })
  .map(({ id, name, counters, again, vouchers, dues, amount }) => ({
    id: id as OrderId,
    cart: { id: 'c1', name },
    lines: counters.map((counter, index) => ({
      id: { dot: { actor: actorOf(2), counter }, index },
      product: { title: 'Milk', price: amount, category: 'Dairy' },
      quantity: 2,
      note: name,
    })),
    again: again as OrderId[],
    vouchers: vouchers.map((voucher) => ({ voucher: voucher as VoucherId, amount })),
    dues: dues.map((due) => ({ order: due as OrderId, amount })),
  }));

describe('an order in bytes', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyOrder, (one) => {
        expect(decodeOrder(one.id, encodeOrder(one))).toEqual(one);
      }),
    );
  });

  it('is refused when a line stands in it twice, or a voucher is used for nothing', () => {
    const twice = order('a', { lines: [orderLine(0), orderLine(0)] });
    expect(() => encodeOrder(twice)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    const amount = { amount: 0, currency: 'EUR' };
    const none = order('a', { vouchers: [{ voucher: 'b'.repeat(32) as VoucherId, amount }] });
    expect(() => encodeOrder(none)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  it('is nothing that was not written like this', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(() => decodeOrder(orderId('a'), bytes)).toThrow(refused);
      }),
    );
    const parts = decodeCbor(encodeOrder(order('a'))) as unknown[];
    for (let i = 0; i < parts.length; i++) {
      const spoilt = encodeCbor(parts.map((part, at) => (at === i ? 7 : part)) as never);
      expect(() => decodeOrder(orderId('a'), spoilt)).toThrow(refused);
    }
  });
});

describe('a decision in bytes', () => {
  it('reads back, in the order of ids, whatever order it was made in', () => {
    const decision = { keep: [orderId('b'), orderId('a')], cancel: [orderId('c')] };
    const read = decodeDecision(encodeDecision(decision));
    expect(read).toEqual({ keep: [orderId('a'), orderId('b')], cancel: [orderId('c')] });
  });

  it('cannot keep and cancel one order, nor name one twice', () => {
    const both = encodeDecision({ keep: [orderId('a')], cancel: [orderId('a')] });
    expect(() => decodeDecision(both)).toThrow(refused);
    const twice = encodeDecision({ keep: [orderId('a'), orderId('a')], cancel: [] });
    expect(() => decodeDecision(twice)).toThrow(refused);
  });
});
