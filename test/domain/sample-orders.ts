import type { LineId } from '../../src-main/domain/cart.ts';
import type { Order, OrderId, OrderLine } from '../../src-main/domain/order.ts';
import { actorOf } from './histories.ts';

/** Ids that sort by their letter. */
export const orderId = (letter: string): OrderId => letter.repeat(32) as OrderId;

export const lineId = (index: number): LineId => ({
  dot: { actor: actorOf(1), counter: 7 },
  index,
});

export function orderLine(index: number, cents?: number, currency = 'EUR'): OrderLine {
  const price = cents === undefined ? {} : { price: { amount: cents, currency } };
  return { id: lineId(index), product: { title: `p${index}`, ...price }, quantity: 1, note: '' };
}

export function order(letter: string, parts: Partial<Order> = {}): Order {
  return {
    id: orderId(letter),
    cart: { id: 'c', name: 'Groceries' },
    lines: [orderLine(0, 1000)],
    again: [],
    vouchers: [],
    dues: [],
    ...parts,
  };
}
