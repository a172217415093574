import * as z from 'zod';
import { Money, Safety } from '../../app/views.ts';
import {
  BalanceView,
  CheckedOut,
  CheckoutReview,
  OrderSummary,
  OrderView,
  OverlapView,
  SpendingView,
} from '../../app/views/orders.ts';
import { account, get, post, writing } from './parts.ts';

const lineIds = z.array(z.string().max(100)).max(1000);
const orderIds = z.array(z.string().max(64)).max(100);
const checkout = z.object({
  name: z.string(),
  account,
  /** All lines that are not ordered yet, where it is left out. */
  lines: lineIds.optional(),
  /** Vouchers to use, in this order. */
  vouchers: z.array(z.string().max(64)).max(1000).optional(),
  /** What was shown of the cart; refused when it is another by now. */
  context: z.string().optional(),
});

export const ordersContract = {
  review: post('/carts/{name}/checkout/review').input(checkout).output(CheckoutReview),
  checkout: post('/carts/{name}/checkout')
    .input(
      checkout.extend({
        ...writing.shape,
        /** What the person agreed to pay; refused when it comes to something else. */
        pay: z
          .array(Money.extend({ amount: z.int() }))
          .max(100)
          .optional(),
      }),
    )
    .output(CheckedOut),
  list: get('/orders')
    .input(
      z.object({
        account,
        limit: z.coerce.number().int().min(1).max(1000).default(100),
        after: z.string().max(64).optional(),
      }),
    )
    .output(
      z.object({
        orders: z.array(OrderSummary),
        /** Groups of orders made apart that wait for an answer. */
        open: z.int(),
        /** Pass as `after` for the next page; absent at the end. */ next: z.string().optional(),
      }),
    ),
  /** Every line of every order, comma-separated; for spreadsheets. */
  csv: get('/exports/orders')
    .input(z.object({ account }))
    .output(z.object({ csv: z.string() })),
  show: get('/orders/{id}')
    .input(z.object({ id: z.string() }))
    .output(OrderView),
  /** Orders made apart from one cart, answered or not. */
  overlaps: get('/overlaps').input(z.object({ account })).output(z.array(OverlapView)),
  decide: post('/orders/{id}/decide')
    .input(
      writing.extend({
        /** Any order of the account. */
        id: z.string(),
        lines: z
          .array(
            z.object({
              line: z.string().max(100),
              keep: orderIds,
              cancel: orderIds,
              /** Names what was shown of earlier decisions; all this machine holds if absent. */
              context: z.string().optional(),
            }),
          )
          .min(1)
          .max(1000),
      }),
    )
    .output(z.object({ order: OrderView, safety: Safety })),
  vouchers: get('/vouchers').input(z.object({ account })).output(BalanceView),
  spending: get('/spending')
    .input(z.object({ account, /** For the months. */ timeZone: z.string().max(64).optional() }))
    .output(SpendingView),
};
