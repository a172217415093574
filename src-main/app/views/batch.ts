/** Several items at once. */
import * as z from 'zod';
import { ItemWritten, Json } from '../views.ts';

export const MAX_BATCH_GET = 100;
export const MAX_BATCH_WRITE = 100;

export const BatchWrite = z
  .object({
    sortKey: z.string().min(1).max(1024),
    /** Absent only where the item is deleted. */
    value: Json.optional(),
    deleted: z.literal(true).optional(),
    /** What was read before. */ context: z.string().optional(),
  })
  .refine(({ value, deleted }) => (value === undefined) === (deleted === true), {
    message: 'Either a value, or deleted: true.',
  });
export type BatchWrite = z.infer<typeof BatchWrite>;
export const BatchWritten = ItemWritten.omit({ safety: true });
export type BatchWritten = z.infer<typeof BatchWritten>;
