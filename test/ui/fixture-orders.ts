import type {
  BalanceView,
  CartView,
  CheckoutReview,
  Money,
  OrderSummary,
  OrderView,
  OverlapView,
  SpendingView,
} from '../../src-renderer/wall.ts';
import { ACCOUNT, brl, safety } from './fixture-views.ts';

/** Orders as a peer would answer them: two made apart, which share rice and coffee. */
export const LAPTOP = '0a'.repeat(16);
export const SHOP_ORDER = '0b'.repeat(16);
export const VOUCHER = 'aa'.repeat(16);
const HOUR = 3_600_000;

const RICE = { title: 'Rice 5 kg', category: 'Pantry', price: brl(2190) };
const COFFEE = { title: 'Coffee', category: 'Pantry', price: brl(1850) };

export function order(id: string, over: Partial<OrderView> = {}): OrderView {
  const line = (product: typeof RICE, quantity: number) => ({
    ...{ id: `line ${product.title}`, product, quantity, note: '', kept: true },
    amount: brl(product.price.amount * quantity),
  });
  const totals = [brl(2190 * 2 + 1850)];
  return {
    ...{ id, account: ACCOUNT, shared: false, cart: { id: 'c1', name: 'Groceries' } },
    ...{ device: "Ana's laptop", own: true, wallMs: Date.now() - 2 * HOUR, state: 'standing' },
    lines: [line(RICE, 2), line(COFFEE, 1)],
    ...{ totals, kept: totals, vouchers: [], dues: [], paid: totals, due: [], open: false },
    safety: safety(),
    ...over,
  };
}

/** The same lines ordered on two machines; the rule has left them to the laptop's. */
export function orderedTwice(): OrderView[] {
  const second = order(SHOP_ORDER, {
    ...{ device: 'Shop server', own: false, wallMs: Date.now() - HOUR, state: 'cancelled' },
    ...{ kept: [], open: true, group: LAPTOP },
  });
  const lost = second.lines.map((line) => ({ ...line, kept: false, voucher: VOUCHER }));
  return [{ ...second, lines: lost }, order(LAPTOP, { open: true, group: LAPTOP })];
}

export function summaryOf({ lines, ...rest }: OrderView): OrderSummary {
  return { ...rest, lines: lines.length };
}

export function overlapOf(orders: readonly OrderView[]): OverlapView {
  const [first] = orders;
  return {
    ...{ id: LAPTOP, account: ACCOUNT, open: orders.some(({ open }) => open) },
    orders: orders.map(summaryOf),
    shared: (first?.lines ?? []).map(({ id, product }) => ({
      ...{ line: id, product, context: `decided ${id}`, open: true },
      holders: orders.map((one) => {
        const held = one.lines.find((line) => line.id === id);
        const { quantity = 0, amount, kept = false } = held ?? {};
        return { order: one.id, quantity, kept, ...(amount === undefined ? {} : { amount }) };
      }),
    })),
  };
}

export function balance(left = 6230): BalanceView {
  return {
    vouchers: [
      {
        ...{ id: VOUCHER, account: ACCOUNT, amount: brl(6230), left, order: SHOP_ORDER },
        line: { id: 'line Rice 5 kg', title: 'Rice 5 kg' },
        uses: [],
      },
    ],
    dues: [],
    left: left === 0 ? [] : [brl(left)],
    due: [],
  };
}

/** What orders left due, as the balance tells it. */
export function duesOf(orders: readonly OrderView[]): Pick<BalanceView, 'dues' | 'due'> {
  const dues = orders.flatMap(({ id, account, due }) =>
    due.map((amount) => ({ order: id, account, amount, paid: 0, open: amount.amount })),
  );
  return { dues, due: dues.map(({ amount }) => amount) };
}

export function spending(): SpendingView {
  const months = [8400, 5200, 9100, 6230];
  return {
    months: months.map((amount, i) => ({
      ...{ month: `2026-${String(11 - i).padStart(2, '0')}`, orders: 2, totals: [brl(amount)] },
    })),
    categories: [
      { category: 'Pantry', lines: 6, totals: [brl(21_030)] },
      { category: 'Cleaning and everything of the house', lines: 2, totals: [brl(6100)] },
      { category: '', lines: 1, totals: [brl(1800)] },
    ],
    totals: [brl(28_930)],
  };
}

/** What a checkout of the chosen lines would come to, with the chosen vouchers of `of`. */
export function reviewOf(
  cart: CartView,
  of: BalanceView,
  input: { readonly lines?: readonly string[]; readonly vouchers?: readonly string[] },
): CheckoutReview {
  const lines = cart.lines.map(({ id, product, quantity, note, ordered }) => ({
    ...{ id, product, quantity, note },
    chosen: ordered === undefined && (input.lines?.includes(id) ?? true),
    ...(product.price ? { amount: brl(product.price.amount * quantity) } : {}),
    ...(ordered === undefined ? {} : { ordered }),
  }));
  const total = lines
    .filter(({ chosen }) => chosen)
    .reduce((sum, { amount }) => sum + (amount?.amount ?? 0), 0);
  const dues = of.dues.map(({ order: id, amount }) => ({ order: id, amount }));
  let pay = total + dues.reduce((sum, { amount }) => sum + amount.amount, 0);
  const vouchers = of.vouchers.map((voucher) => {
    const used = input.vouchers?.includes(voucher.id) === true ? Math.min(pay, voucher.left) : 0;
    pay -= used;
    return { ...voucher, used };
  });
  const money = (amount: number): Money[] => [brl(amount)];
  return {
    ...{ cart: { id: cart.id, name: cart.name }, account: cart.account, context: cart.context },
    ...{ lines, vouchers, dues, totals: money(total), pay: money(pay) },
  };
}

/** What a query counts of the orders, by whatever it is asked. */
export function spentGroups({ groupBy }: { groupBy: string }) {
  const sum = (value: number) => [{ value, currency: 'BRL' }];
  return {
    items: [],
    groups: [
      { group: `${groupBy} one`, count: 2, sum: sum(4500) },
      { group: `${groupBy} two`, count: 1, sum: [...sum(9900), { value: 5, currency: 'EUR' }] },
    ],
    ...{ freshness: 'local', answered: 1, answeredOwners: 1 },
  };
}
