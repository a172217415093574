/** Products people bring along, before and after they are written. */
import * as z from 'zod';
import { Product } from '../views.ts';

export const ProductProblem = z.enum([
  ...['notAList', 'notJson', 'noTitles', 'openQuote', 'tooManyCells', 'titleMissing'],
  ...['tooLong', 'price', 'currency', 'twice', 'tooMany'],
] as const);
export type ProductProblem = z.infer<typeof ProductProblem>;

const Place = z.object({
  /** Line of the file, from 1. */
  line: z.int(),
  /** Of JSON, which product of the list, from 1. */
  number: z.int().optional(),
});
export const LineProblemView = Place.extend({ problem: ProductProblem });
export const CataloguePreview = z.object({
  /** At most 100 of them, the first. */
  products: z.array(Place.extend({ product: Product })),
  /** At most 100 of them, the first. */
  problems: z.array(LineProblemView),
  /** How many of each there are. */
  good: z.int(),
  bad: z.int(),
  /** Of the good ones: not in the catalogue yet; there, but otherwise. The rest is there. */
  fresh: z.int(),
  changed: z.int(),
});
export type CataloguePreview = z.infer<typeof CataloguePreview>;

export const CatalogueWritten = z.object({
  written: z.int(),
  /** Of these, how many were there otherwise. */
  changed: z.int(),
  there: z.int(),
  /** Lines that were left out, for their problems. */
  bad: z.int(),
});
export type CatalogueWritten = z.infer<typeof CatalogueWritten>;
