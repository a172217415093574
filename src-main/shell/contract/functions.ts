import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { ActivityView } from '../../app/views/activity.ts';
import {
  DeadLetterView,
  FunctionList,
  FunctionView,
  LogLineView,
  StreamEvent,
  ViewsView,
} from '../../app/views/functions.ts';
import { account, get, post } from './parts.ts';

const name = z.string().min(1).max(200);

export const functionsContract = {
  list: get('/functions').output(FunctionList),
  logs: get('/functions/{name}/logs')
    .input(z.object({ name }))
    .output(z.object({ lines: z.array(LogLineView) })),
  letters: get('/functions/{name}/dead-letters')
    .input(z.object({ name }))
    .output(z.object({ letters: z.array(DeadLetterView) })),
  retry: post('/functions/{name}/retry')
    .input(z.object({ name, letter: z.string().max(100).optional(), account }))
    .output(z.object({ retried: z.int(), failed: z.int() })),
  pause: post('/functions/{name}/pause').input(z.object({ name })).output(FunctionView),
  resume: post('/functions/{name}/resume').input(z.object({ name })).output(FunctionView),
  views: get('/views').output(ViewsView),
};

export const streamContract = {
  follow: get('/events')
    .input(
      z.object({
        account,
        /** A position, `start` or `now`. */
        from: z.string().max(1600).optional(),
        prefix: z.string().max(1024).optional(),
      }),
    )
    .output(eventIterator(StreamEvent)),
  recent: get('/changes/recent')
    .input(z.object({ account, limit: z.coerce.number().int().min(1).max(200).default(50) }))
    .output(z.object({ changes: z.array(StreamEvent.options[0]) })),
  activity: get('/changes/activity')
    .input(z.object({ account, limit: z.coerce.number().int().min(1).max(200).default(50) }))
    .output(ActivityView),
};
