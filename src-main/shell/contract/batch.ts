import * as z from 'zod';
import { BatchWrite, BatchWritten, MAX_BATCH_GET, MAX_BATCH_WRITE } from '../../app/views/batch.ts';
import { Freshness, ItemView, Safety } from '../../app/views.ts';
import { account, post, reading, sortKey, writing } from './parts.ts';

export const batchContract = {
  get: post('/batch/get')
    .input(reading.extend({ account, sortKeys: z.array(sortKey).min(1).max(MAX_BATCH_GET) }))
    .output(
      z.object({
        /** In the order of the keys. */ items: z.array(ItemView),
        freshness: Freshness,
        answered: z.int(),
        answeredOwners: z.int(),
      }),
    ),
  write: post('/batch/write')
    .input(writing.extend({ account, writes: z.array(BatchWrite).min(1).max(MAX_BATCH_WRITE) }))
    .output(z.object({ items: z.array(BatchWritten), safety: Safety })),
};
