/** What queries count. */
import * as z from 'zod';

/** A number, or one in minor units of a currency. */
export const AmountView = z.object({ value: z.number(), currency: z.string().optional() });
export const GroupView = z.object({
  /** What the items of the group have in the field; null: they do not have it. */
  group: z.union([z.null(), z.boolean(), z.number(), z.string()]),
  count: z.int(),
  /** Of the items that have a number there; one for each currency. */
  sum: z.array(AmountView).optional(),
  min: z.array(AmountView).optional(),
  max: z.array(AmountView).optional(),
});
export type GroupView = z.infer<typeof GroupView>;
