/** What changed lately, for people: what and who, without the values. */
import * as z from 'zod';

export const ActivityLine = z.object({
  sequence: z.int(),
  sortKey: z.string(),
  kind: z.enum(['cart', 'order', 'product', 'notice', 'decision', 'other']),
  /** Of a cart or a product; '' for others, and where it cannot be opened here. */
  name: z.string(),
  /** `apart`: written apart, so that there is a choice; `settled`: the choice was made. */
  what: z.enum(['added', 'changed', 'removed', 'apart', 'settled']),
  /** When this machine saw it. */
  wallMs: z.number(),
  /** This machine's own write. */
  own: z.boolean(),
  device: z.string(),
  /** A function wrote it: its name; '' where it is not installed here. */
  function: z.string().optional(),
});
export type ActivityLine = z.infer<typeof ActivityLine>;

export const ActivityView = z.object({
  /** The newest first. */
  changes: z.array(ActivityLine),
  /** Changes of the last hour, in twelve parts of five minutes, the newest last. */
  hour: z.array(z.int()),
  /** There were more in the hour than were counted. */
  more: z.boolean(),
});
export type ActivityView = z.infer<typeof ActivityView>;
