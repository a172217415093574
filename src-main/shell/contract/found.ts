import * as z from 'zod';
import { Safety } from '../../app/views.ts';
import { FoundView } from '../../app/views/found.ts';
import { del, get, post } from './parts.ts';

const id = z.string().regex(/^[0-9a-f]{64}$/);

export const foundContract = {
  list: get('/found').output(z.array(FoundView)),
  keep: post('/found/{id}/keep')
    .input(z.object({ id }))
    .output(z.object({ sortKey: z.string(), safety: Safety })),
  drop: del('/found/{id}')
    .input(z.object({ id }))
    .output(z.object({ dropped: z.boolean() })),
};
