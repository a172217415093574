import type { Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';
import { ownerSilent, reached } from '../domain/quorum.ts';
import type { Flight } from './flight.ts';
import { createHedgeDelay } from './hedge-delay.ts';

/**
 * Until when a write waits for members that were sent it and do not answer. For an owner that is
 * `slowMs`: then a fallback has to keep its copy, which costs a write there and another later. For
 * a member that is coming in none does, and what it adds to a write that w others have is for its
 * own sake: it is waited for only as long as nearly all answers take (decision 0522).
 */
export interface SlowOwners {
  /**
   * Takes those of `asked` that have not answered by then for silent, and calls `then`. One watch
   * at a time for each flight.
   */
  watch(flight: Flight, asked: readonly PeerId[], then: () => void): void;
  /** An answer came, and is not counted in the flight yet. */
  answered(flight: Flight, peer: PeerId, tookMs: number): void;
}

/** Not to wait costs nothing, so a short wait will do. */
const LEAST_MS = 10;

export function createSlowOwners(
  init: { readonly slowMs: number },
  { clock }: { readonly clock: Clock },
): SlowOwners {
  const usual = createHedgeDelay({ mostMs: init.slowMs, leastMs: LEAST_MS });

  function silence(flight: Flight, asked: readonly PeerId[], then: () => void): void {
    const slow = asked.filter((peer) => flight.busy.has(peer));
    if (flight.fate !== undefined || slow.length === 0) return;
    for (const peer of slow) flight.quorum = ownerSilent(flight.quorum, peer);
    then();
  }
  return {
    watch(flight, asked, then) {
      flight.stopWatching();
      if (asked.length === 0) return;
      const { owners } = flight.quorum.goal;
      const incoming = asked.filter((peer) => !owners.includes(peer));
      const stop = clock.schedule(init.slowMs, () => {
        silence(flight, asked, then);
      });
      flight.stopWatching = stop;
      if (incoming.length === 0) return;
      const stopEarly = clock.schedule(usual.delayMs, () => {
        silence(flight, incoming, then);
      });
      flight.stopWatching = () => {
        stop();
        stopEarly();
      };
    },
    answered(flight, peer, tookMs) {
      const { goal } = flight.quorum;
      // Only what a write still waits for: one that is always the last sets no measure.
      if (!goal.owners.includes(peer) || reached(flight.quorum, 'safe')) return;
      usual.answered(tookMs);
    },
  };
}
