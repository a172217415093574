import * as z from 'zod';
import { PastCart, PastVersion, Suggestion } from '../../app/views/cart-history.ts';
import { account, get } from './parts.ts';

/** What a cart was before, on this machine; `carts.put` of its lines brings a version back. */
export const historyContract = {
  list: get('/carts/{name}/history')
    .input(z.object({ name: z.string(), account }))
    .output(z.array(PastVersion)),
  show: get('/carts/{name}/history/{version}')
    .input(z.object({ name: z.string(), account, version: z.string().max(200) }))
    .output(PastCart),
  /** What was in carts before and what the catalogue holds, to complete what is typed. */
  suggestions: get('/suggestions').output(z.array(Suggestion)),
};
