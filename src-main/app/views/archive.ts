/** Exports and imports as they are shown. */
import * as z from 'zod';

export const ExportPart = z.object({
  /** More of the file, as text. */
  text: z.string(),
  /** Items that are in it by now, and items of the account. */
  done: z.int(),
  total: z.int(),
});
export type ExportPart = z.infer<typeof ExportPart>;

export const ArchiveSummary = z.object({
  /** Id and name of the account it was made of. */
  account: z.string(),
  name: z.string(),
  madeMs: z.number(),
  items: z.int(),
  /** How many of each kind: `cart`, `order`, … what stands before the first `#`. */
  kinds: z.array(z.object({ kind: z.string(), items: z.int() })),
});
export type ArchiveSummary = z.infer<typeof ArchiveSummary>;

/** Left as it is, since something else is there. */
export const KeptItem = z.object({
  sortKey: z.string(),
  /** What a person calls it: a cart's name. */
  name: z.string().optional(),
  why: z.enum(['different', 'deleted']),
});
export type KeptItem = z.infer<typeof KeptItem>;

export const ImportProgress = z.object({
  /** Items looked at so far, of all in the file. */
  done: z.int(),
  total: z.int(),
  written: z.int(),
  /** Was here already, the same. */
  there: z.int(),
  kept: z.int(),
  /** The first of those, at most 100. */
  keptItems: z.array(KeptItem),
  finished: z.boolean(),
});
export type ImportProgress = z.infer<typeof ImportProgress>;
