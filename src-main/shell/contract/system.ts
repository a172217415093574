import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { Change, Finding, Status } from '../../app/views.ts';
import { get } from './parts.ts';

export const systemContract = {
  status: get('/status').output(Status),
  health: get('/health').output(z.object({ ok: z.boolean(), peerId: z.string() })),
  doctor: get('/doctor').output(z.object({ findings: z.array(Finding) })),
  events: get('/changes').output(eventIterator(Change)),
};
