import * as z from 'zod';

/** The most copies of an item that a ring may be told to keep, and answers it may have to ask. */
export const MOST_COPIES = 64;
export const CopyCount = z.int().min(1).max(MOST_COPIES);
/** Copies of each item: so many, or as many as the machines allow. */
export const CopySetting = z.union([CopyCount, z.literal('auto')]);

/** What this machine keeps, and where it stands: the share is 0 (nothing) to 64, 1 is normal. */
export const SeatInput = z.object({
  capacity: z.number().min(0).max(64).optional(),
  /** A room, a house: copies are spread over zones. '' is none. */
  zone: z.string().trim().max(64).optional(),
});
export type SeatInput = z.infer<typeof SeatInput>;

/** A change of the ring, to be looked at before it is made. Names of what is left out stay. */
export const RingChangeInput = z.discriminatedUnion('kind', [
  /** One more machine. One that is not known yet stands for any: a guess within a few percent. */
  SeatInput.extend({
    kind: z.literal('join'),
    peerId: z.string().max(100).optional(),
    name: z.string().max(80).optional(),
    steady: z.boolean().optional(),
  }),
  /** This machine gives away what it keeps, and leaves. */
  z.object({ kind: z.literal('leave') }),
  /** Another machine is gone for good. */
  z.object({ kind: z.literal('retire'), peerId: z.string() }),
  /** This machine keeps more or less, or stands elsewhere. */
  SeatInput.extend({ kind: z.literal('seat') }),
  z.object({
    kind: z.literal('settings'),
    n: CopySetting.optional(),
    r: CopyCount.optional(),
    w: CopyCount.optional(),
  }),
]);
export type RingChangeInput = z.infer<typeof RingChangeInput>;

const Machine = z.object({ peerId: z.string(), name: z.string() });
const Counts = z.object({ n: z.int(), r: z.int(), w: z.int() });

export const PlanView = z.object({
  /** Copies of partitions that one machine takes over; the most partitions first. */
  moves: z.array(
    z.object({
      to: Machine,
      /** Who keeps them no longer; absent where one more copy is made. */
      from: Machine.optional(),
      partitions: z.int(),
      accounts: z.int(),
      items: z.int(),
      bytes: z.int(),
    }),
  ),
  /** Partitions whose list of machines changes, and all there are. */
  partitions: z.int(),
  ofPartitions: z.int(),
  /** Of all copies that move, as far as they lie on this machine. */
  accounts: z.int(),
  items: z.int(),
  bytes: z.int(),
  /** Copies of each item, answers of a read, copies that make a write safe. */
  before: Counts,
  after: Counts,
  /** Share of the ring that each machine keeps a copy of, 0–1. */
  shares: z.array(Machine.extend({ before: z.number(), after: z.number() })),
});
export type PlanView = z.infer<typeof PlanView>;

const Progress = z.object({ done: z.int(), total: z.int() });

/** What one machine takes over now. */
export const TransferView = z.object({
  /** `refill`: it owns already, but lacks part, and is not counted for reads until it has it. */
  kind: z.enum(['join', 'leave', 'seat', 'refill']),
  /** Whose change it is; absent for a refill. */
  change: Machine.optional(),
  to: Machine,
  from: z.array(Machine),
  /** `waiting`: another change goes first. */
  state: z.enum(['waiting', 'moving', 'done']),
  partitions: Progress,
  /** Only of what this machine takes over. */
  items: Progress.optional(),
  bytes: Progress.optional(),
});
export type TransferView = z.infer<typeof TransferView>;
