/**
 * Who can be asked now, as far as this member can tell (Dynamo §4.8.3: a purely local notion of
 * failure is enough). A member is reachable while its session stands and it answers; one that
 * leaves requests unanswered is passed over for a while, longer each time, until it answers again.
 */
import type { Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';
import type { Transport } from '../network/transport.ts';

export interface FailureDetector {
  /** This member itself, or one with a session that is not under suspicion. */
  isReachable(peer: PeerId): boolean;
  /** It answered a request (an error of its own is an answer, too). */
  answered(peer: PeerId): void;
  /** It left a request unanswered. */
  missed(peer: PeerId): void;
  /** The peers, nearest first: itself, then by round-trip time, then those never measured. */
  byNearness(peers: readonly PeerId[]): readonly PeerId[];
}

/** Unanswered requests in a row that raise suspicion. */
const MISSES = 2;
const FIRST_SUSPICION_MS = 2000;
const LONGEST_SUSPICION_MS = 30_000;

interface Suspicion {
  misses: number;
  untilMs: number;
  lastMs: number;
}

export function createFailureDetector(components: {
  readonly clock: Clock;
  readonly transport: Transport;
}): FailureDetector {
  const { clock, transport } = components;
  const suspicions = new Map<PeerId, Suspicion>();
  // A new session is a new start; an old one takes its suspicion along.
  transport.on('up', ({ peer }) => suspicions.delete(peer));
  transport.on('down', ({ peer }) => suspicions.delete(peer));

  function nearness(peer: PeerId): number {
    if (peer === transport.self) return -1;
    return transport.roundTripMs(peer) ?? Number.MAX_VALUE;
  }
  return {
    isReachable(peer) {
      if (peer === transport.self) return true;
      if (!transport.isConnected(peer)) return false;
      const suspicion = suspicions.get(peer);
      return suspicion === undefined || suspicion.untilMs <= clock.monotonicMs();
    },
    answered: (peer) => {
      suspicions.delete(peer);
    },
    missed(peer) {
      const one = suspicions.get(peer) ?? { misses: 0, untilMs: 0, lastMs: FIRST_SUSPICION_MS / 2 };
      suspicions.set(peer, one);
      if (++one.misses < MISSES) return;
      const now = clock.monotonicMs();
      if (one.untilMs > now) return;
      one.lastMs = Math.min(one.lastMs * 2, LONGEST_SUSPICION_MS);
      one.untilMs = now + one.lastMs;
    },
    byNearness: (peers) => [...peers].sort((a, b) => nearness(a) - nearness(b)),
  };
}
