import * as z from 'zod';

/** A repair of the store on this machine: what it brought back, and what it could not. */
export const RepairView = z.object({
  /** Wall time in ms. */
  at: z.number(),
  /** The folder that the damaged store is kept in. */
  aside: z.string(),
  items: z.int(),
  versions: z.int(),
  records: z.int(),
  outbox: z.int(),
  /** Records that were there and could not be read. */
  unreadable: z.int(),
  /** Records that were gone, at least. */
  missing: z.int(),
  /** Groups of confirmed writes that were gone. */
  lostGroups: z.int(),
  /** Items that are known to have lost a version here; the other machines may bring it back. */
  lostItems: z.int(),
});
export type RepairView = z.infer<typeof RepairView>;

export const StoreView = z.object({
  items: z.int(),
  bytes: z.int(),
  /** Deletions that are kept, so that what was deleted stays so. */
  tombstones: z.int(),
  /** What these take of `bytes`. */
  tombstoneBytes: z.int(),
  epoch: z.string(),
  state: z.enum(['sound', 'damaged']),
  /** The last repair, if there was one. */
  repair: RepairView.nullable(),
});
export type StoreView = z.infer<typeof StoreView>;
