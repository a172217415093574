/** Rings seen nearby, and newcomers who ask to be let in (DESIGN §2 Admission). */
import * as z from 'zod';

export const Digits = z.string().regex(/^\d{6}$/);

/** A ring whose admin looks who is nearby, as a machine without a ring sees it. */
export const NearbyRing = z.object({
  /** Of the admin's machine. */
  peerId: z.string(),
  /** What that machine calls the ring. */
  name: z.string(),
});
export type NearbyRing = z.infer<typeof NearbyRing>;

/** A machine that asks to be let in, as the admin sees it. */
export const NearbyNewcomer = z.object({
  id: z.string(),
  /** What it calls itself; anybody may call themselves anything. */
  name: z.string(),
  digits: Digits,
  /** `admitted`: let in, and about to come. */
  state: z.enum(['waiting', 'admitted']),
});
export type NearbyNewcomer = z.infer<typeof NearbyNewcomer>;

/** The admin's "who is nearby?" while it is open. */
export const NearbyDoor = z.object({
  newcomers: z.array(NearbyNewcomer),
  /** So many have asked that no more are heard until it is opened anew. */
  full: z.boolean(),
});
export type NearbyDoor = z.infer<typeof NearbyDoor>;
