import type { Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';
import { missing } from '../domain/quorum.ts';
import type { Transport } from '../network/transport.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { Flight } from './flight.ts';
import type { RingView } from './ring-view.ts';

/** The first reachable member of the walk that is neither owner nor asked already (Dynamo §4.6). */
export function nextFallback(
  flight: Flight,
  components: {
    readonly clock: Clock;
    readonly view: RingView;
    readonly detector: FailureDetector;
  },
): PeerId | undefined {
  const { view, detector, clock } = components;
  const { quorum, busy, refusedUntil, entry } = flight;
  const now = clock.monotonicMs();
  const taken = new Set([...quorum.goal.owners, ...quorum.hints.values()]);
  for (const peer of view.listOf(entry.key.partitionKey).walk()) {
    const free = peer !== view.self && !taken.has(peer) && !busy.has(peer);
    const willing = (refusedUntil.get(peer) ?? 0) <= now;
    if (free && willing && detector.isReachable(peer)) return peer;
  }
  return undefined;
}

/** No owner that lacks it can be asked now, and there is nobody more to keep it for them. */
export function canWait(
  flight: Flight,
  components: Parameters<typeof nextFallback>[1] & {
    readonly transport: Pick<Transport, 'isConnected'>;
  },
): boolean {
  const { quorum, rounds } = flight;
  const lacking = missing(quorum);
  const away = lacking.every((owner) => !components.transport.isConnected(owner));
  const owners = lacking.filter((owner) => quorum.goal.owners.includes(owner));
  const kept = owners.every((owner) => quorum.hints.has(owner));
  return rounds > 0 && away && (kept || nextFallback(flight, components) === undefined);
}
