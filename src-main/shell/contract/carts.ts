import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import {
  AccountView,
  CartSummary,
  CartView,
  CartWritten,
  LineInput,
  Product,
  Safety,
} from '../../app/views.ts';
import { account, del, get, patch, post, put, reading, writing } from './parts.ts';

export const cartsContract = {
  list: get('/carts').output(z.array(CartSummary)),
  create: post('/carts')
    .input(z.object({ name: z.string().trim().min(1).max(80), account }))
    .output(CartWritten),
  /** `name` is a cart's name or id. */
  show: get('/carts/{name}')
    .input(reading.extend({ name: z.string(), account }))
    .output(CartView),
  put: put('/carts/{name}')
    .input(
      writing.extend({
        name: z.string(),
        account,
        context: z.string(),
        lines: z.array(LineInput).max(1000),
        resolve: z.boolean().default(false),
      }),
    )
    .output(CartWritten),
  remove: del('/carts/{name}')
    .input(writing.extend({ name: z.string(), account, context: z.string().optional() }))
    .output(z.object({ safety: Safety })),
  addLines: post('/carts/{name}/lines')
    .input(
      writing.extend({
        name: z.string(),
        account,
        lines: z
          .array(LineInput.omit({ id: true }))
          .min(1)
          .max(1000),
      }),
    )
    .output(CartWritten),
  setLine: patch('/carts/{name}/lines/{id}')
    .input(
      writing.extend({
        name: z.string(),
        account,
        id: z.string(),
        quantity: z.int().min(1).max(1_000_000).optional(),
        note: z.string().max(1000).optional(),
        product: Product.optional(),
      }),
    )
    .output(CartWritten),
  removeLine: del('/carts/{name}/lines/{id}')
    .input(writing.extend({ name: z.string(), account, id: z.string() }))
    .output(CartWritten),
  /** In which order the lines are shown, on every machine; an order is never a conflict. */
  arrange: put('/carts/{name}/arrangement')
    .input(
      writing.extend({ name: z.string(), account, lines: z.array(z.string().max(100)).max(1000) }),
    )
    .output(CartWritten),
  /** The whole cart the person settled on; its context must name exactly what was shown. */
  resolve: post('/carts/{name}/resolve')
    .input(
      writing.extend({
        name: z.string(),
        account,
        context: z.string(),
        lines: z.array(LineInput).max(1000),
      }),
    )
    .output(CartWritten),
  share: post('/carts/{name}/share')
    .input(
      z.object({
        name: z.string(),
        account,
        expiresInMs: z
          .int()
          .min(1000)
          .max(30 * 86_400_000)
          .default(86_400_000),
      }),
    )
    .output(z.object({ link: z.string(), expiresMs: z.number(), cart: CartView })),
  accept: post('/shares/accept')
    .input(z.object({ link: z.string().max(4096) }))
    .output(z.object({ account: AccountView, carts: z.array(CartSummary) })),
  /** The cart now and again at every change; ends when the cart is deleted. */
  watch: get('/carts/{name}/watch')
    .input(z.object({ name: z.string(), account }))
    .output(eventIterator(CartView)),
};
