/** Past versions of a cart, and what people have put into carts before, as the contract says it. */
import * as z from 'zod';
import { Product, Total } from '../views.ts';

/** A version of a cart that this machine has seen, newest first in lists. */
export const PastVersion = z.object({
  /** Opaque; names the version. */
  version: z.string(),
  device: z.string(),
  /** Written by the machine that answers. */
  own: z.boolean(),
  wallMs: z.number(),
  /** It deleted the cart. */
  deleted: z.boolean(),
  /** It is (one side of) the cart as it is now. */
  current: z.boolean(),
  lines: z.int(),
  totals: z.array(Total),
});
export type PastVersion = z.infer<typeof PastVersion>;

export const PastLine = z.object({
  id: z.string(),
  product: Product,
  quantity: z.int(),
  note: z.string(),
});
export const PastCart = PastVersion.omit({ lines: true }).extend({ lines: z.array(PastLine) });
export type PastCart = z.infer<typeof PastCart>;

/** A product that was in a cart before, or that is in the catalogue. */
export const Suggestion = z.object({
  product: Product,
  /** In how many lines it was seen; 0: only in the catalogue. */
  times: z.int(),
  /** When it was last set (shown and sorted by, never compared across machines for an outcome). */
  wallMs: z.number(),
});
export type Suggestion = z.infer<typeof Suggestion>;
