import { describe, expect, it } from 'vitest';
import { balanceOf } from '../../src-main/domain/balance.ts';
import { checkoutSums } from '../../src-main/domain/checkout.ts';
import { judgeOrders } from '../../src-main/domain/order-groups.ts';
import { lineVoucherId, type Order, type VoucherId } from '../../src-main/domain/order.ts';
import { lineId, order, orderId, orderLine } from './sample-orders.ts';

const sumsOf = (...orders: Order[]) => balanceOf(orders, judgeOrders(orders, new Map()));
const voucher = lineVoucherId(orderId('b'), lineId(0));
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const uses = (amount: number) => ({ vouchers: [{ voucher, amount: eur(amount) }] });
/** Ordered later, of another line, for 15 euros. */
const later = (letter: string, parts: Partial<Order>) =>
  order(letter, { lines: [orderLine(letter.charCodeAt(0), 1500)], ...parts });
const twice = [order('a'), order('b')] as const;

describe('vouchers', () => {
  it('gives one for the line that an order does not keep', () => {
    expect(sumsOf(...twice)).toEqual({
      vouchers: [
        {
          id: voucher,
          amount: eur(1000),
          source: { kind: 'line', order: orderId('b'), line: lineId(0) },
          uses: [],
          left: 1000,
        },
      ],
      dues: [],
    });
  });

  it('is named by order and line for ever', () => {
    // Written down, since a voucher that changed its name with a release would be given twice.
    expect(voucher).toBe('a0d1b93de2cd52f1fbf489588c82b3ba');
  });

  it('keeps the rest of one that is partly used, for the next order', () => {
    const first = sumsOf(...twice, later('c', uses(400)));
    expect(first.vouchers).toMatchObject([{ left: 600, uses: [{ order: orderId('c') }] }]);
    const second = sumsOf(...twice, later('c', uses(400)), later('d', uses(600)));
    expect(second).toMatchObject({ vouchers: [{ left: 0 }], dues: [] });
  });

  it('counts one that was used twice apart in the smallest id, and the other owes it', () => {
    const sums = sumsOf(...twice, later('d', uses(1000)), later('c', uses(700)));
    expect(sums.vouchers[0]?.uses).toEqual([
      { order: orderId('c'), amount: 700 },
      { order: orderId('d'), amount: 300 },
    ]);
    expect(sums.dues).toEqual([{ order: orderId('d'), amount: eur(700), paid: 0, open: 700 }]);
  });

  it('gives nothing for lines without a price, and takes back what an order gave twice', () => {
    const free = [order('a', { lines: [orderLine(0)] }), order('b', { lines: [orderLine(0)] })];
    expect(sumsOf(...free)).toEqual({ vouchers: [], dues: [] });
    const deposit = ['a', 'b'].map((letter) => order(letter, { lines: [orderLine(0, -25)] }));
    expect(sumsOf(...deposit)).toMatchObject({
      vouchers: [],
      dues: [{ order: orderId('b'), open: 25 }],
    });
  });
});

describe('amounts due', () => {
  const due = (amount: number) => ({ dues: [{ order: orderId('d'), amount: eur(amount) }] });
  const owing = [...twice, later('c', uses(1000)), later('d', uses(1000))] as const;

  it('is paid with the next order, and what was paid twice apart is given back', () => {
    expect(sumsOf(...owing, later('e', due(1000)))).toMatchObject({
      vouchers: [{ id: voucher }],
      dues: [{ order: orderId('d'), paid: 1000, open: 0 }],
    });
    const paidTwice = sumsOf(...owing, later('e', due(1000)), later('f', due(1000)));
    expect(paidTwice.dues).toMatchObject([{ open: 0 }]);
    expect(paidTwice.vouchers.filter(({ source }) => source.kind === 'surplus')).toMatchObject([
      { amount: eur(1000), left: 1000, source: { order: orderId('f'), due: orderId('d') } },
    ]);
  });
});

describe('a checkout', () => {
  const lines = [orderLine(9, 1500), orderLine(8, 300, 'BRL')];

  it('uses as much of the vouchers as there is to pay, and keeps the rest', () => {
    expect(checkoutSums(lines, sumsOf(...twice), [voucher])).toEqual({
      lines: [{ amount: 300, currency: 'BRL' }, eur(1500)],
      dues: [],
      vouchers: [{ voucher, amount: eur(1000) }],
      pay: [{ amount: 300, currency: 'BRL' }, eur(500)],
    });
    const small = checkoutSums([orderLine(9, 400)], sumsOf(...twice), [voucher, voucher]);
    expect(small).toMatchObject({ vouchers: [{ amount: eur(400) }], pay: [eur(0)] });
  });

  it('adds what is due', () => {
    const owing = sumsOf(...twice, later('c', uses(1000)), later('d', uses(1000)));
    expect(checkoutSums([orderLine(9, 400)], owing, [])).toMatchObject({
      dues: [{ order: orderId('d'), amount: eur(1000) }],
      pay: [eur(1400)],
    });
  });

  it('passes over vouchers that are not there', () => {
    const none = checkoutSums(lines, sumsOf(), ['f'.repeat(32) as VoucherId]);
    expect(none.vouchers).toEqual([]);
  });
});
