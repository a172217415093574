import type { PeerId } from './ids.ts';

/**
 * How far a write has come (DESIGN §2 Writes): `pending` on this disk, `safe` on the disks of w
 * different members (hints count, the writer once), `placed` on w owners, `complete` on all n.
 */
export type WriteState = 'pending' | 'safe' | 'placed' | 'complete';

/** Who has to have a write, and how many make it safe; a snapshot of one preference list. */
export interface WriteGoal {
  readonly owners: readonly PeerId[];
  readonly w: number;
  /** The coordinator; its own disk counts once, as owner if it is one. */
  readonly writer: PeerId;
}
