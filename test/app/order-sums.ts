import type { App } from '../../src-main/app/app.ts';
import type { Money } from '../../src-main/domain/cart.ts';
import type { BalanceView, OverlapView } from '../../src-main/app/views/orders.ts';

/** What one machine says of all orders, and by how much invariant 8 is missed, per currency. */
export interface OrderLedgers {
  readonly balance: BalanceView;
  readonly groups: readonly OverlapView[];
  readonly difference: Readonly<Record<string, number>>;
}

/** Invariant 8: paid, less vouchers' rests, with what is due, is what the lines kept cost. */
export async function sumsOf(app: {
  readonly orders: Pick<App['orders'], 'list' | 'vouchers' | 'overlaps'>;
}): Promise<OrderLedgers> {
  const { orders } = await app.orders.list({ limit: 1000 });
  const balance = await app.orders.vouchers({});
  const groups = await app.orders.overlaps({});
  const sums = new Map<string, number>();
  const add = (all: readonly Money[], sign: 1 | -1): void => {
    for (const { amount, currency } of all) {
      sums.set(currency, (sums.get(currency) ?? 0) + sign * amount);
    }
  };
  for (const { paid, kept } of orders) {
    add(paid, 1);
    add(kept, -1);
  }
  add(balance.left, -1);
  add(balance.due, 1);
  return {
    balance,
    groups,
    difference: Object.fromEntries([...sums].filter(([, sum]) => sum !== 0)),
  };
}
