/** "Is everything in step?": who is connected, what is not equal with whom, and what to do. */
import * as z from 'zod';

/** Why a machine is not reached. The page has a sentence and an advice for each. */
export const AwayReason = z.enum([
  'refused',
  'silent',
  'noRoute',
  'goodbye',
  'notMember',
  'tooOld',
  /** This machine shuts it out for a while, for what it sent. */
  'shutOut',
  /** It has told no address yet. */
  'noAddress',
  'other',
]);
export type AwayReason = z.infer<typeof AwayReason>;

export const ItemDifference = z.object({
  sortKey: z.string(),
  /** What people call it, where it can be told. */
  name: z.string(),
  kind: z.enum(['cart', 'order', 'product', 'devices', 'other']),
  /** Versions that stand here and not there, and the other way round. */
  onlyHere: z.int(),
  onlyThere: z.int(),
});
export const AccountInStep = z.object({
  account: z.string(),
  name: z.string(),
  /** `unknown`: it could not be asked. */
  state: z.enum(['equal', 'differs', 'unknown']),
  items: z.array(ItemDifference),
});
export type AccountInStep = z.infer<typeof AccountInStep>;

export const MemberInStep = z.object({
  peerId: z.string(),
  name: z.string(),
  connected: z.boolean(),
  /** Host and port in use, or those last tried. */
  addresses: z.array(z.string()),
  /** This machine's network interface towards it; absent: through a router. */
  networkInterface: z.string().optional(),
  roundTripMs: z.number().optional(),
  away: AwayReason.optional(),
  /** What was last heard, in English, for a bug report. */
  lastError: z.string().optional(),
  /** Versions this machine keeps for it until it is back. */
  hints: z.int(),
  /** Accounts of this machine that it should hold, too. */
  accounts: z.array(AccountInStep),
});
export type MemberInStep = z.infer<typeof MemberInStep>;

export const InStep = z.object({
  /** Everybody who should hold something of these accounts is reached and holds the same. */
  allEqual: z.boolean(),
  /** Own writes that not every owner has yet. */
  outbox: z.int(),
  members: z.array(MemberInStep),
});
export type InStep = z.infer<typeof InStep>;
