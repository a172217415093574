/** The ring as it is drawn: whose part of it is whose, and where one account is kept. */
import * as z from 'zod';

export const RingDrawing = z.object({
  /** Equal parts of the circle. */
  partitions: z.int(),
  /** Peer ids; the parts name them by their place in this list. */
  members: z.array(z.string()),
  /** Neighbouring parts whose first owner is the same, from the top clockwise. */
  arcs: z.array(z.object({ member: z.int(), from: z.int(), to: z.int() })),
  /** Copies of each part. */
  copies: z.int(),
  /** Where the account asked about is kept. */
  place: z.object({ partition: z.int(), owners: z.array(z.string()) }).optional(),
});
export type RingDrawing = z.infer<typeof RingDrawing>;

/** What each machine that stores has of the ring, as far as the one asked has the same. */
export const KeptView = z.array(
  z.object({
    peerId: z.string(),
    accounts: z.int(),
    items: z.int(),
    bytes: z.int(),
    /** Share of its part that lies here, too, 0–1; below 1 the numbers are a least. */
    known: z.number(),
  }),
);
export type KeptView = z.infer<typeof KeptView>;
