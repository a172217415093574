import { AppError } from '../../src-main/base/app-error.ts';
import type { CartView, LineView, Safety } from '../../src-main/app/views.ts';
import type { OrderView } from '../../src-main/app/views/orders.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';
import { COMPLETE, NOON } from './sample-carts.ts';

/** Two orders of two lines made apart, as the rule leaves them: what `decide` is tested on. */
export const APART = ['0a'.repeat(16), '0b'.repeat(16)] as const;
const VOUCHER = 'aa'.repeat(16);
const SHARED = { l1: 'Milk', l2: 'Bread' } as const;
type SharedLine = keyof typeof SHARED;
const SHARED_LINES = Object.keys(SHARED) as SharedLine[];
const EUR = (amount: number) => [{ amount, currency: 'EUR' }];

/**
 * Orders kept in memory over the carts of the memory app: lines leave the cart, nothing more. Who
 * keeps what is the real app's; here are two orders made apart that wait for an answer.
 */
export function createMemoryOrders(
  cartOf: (name: string) => CartView,
  write: (cart: CartView) => { cart: CartView; safety: Safety },
): AppApi['orders'] {
  const orders: OrderView[] = [];
  /** Who keeps a line, once it was decided. */
  const decided = new Map<string, readonly string[]>();
  const isOpen = (): boolean => decided.size < SHARED_LINES.length;
  const keeps = (line: SharedLine, id: string): boolean =>
    (decided.get(line) ?? [APART[0]]).includes(id);
  /** Milk has a price, bread has none. */
  const sharedLine = (line: SharedLine) =>
    line === 'l1'
      ? {
          ...{ id: line, quantity: 2, note: '', amount: { amount: 500, currency: 'EUR' } },
          product: { title: 'Milk', category: 'Dairy', price: { amount: 250, currency: 'EUR' } },
        }
      : { id: line, product: { title: SHARED[line] }, quantity: 1, note: '' };

  const apart = (): OrderView[] =>
    APART.map((id, i) => {
      const lines = SHARED_LINES.map((line) => {
        const kept = keeps(line, id);
        return { ...sharedLine(line), kept, ...(kept ? {} : { voucher: VOUCHER }) };
      });
      const count = lines.filter(({ kept }) => kept).length;
      return {
        ...frame(id, { id: 'c1', name: 'Groceries' }),
        device: i === 0 ? 'kitchen' : 'office',
        state: count === 0 ? 'cancelled' : count < lines.length ? 'partly' : 'standing',
        lines,
        totals: EUR(500),
        kept: keeps('l1', id) ? EUR(500) : [],
        paid: EUR(500),
        group: APART[0],
        open: isOpen(),
      };
    });
  const summary = (order: OrderView) => ({ ...order, lines: order.lines.length });
  const find = (id: string): OrderView => {
    const found = [...orders, ...apart()].find((order) => order.id === id);
    if (found === undefined) throw new AppError('ORDER_NOT_FOUND', 'There is no such order.');
    return found;
  };
  const chosenOf = (cart: CartView, ids: readonly string[] | undefined): readonly LineView[] =>
    cart.lines.filter(({ id }) => ids === undefined || ids.includes(id));

  return {
    review: ({ name, lines }) => {
      const cart = cartOf(name);
      const chosen = chosenOf(cart, lines);
      return {
        cart: { id: cart.id, name: cart.name },
        account: cart.account,
        context: cart.context,
        lines: cart.lines.map((line) => ({ ...lineOf(line), chosen: chosen.includes(line) })),
        vouchers: [],
        dues: [],
        totals: sums(chosen),
        pay: sums(chosen),
      };
    },
    checkout: ({ name, lines }) => {
      const cart = cartOf(name);
      const chosen = chosenOf(cart, lines);
      if (chosen.length === 0) throw new AppError('NOTHING_TO_ORDER', 'There is nothing to order.');
      const order = {
        ...frame(`${orders.length}c`.repeat(16), { id: cart.id, name: cart.name }),
        lines: chosen.map((line) => ({ ...lineOf(line), kept: true })),
        totals: sums(chosen),
        kept: sums(chosen),
        paid: sums(chosen),
      };
      orders.unshift(order);
      const left = cart.lines.filter((line) => !chosen.includes(line));
      return { order, ...write({ ...cart, lines: left }) };
    },
    // One at a time, however many are asked for: who wants all goes on while there is a next page.
    list: ({ after }) => {
      const all = [...orders, ...apart()].map(summary);
      const from = all.findIndex(({ id }) => id === after) + 1;
      const [first] = all.slice(from);
      const next = all.length > from + 1 ? first?.id : undefined;
      return {
        orders: first === undefined ? [] : [first],
        open: isOpen() ? 1 : 0,
        ...(next === undefined ? {} : { next }),
      };
    },
    csv: () => ({ csv: 'order,title\r\n1,Milk' }),
    show: ({ id }) => find(id),
    overlaps: () => [
      {
        ...{ id: APART[0], account: apart()[0]?.account ?? '', open: isOpen() },
        orders: apart().map(summary),
        shared: SHARED_LINES.map((line) => ({
          ...{ line, product: sharedLine(line).product, context: 'd1', open: !decided.has(line) },
          holders: APART.map((order) => ({
            ...{ order, quantity: sharedLine(line).quantity, kept: keeps(line, order) },
          })),
        })),
      },
    ],
    decide: ({ id, lines }) => {
      for (const { line, keep } of lines) decided.set(line, keep);
      return { order: find(id), safety: COMPLETE };
    },
    vouchers: () => ({
      vouchers: [
        {
          ...{ id: VOUCHER, account: '', left: 300, order: APART[1] },
          amount: { amount: 500, currency: 'EUR' },
          line: { id: 'l1', title: 'Milk' },
          uses: [{ order: APART[0], amount: 200 }],
        },
      ],
      dues: [],
      left: EUR(300),
      due: [],
    }),
    spending: () => ({
      months: [{ month: '2026-11', orders: 2, totals: EUR(500) }],
      categories: [{ category: 'Dairy', lines: 1, totals: EUR(500) }],
      totals: EUR(500),
    }),
  };
}

function frame(id: string, cart: OrderView['cart']): OrderView {
  return {
    ...{ id, cart, account: 'cd'.repeat(32), shared: false, device: 'kitchen', own: true },
    ...{ wallMs: NOON, state: 'standing', lines: [], totals: [], kept: [], vouchers: [] },
    ...{ dues: [], paid: [], due: [], open: false, safety: COMPLETE },
  };
}

function lineOf({ id, product, quantity, note }: LineView) {
  const { price } = product;
  const amount = price && { amount: price.amount * quantity, currency: price.currency };
  return { id, product, quantity, note, ...(amount === undefined ? {} : { amount }) };
}

function sums(lines: readonly LineView[]) {
  const priced = lines.flatMap((line) => lineOf(line).amount ?? []);
  const amount = priced.reduce((sum, one) => sum + one.amount, 0);
  return priced[0] === undefined ? [] : [{ amount, currency: priced[0].currency }];
}
