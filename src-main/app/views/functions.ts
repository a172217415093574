/** Functions and the stream of changes, as the contract shows them. */
import * as z from 'zod';
import { ERROR_CODES } from '../../base/error-code.ts';
import { ItemVersion } from '../views.ts';

export const FunctionView = z.object({
  name: z.string(),
  /** The file in DIR/functions; '' for a built-in one. */
  file: z.string(),
  kind: z.enum(['rule', 'own']),
  prefix: z.string(),
  state: z.enum(['running', 'paused', 'broken']),
  /** Changes it has not dealt with yet, over all accounts; at least 1 in a replay. */
  lag: z.int(),
  /** Since it was installed. */
  events: z.int(),
  writes: z.int(),
  /** Likewise, but those of the last half minute before a crash may lack. */
  runs: z.int(),
  errors: z.int(),
  /** Events in the last minute. */
  perMinute: z.int(),
  deadLetters: z.int(),
  lastRunMs: z.number().optional(),
  /** Why it cannot run, or its last error while that matters, in its own words. */
  problem: z.string().optional(),
});
export type FunctionView = z.infer<typeof FunctionView>;

export const FunctionList = z.object({
  functions: z.array(FunctionView),
  /** Where a person's own modules are put, on this machine. */
  folder: z.string().optional(),
});
export type FunctionList = z.infer<typeof FunctionList>;

/** What the peer itself has to say of a function, so that a shell says it in its own words. */
export const FunctionNote = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('ran'),
    events: z.int(),
    writes: z.int(),
    tookMs: z.number(),
  }),
  z.object({ what: z.literal('loaded'), prefix: z.string() }),
  /** Changes were missed: all items are told again. */
  z.object({ what: z.literal('missed') }),
  /** Nothing wrong with the function: something else has to be right first. */
  z.object({ what: z.literal('waits'), code: z.enum(ERROR_CODES) }),
  z.object({ what: z.literal('chainEnded'), key: z.string() }),
  /** Has become a dead letter. */
  z.object({ what: z.literal('gaveUp'), key: z.string(), error: z.string() }),
  /** The oldest dead letters went, for want of room. */
  z.object({ what: z.literal('lettersGone'), count: z.int() }),
]);
export type FunctionNote = z.infer<typeof FunctionNote>;

export const LogLineView = z.object({
  wallMs: z.number(),
  level: z.enum(['log', 'run', 'warn', 'error']),
  text: z.string(),
  /** Absent where the text is the function's own, or an error's. */
  note: FunctionNote.optional(),
});
export type LogLineView = z.infer<typeof LogLineView>;

export const DeadLetterView = z.object({
  id: z.string(),
  account: z.string(),
  /** Sort key of the item it is about. */
  key: z.string(),
  error: z.string(),
  tries: z.int(),
  wallMs: z.number(),
});
export type DeadLetterView = z.infer<typeof DeadLetterView>;

/** One change of one item, as this machine saw it; or that changes were missed. */
export const StreamEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('change'),
    /** Give it back as `from` to go on behind this one. */
    position: z.string(),
    account: z.string(),
    sortKey: z.string(),
    sequence: z.int(),
    /** When this machine saw it; 0 in a replay. */
    wallMs: z.number(),
    /** This machine's own write. */
    local: z.boolean(),
    /** Not a change but what the item holds, for a reader that missed how it came to that. */
    replay: z.boolean(),
    before: z.array(ItemVersion),
    after: z.array(ItemVersion),
  }),
  /** Changes were missed: a replay of what the items hold follows. */
  z.object({ type: z.literal('gap'), position: z.string() }),
  /** Everything so far was told; what follows is new. */
  z.object({ type: z.literal('live'), position: z.string() }),
]);
export type StreamEvent = z.infer<typeof StreamEvent>;

export const LowStock = z.object({
  account: z.string(),
  sortKey: z.string(),
  title: z.string(),
  stock: z.number(),
  reorderAt: z.number(),
});
export const NoticeView = z.object({
  account: z.string(),
  sortKey: z.string(),
  rule: z.string(),
  source: z.string(),
  title: z.string(),
  wallMs: z.number(),
});
export const ViewsView = z.object({
  /** Products that are down to where they should be bought again. */
  lowStock: z.array(LowStock),
  /** Notices of rules about what still is as it was then. */
  notices: z.array(NoticeView),
  /** What the open carts come to, by category and currency. */
  totals: z.array(
    z.object({ category: z.string(), currency: z.string(), amount: z.int(), lines: z.int() }),
  ),
});
export type ViewsView = z.infer<typeof ViewsView>;
