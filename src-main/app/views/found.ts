import * as z from 'zod';

/** A version that was set aside: a person keeps or drops it. */
export const FoundView = z.object({
  /** Hash of the version. */
  id: z.string(),
  account: z.string(),
  /** Absent when the account is not logged in here. */
  accountName: z.string().optional(),
  sortKey: z.string(),
  deleted: z.boolean(),
  bytes: z.int(),
  /** This machine has no key for it: it can be dropped, not looked at. */
  sealed: z.boolean(),
  device: z.string().optional(),
  wallMs: z.number().optional(),
  /** Name of a cart, or the beginning of another value. */
  title: z.string().optional(),
  /** The first lines of a cart. */
  lines: z.array(z.object({ title: z.string(), quantity: z.int() })).optional(),
});
export type FoundView = z.infer<typeof FoundView>;
