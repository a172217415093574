/** What the parts of the contract are made of: HTTP methods with their paths, and shared inputs. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { Consistency } from '../../app/views.ts';

type Path = `/${string}`;

export const get = (path: Path) => oc.route({ method: 'GET', path });
export const post = (path: Path) => oc.route({ method: 'POST', path });
export const put = (path: Path) => oc.route({ method: 'PUT', path });
export const del = (path: Path) => oc.route({ method: 'DELETE', path });
export const patch = (path: Path) => oc.route({ method: 'PATCH', path });

/** Id of an account; the current one where it is left out. */
export const account = z.string().optional();
export const sortKey = z.string().min(1).max(1024);
export const reading = z.object({
  r: z.coerce.number().int().min(1).max(64).optional(),
  consistency: z.enum(['local', 'eventual', 'strict']).optional(),
});
export const writing = z.object({
  w: z.coerce.number().int().min(1).max(64).optional(),
  consistency: Consistency.optional(),
});
