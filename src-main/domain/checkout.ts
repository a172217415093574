/**
 * What a checkout comes to: the lines, what earlier orders left due, and as much of the chosen
 * vouchers as there is to pay (DESIGN §2 Checkout and compensation). Pure.
 */
import type { Balance, Voucher } from './balance.ts';
import { totalsOf, type LineContent, type Money } from './cart.ts';
import type { DuePaid, VoucherId, VoucherUse } from './order.ts';

export interface CheckoutSums {
  /** The lines alone, per currency, in the order of currency codes; as are the others. */
  readonly lines: readonly Money[];
  readonly dues: readonly DuePaid[];
  readonly vouchers: readonly VoucherUse[];
  /** Lines and dues less vouchers: what is paid now. Never below the lines' own credit. */
  readonly pay: readonly Money[];
}

/** @param chosen vouchers to use, in this order; those of other currencies are passed over. */
export function checkoutSums(
  lines: readonly LineContent[],
  balance: Balance,
  chosen: readonly VoucherId[],
): CheckoutSums {
  const totals = totalsOf(lines);
  const dues = balance.dues
    .filter(({ open }) => open > 0)
    .map(({ order, amount, open }) => ({
      order,
      amount: { amount: open, currency: amount.currency },
    }));
  const pay = new Map<string, number>();
  const plus = ({ amount, currency }: Money): void => {
    pay.set(currency, (pay.get(currency) ?? 0) + amount);
  };
  for (const total of totals) plus(total);
  for (const { amount } of dues) plus(amount);
  const vouchers = useVouchers(pay, inOrder(balance.vouchers, chosen));
  return { lines: totals, dues, vouchers, pay: asMoney(pay) };
}

function inOrder(all: readonly Voucher[], chosen: readonly VoucherId[]): readonly Voucher[] {
  const byId = new Map(all.map((voucher) => [voucher.id, voucher]));
  return [...new Set(chosen)].flatMap((id) => byId.get(id) ?? []);
}

/** Takes off what the vouchers cover; the last one used may keep a rest. */
function useVouchers(
  pay: Map<string, number>,
  vouchers: readonly Voucher[],
): readonly VoucherUse[] {
  const uses: VoucherUse[] = [];
  for (const { id, amount, left } of vouchers) {
    const { currency } = amount;
    const open = pay.get(currency) ?? 0;
    const used = Math.min(open, left);
    if (used <= 0) continue;
    pay.set(currency, open - used);
    uses.push({ voucher: id, amount: { amount: used, currency } });
  }
  return uses;
}

function asMoney(sums: ReadonlyMap<string, number>): readonly Money[] {
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ amount, currency }));
}
