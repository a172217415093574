/** Ownership that moves in the ring, as status, command line and page are told of it. */
import type { PeerId } from '../domain/ids.ts';
import type { RingView } from './ring-view.ts';

export type TransferState =
  /** Another change goes first, or nobody who has the items can be reached. */
  | 'waiting'
  | 'moving'
  /** Taken over whole; the change takes effect when all of it is. */
  | 'done';

/** What one member takes over, summed over partitions. */
export interface Transfer {
  /** Whose change it is (joining, leaving, another seat); undefined for what is taken anew. */
  readonly change: PeerId | undefined;
  /**
   * `join`, `leave`, `seat`: a change under way. `refill`: a member owns already, but lacks (a new
   * or restored disk, a member retired or revoked, other settings), and is not counted for reads.
   */
  readonly kind: 'join' | 'leave' | 'seat' | 'refill';
  readonly to: PeerId;
  /** Owners that it is taken from. */
  readonly from: readonly PeerId[];
  readonly state: TransferState;
  readonly partitions: { readonly done: number; readonly total: number };
  /** As far as it is known on this machine; undefined: not known. */
  readonly items: { readonly done: number; readonly total: number } | undefined;
  readonly bytes: { readonly done: number; readonly total: number } | undefined;
}

/** By the member table alone: what is to move, not yet how far it is. */
export function transfersOf({ lists }: RingView): readonly Transfer[] {
  const out: Transfer[] = [];
  for (const peer of lists.changing) {
    const sums = new Map<PeerId, { total: number; from: Set<PeerId> }>();
    for (const partition of lists.altered(peer)) {
      const change = lists.pending(partition).find((one) => one.peer === peer);
      for (const to of change?.incoming ?? []) {
        const sum = sums.get(to) ?? { total: 0, from: new Set() };
        for (const owner of lists.settled.owners(partition)) sum.from.add(owner);
        sums.set(to, { total: sum.total + 1, from: sum.from });
      }
    }
    for (const [to, { total, from }] of sums) {
      out.push({
        ...{ change: peer, kind: 'seat', to, from: [...from].sort(), state: 'moving' },
        partitions: { done: 0, total },
        ...{ items: undefined, bytes: undefined },
      });
    }
  }
  return out;
}
