import { lineIdString, lineKey, totalsOf, type LineContent, type Money } from '../domain/cart.ts';
import type { Voucher } from '../domain/balance.ts';
import type { OrderGroup, SharedLine } from '../domain/order-groups.ts';
import { lineAmount, lineVoucherId, type OrderId, type OrderLine } from '../domain/order.ts';
import type { Account } from './account.ts';
import type { OrderLedger, PlacedOrder } from './order-book.ts';
import type { Safety } from './views.ts';
import type {
  OrderLineView,
  OrderSummary,
  OrderView,
  OverlapView,
  SharedLineView,
  VoucherView,
} from './views/orders.ts';

export function orderView(
  account: Account,
  ledger: OrderLedger,
  order: PlacedOrder,
  safety: Safety,
): OrderView {
  return {
    ...orderSummary(account, ledger, order),
    lines: order.lines.map((line) => orderLineView(ledger, order.id, line)),
    vouchers: order.vouchers.map(({ voucher, amount }) => ({ voucher, amount: { ...amount } })),
    dues: order.dues.map(({ order: due, amount }) => ({ order: due, amount: { ...amount } })),
    safety,
  };
}

export function orderSummary(
  account: Account,
  { judged, balance }: OrderLedger,
  order: PlacedOrder,
): OrderSummary {
  const { id, device, own, wallMs } = order;
  const kept = order.lines.filter((line) => judged.isKept(id, lineKey(line.id)));
  const group = judged.groups.find(({ orders }) => orders.includes(id));
  const whole = kept.length === order.lines.length;
  return {
    ...{ id, device, own, wallMs },
    account: account.id,
    shared: account.shared,
    cart: { ...order.cart },
    state: whole ? 'standing' : kept.length > 0 ? 'partly' : 'cancelled',
    lines: order.lines.length,
    totals: [...totalsOf(order.lines)],
    kept: [...totalsOf(kept)],
    paid: paidFor(order),
    due: balance.dues
      .filter((due) => due.order === id && due.open > 0)
      .map(({ amount, open }) => ({ amount: open, currency: amount.currency })),
    ...(group === undefined ? {} : { group: group.id }),
    open: group?.open ?? false,
  };
}

function orderLineView({ judged }: OrderLedger, order: OrderId, line: OrderLine): OrderLineView {
  const kept = judged.isKept(order, lineKey(line.id));
  const given = !kept && (lineAmount(line)?.amount ?? 0) > 0;
  return {
    ...contentView(line),
    id: lineIdString(line.id),
    kept,
    ...(given ? { voucher: lineVoucherId(order, line.id) } : {}),
  };
}

/** Lines and dues less vouchers, per currency. */
function paidFor(order: PlacedOrder): Money[] {
  return sumMoney([
    ...totalsOf(order.lines),
    ...order.dues.map(({ amount }) => amount),
    ...order.vouchers.map(({ amount }) => ({ ...amount, amount: -amount.amount })),
  ]);
}

/** Per currency, in the order of currency codes. */
export function sumMoney(all: readonly Money[]): Money[] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of all) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ amount, currency }));
}

export function overlapView(
  account: Account,
  ledger: OrderLedger,
  group: OrderGroup,
  /** The context token of a line's decision. */
  contextOf: (line: string) => string,
): OverlapView {
  const orders = group.orders.flatMap((id) => ledger.orders.get(id) ?? []);
  return {
    id: group.id,
    account: account.id,
    orders: orders.map((order) => orderSummary(account, ledger, order)),
    shared: group.shared.map((shared) => sharedView(shared, orders, contextOf)),
    open: group.open,
  };
}

function sharedView(
  { line, holders, kept, open }: SharedLine,
  orders: readonly PlacedOrder[],
  contextOf: (line: string) => string,
): SharedLineView {
  const id = lineIdString(line);
  const held = holders.flatMap((holder) => {
    const order = orders.find((one) => one.id === holder);
    const found = order?.lines.find((one) => lineKey(one.id) === lineKey(line));
    return found === undefined ? [] : [{ holder, line: found }];
  });
  return {
    line: id,
    product: { ...(held[0]?.line.product ?? { title: '?' }) },
    context: contextOf(id),
    open,
    holders: held.map(({ holder, line: found }) => {
      const amount = lineAmount(found);
      return {
        order: holder,
        quantity: found.quantity,
        ...(amount === undefined ? {} : { amount }),
        kept: kept.includes(holder),
      };
    }),
  };
}

export function voucherView(account: Account, ledger: OrderLedger, voucher: Voucher): VoucherView {
  const { source } = voucher;
  const line =
    source.kind === 'line'
      ? ledger.orders
          .get(source.order)
          ?.lines.find(({ id }) => lineKey(id) === lineKey(source.line))
      : undefined;
  return {
    id: voucher.id,
    account: account.id,
    amount: { ...voucher.amount },
    left: voucher.left,
    order: source.order,
    ...(line === undefined
      ? {}
      : { line: { id: lineIdString(line.id), title: line.product.title } }),
    ...(source.kind === 'surplus' ? { due: source.due } : {}),
    uses: voucher.uses.map((use) => ({ ...use })),
  };
}

export function contentView(
  line: LineContent,
): Pick<OrderLineView, 'product' | 'quantity' | 'note' | 'amount'> {
  const amount = lineAmount(line);
  return {
    product: { ...line.product },
    quantity: line.quantity,
    note: line.note,
    ...(amount === undefined ? {} : { amount }),
  };
}
