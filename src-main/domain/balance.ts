/**
 * What people are owed and owe (DESIGN §2 Checkout and compensation): vouchers for lines that an
 * order does not keep, how much of each is used, and amounts due where a voucher was used twice
 * apart. A pure function of the orders and of who keeps what. Per currency, at every moment:
 *
 *   Σ lines ordered + Σ dues paid − Σ vouchers claimed  (what was paid)
 *     − Σ left of vouchers + Σ still due  =  Σ of the lines kept
 */
import { lineKey, type LineId, type Money } from './cart.ts';
import type { JudgedOrders } from './order-groups.ts';
import {
  lineAmount,
  lineVoucherId,
  surplusVoucherId,
  type Order,
  type OrderId,
  type VoucherId,
} from './order.ts';

/** Why a voucher was given. */
export type VoucherSource =
  | { readonly kind: 'line'; readonly order: OrderId; readonly line: LineId }
  /** `order` paid more of what `due` had left due than there was to pay. */
  | { readonly kind: 'surplus'; readonly order: OrderId; readonly due: OrderId };

export interface Voucher {
  readonly id: VoucherId;
  readonly amount: Money;
  readonly source: VoucherSource;
  /** Orders that it counts in, and with how much. */
  readonly uses: readonly { readonly order: OrderId; readonly amount: number }[];
  readonly left: number;
}

/** What an order claimed beyond what there was. */
export interface Due {
  readonly order: OrderId;
  /** All of it. */
  readonly amount: Money;
  readonly paid: number;
  /** Still to pay; it is added to the next checkout. */
  readonly open: number;
}

export interface Balance {
  /** In the order of ids. */
  readonly vouchers: readonly Voucher[];
  /** In the order of orders and currencies. */
  readonly dues: readonly Due[];
}

type Given = Pick<Voucher, 'id' | 'amount' | 'source'>;

export function balanceOf(orders: readonly Order[], judged: JudgedOrders): Balance {
  const sorted = [...orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lost = linesNotKept(sorted, judged);
  // Surplus vouchers follow from dues, dues from claims on vouchers: each round settles one step
  // further down that chain, which is no longer than the orders that could name one another.
  let surplus: readonly Given[] = [];
  for (let round = 0; round <= 2 * sorted.length + 1; round++) {
    const given = [...lost.given, ...surplus];
    const { vouchers, excess } = grant(sorted, given);
    const { dues, overpaid } = settle(sorted, sumOf(lost.owed, excess));
    if (sameGiven(overpaid, surplus)) return { vouchers, dues };
    surplus = overpaid;
  }
  throw new RangeError('a balance that does not settle');
}

/** A voucher for each line not kept; a line that took money off (a deposit, say) leaves a due. */
function linesNotKept(
  orders: readonly Order[],
  judged: JudgedOrders,
): { readonly given: readonly Given[]; readonly owed: Amounts } {
  const given: Given[] = [];
  const owed: Amounts = new Map();
  for (const order of orders) {
    for (const line of order.lines) {
      const amount = lineAmount(line);
      if (amount === undefined || judged.isKept(order.id, lineKey(line.id))) continue;
      const source = { kind: 'line' as const, order: order.id, line: line.id };
      if (amount.amount > 0) given.push({ id: lineVoucherId(order.id, line.id), amount, source });
      else add(owed, order.id, amount.currency, -amount.amount);
    }
  }
  return { given, owed };
}

/** Claims on each voucher, the smallest order id first; what is not there is owed. */
function grant(
  orders: readonly Order[],
  given: readonly Given[],
): { readonly vouchers: readonly Voucher[]; readonly excess: Amounts } {
  const excess: Amounts = new Map();
  const open = new Map(given.map((one) => [one.id, one.amount.amount]));
  const currency = new Map(given.map((one) => [one.id, one.amount.currency]));
  const uses = new Map<VoucherId, { order: OrderId; amount: number }[]>();
  for (const order of orders) {
    for (const { voucher, amount } of order.vouchers) {
      const there = currency.get(voucher) === amount.currency ? (open.get(voucher) ?? 0) : 0;
      const counts = Math.min(there, amount.amount);
      add(excess, order.id, amount.currency, amount.amount - counts);
      if (counts === 0) continue;
      open.set(voucher, there - counts);
      uses.set(voucher, [...(uses.get(voucher) ?? []), { order: order.id, amount: counts }]);
    }
  }
  const vouchers = given
    .map((one) => ({ ...one, uses: uses.get(one.id) ?? [], left: open.get(one.id) ?? 0 }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { vouchers, excess };
}

/** Payments of each due, the smallest order id first; what is paid too much is given back. */
function settle(
  orders: readonly Order[],
  owed: Amounts,
): { readonly dues: readonly Due[]; readonly overpaid: readonly Given[] } {
  const open = new Map([...owed].map(([key, { amount }]) => [key, amount]));
  const overpaid: Given[] = [];
  for (const order of orders) {
    for (const { order: due, amount } of order.dues) {
      const key = amountKey(due, amount.currency);
      const there = open.get(key) ?? 0;
      const counts = Math.min(there, amount.amount);
      if (counts > 0) open.set(key, there - counts);
      if (counts === amount.amount) continue;
      overpaid.push({
        id: surplusVoucherId(order.id, due, amount.currency),
        amount: { amount: amount.amount - counts, currency: amount.currency },
        source: { kind: 'surplus', order: order.id, due },
      });
    }
  }
  const dues = [...owed]
    .filter(([, { amount }]) => amount > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { order, currency, amount }]) => {
      const left = open.get(key) ?? 0;
      return { order, amount: { amount, currency }, paid: amount - left, open: left };
    });
  return { dues, overpaid };
}

/** By order and currency. */
type Amounts = Map<string, { order: OrderId; currency: string; amount: number }>;

function amountKey(order: OrderId, currency: string): string {
  return `${order} ${currency}`;
}

function add(amounts: Amounts, order: OrderId, currency: string, amount: number): void {
  if (amount === 0) return;
  const key = amountKey(order, currency);
  const before = amounts.get(key)?.amount ?? 0;
  amounts.set(key, { order, currency, amount: before + amount });
}

function sumOf(a: Amounts, b: Amounts): Amounts {
  const sum: Amounts = new Map(a);
  for (const { order, currency, amount } of b.values()) add(sum, order, currency, amount);
  return sum;
}

function sameGiven(a: readonly Given[], b: readonly Given[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => one.id === b[i]?.id && one.amount.amount === b[i].amount.amount)
  );
}
