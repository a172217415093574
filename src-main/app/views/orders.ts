/** Orders, vouchers and spending as they are shown. */
import * as z from 'zod';
import { CartView, Product, Safety, Total } from '../views.ts';

export const OrderLineView = z.object({
  /** The cart line's id. */
  id: z.string(),
  product: Product,
  quantity: z.int(),
  note: z.string(),
  /** Price times quantity; absent without a price. */
  amount: Total.optional(),
  /** False when another order keeps the line, or a person cancelled it. */
  kept: z.boolean(),
  /** The voucher given for it, where it is not kept. */
  voucher: z.string().optional(),
});
export type OrderLineView = z.infer<typeof OrderLineView>;

export const OrderView = z.object({
  id: z.string(),
  account: z.string(),
  shared: z.boolean(),
  cart: z.object({ id: z.string(), name: z.string() }),
  device: z.string(),
  /** Ordered on the machine that answers. */
  own: z.boolean(),
  wallMs: z.number(),
  state: z.enum(['standing', 'partly', 'cancelled']),
  lines: z.array(OrderLineView),
  /** All its lines, and those that it keeps. */
  totals: z.array(Total),
  kept: z.array(Total),
  /** Vouchers used with it, as claimed. */
  vouchers: z.array(z.object({ voucher: z.string(), amount: Total })),
  /** What other orders had left due, paid with this one. */
  dues: z.array(z.object({ order: z.string(), amount: Total })),
  /** What was paid: lines and dues less vouchers. */
  paid: z.array(Total),
  /** What it leaves due, since a voucher it used had been used elsewhere. */
  due: z.array(Total),
  /** The group of orders made apart that it is in. */
  group: z.string().optional(),
  /** That group waits for an answer. */
  open: z.boolean(),
  safety: Safety,
});
export type OrderView = z.infer<typeof OrderView>;

export const OrderSummary = OrderView.omit({
  lines: true,
  vouchers: true,
  dues: true,
  safety: true,
}).extend({ lines: z.int() });
export type OrderSummary = z.infer<typeof OrderSummary>;

/** One line that more than one order holds, or about which people decided differently. */
export const SharedLineView = z.object({
  line: z.string(),
  product: Product,
  /** Opaque: what was decided about it, as far as this view shows it. */
  context: z.string(),
  open: z.boolean(),
  holders: z.array(
    z.object({
      order: z.string(),
      quantity: z.int(),
      amount: Total.optional(),
      kept: z.boolean(),
    }),
  ),
});
export type SharedLineView = z.infer<typeof SharedLineView>;

/** Orders made apart from one cart: the person is asked which of them keeps what. */
export const OverlapView = z.object({
  id: z.string(),
  account: z.string(),
  orders: z.array(OrderSummary),
  shared: z.array(SharedLineView),
  open: z.boolean(),
});
export type OverlapView = z.infer<typeof OverlapView>;

export const VoucherView = z.object({
  id: z.string(),
  account: z.string(),
  amount: Total,
  left: z.int(),
  /** The order it was given for; with what line, unless too much was paid. */
  order: z.string(),
  line: z.object({ id: z.string(), title: z.string() }).optional(),
  /** The order whose due was paid twice. */
  due: z.string().optional(),
  uses: z.array(z.object({ order: z.string(), amount: z.int() })),
});
export type VoucherView = z.infer<typeof VoucherView>;

export const DueView = z.object({
  order: z.string(),
  account: z.string(),
  amount: Total,
  paid: z.int(),
  open: z.int(),
});
export const BalanceView = z.object({
  vouchers: z.array(VoucherView),
  dues: z.array(DueView),
  /** Sums of what is left, and of what is still due. */
  left: z.array(Total),
  due: z.array(Total),
});
export type BalanceView = z.infer<typeof BalanceView>;

export const SpendingView = z.object({
  /** Of the lines kept; "2026-11", the newest first. */
  months: z.array(z.object({ month: z.string(), orders: z.int(), totals: z.array(Total) })),
  /** '' for lines without a category; the largest first. */
  categories: z.array(z.object({ category: z.string(), lines: z.int(), totals: z.array(Total) })),
  totals: z.array(Total),
});
export type SpendingView = z.infer<typeof SpendingView>;

export const ReviewLine = OrderLineView.omit({ kept: true, voucher: true }).extend({
  chosen: z.boolean(),
  /** The order in which it stands already: it cannot be ordered again. */
  ordered: z.string().optional(),
});
/** What a checkout would come to, before anything is written. */
export const CheckoutReview = z.object({
  cart: z.object({ id: z.string(), name: z.string() }),
  account: z.string(),
  /** Names the cart versions it was made from; give it back with the checkout. */
  context: z.string(),
  lines: z.array(ReviewLine),
  /** What is left of all vouchers of the account, and how much of each would be used. */
  vouchers: z.array(VoucherView.extend({ used: z.int() })),
  dues: z.array(z.object({ order: z.string(), amount: Total })),
  totals: z.array(Total),
  pay: z.array(Total),
});
export type CheckoutReview = z.infer<typeof CheckoutReview>;

export const CheckedOut = z.object({ order: OrderView, cart: CartView, safety: Safety });
export type CheckedOut = z.infer<typeof CheckedOut>;
