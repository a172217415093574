import * as z from 'zod';
import { Freshness, ItemView, ItemWritten, Json, Safety } from '../../app/views.ts';
import { GroupView } from '../../app/views/queries.ts';
import { account, del, get, post, put, reading, sortKey, writing } from './parts.ts';

/** A path into the value, `key.N`, `year`, `month`, `day` or `device`. */
const field = z.string().min(1).max(200).optional();

export const itemsContract = {
  get: get('/items/{+sortKey}').input(reading.extend({ sortKey, account })).output(ItemView),
  put: put('/items/{+sortKey}')
    .input(writing.extend({ sortKey, account, value: Json, context: z.string().optional() }))
    .output(ItemWritten),
  delete: del('/items/{+sortKey}')
    .input(writing.extend({ sortKey, account, context: z.string().optional() }))
    .output(ItemWritten),
  query: get('/items')
    .input(
      reading.extend({
        account,
        prefix: z.string().max(1024).optional(),
        from: z.string().max(1024).optional(),
        to: z.string().max(1024).optional(),
        after: z.string().max(1024).optional(),
        limit: z.coerce.number().int().min(1).max(1000).default(100),
        reverse: z.stringbool().or(z.boolean()).default(false),
        /** Counts all items of the range in groups, instead of showing a page of them. */
        groupBy: field,
        sum: field,
        min: field,
        max: field,
        /** IANA name, for `year`, `month` and `day`. */ timeZone: z.string().max(64).optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(ItemView),
        /** With `groupBy`. */ groups: z.array(GroupView).optional(),
        /** Pass as `after` for the next page; absent at the end. */ next: z.string().optional(),
        freshness: Freshness,
        /** How many members answered, and how many of them are owners. */
        answered: z.int(),
        answeredOwners: z.int(),
      }),
    ),
  retry: post('/writes/{version}/retry')
    .input(z.object({ version: z.string() }))
    .output(z.object({ safety: Safety })),
  withdraw: post('/writes/{version}/withdraw')
    .input(z.object({ version: z.string() }))
    .output(z.object({ withdrawn: z.boolean() })),
};
