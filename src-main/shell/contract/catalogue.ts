import * as z from 'zod';
import { CataloguePreview, CatalogueWritten } from '../../app/views/catalogue.ts';
import { account, post } from './parts.ts';

const input = z.object({
  account,
  /** CSV with a head (title, price, currency, category, unit, sku), or JSON. */
  text: z.string().max(1_000_000),
  /** Of prices that name none. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});

export const catalogueContract = {
  preview: post('/catalogue/preview').input(input).output(CataloguePreview),
  import: post('/catalogue/import').input(input).output(CatalogueWritten),
};
