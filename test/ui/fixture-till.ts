import type { CartView, OrderView } from '../../src-renderer/wall.ts';
import {
  balance,
  duesOf,
  order as orderView,
  overlapOf,
  reviewOf,
  spending,
  summaryOf,
} from './fixture-orders.ts';

/** Makes a procedure that notes what it was asked. */
type Answer = <T>(what: string, make: (input: never) => T) => never;

/** The contract's orders over a fixture peer's state. */
export function createFixtureOrders(
  state: { orders: OrderView[] },
  answer: Answer,
  find: (name: string) => CartView,
  write: (view: CartView) => { cart: CartView; safety: CartView['safety'] },
) {
  const apart = () => state.orders.filter(({ group }) => group !== undefined);
  const sums = () => ({
    ...balance(state.orders.some(({ kept }) => kept.length === 0) ? 6230 : 0),
    ...duesOf(state.orders),
  });
  return {
    list: answer('orders.list', ({ limit, after }: { limit: number; after?: string }) => {
      const from = state.orders.findIndex(({ id }) => id === after) + 1;
      const page = state.orders.slice(from, from + limit);
      const more = state.orders.length > from + limit;
      return {
        orders: page.map(summaryOf),
        open: apart().some(({ open }) => open) ? 1 : 0,
        ...(more ? { next: page.at(-1)?.id } : {}),
      };
    }),
    show: answer('orders.show', ({ id }: { id: string }) =>
      state.orders.find((one) => one.id === id),
    ),
    overlaps: answer('orders.overlaps', () => (apart().length > 0 ? [overlapOf(apart())] : [])),
    vouchers: answer('orders.vouchers', sums),
    spending: answer('orders.spending', spending),
    csv: answer('orders.csv', () => ({ csv: 'order,title' })),
    decide: answer('orders.decide', () => {
      state.orders = state.orders.map((one) => ({ ...one, open: false }));
      return { order: state.orders[0], safety: state.orders[0]?.safety };
    }),
    review: answer('orders.review', (input: { name: string; lines?: string[] }) =>
      reviewOf(find(input.name), sums(), input),
    ),
    checkout: answer('orders.checkout', ({ name, lines }: { name: string; lines: string[] }) => {
      const view = find(name);
      const order = orderView('0c'.repeat(16));
      state.orders = [order, ...state.orders];
      const left = view.lines.filter(({ id }) => !lines.includes(id));
      return { order, ...write({ ...view, lines: left }) };
    }),
  };
}
