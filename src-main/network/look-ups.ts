import type { Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';

/** Fruitless dials before the directory is asked, and time between two look-ups. */
const LOOK_UP_AFTER = 3;
const LOOK_UP_EVERY_MS = 15_000;

/** Beside the dials: where the network is cut, a look-up takes as long as it may. */
export function createLookUps(
  peer: PeerId,
  {
    clock,
    lookUp,
  }: {
    readonly clock: Clock;
    lookUp(peer: PeerId, signal: AbortSignal): Promise<readonly string[]>;
  },
  found: (addresses: readonly string[]) => void,
) {
  const ended = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    ifLost(attempts: number): void {
      const now = clock.monotonicMs();
      if (attempts < LOOK_UP_AFTER || now - lastMs < LOOK_UP_EVERY_MS) return;
      lastMs = now;
      lookUp(peer, ended.signal).then(found, () => undefined);
    },
    stop(): void {
      ended.abort();
    },
  };
}
