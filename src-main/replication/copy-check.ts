import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/waiting.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import type { Background } from './bounded-work.ts';
import type { Deliveries } from './delivery-status.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { GetCoordinator } from './get-coordinator.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { RingView } from './ring-view.ts';

/**
 * Pauses before each look, in ms: a write that is still on its way arrives within the first few.
 */
const PAUSES_MS = [150, 500, 1500, 4000];
/** An item is not looked after again for so long once its looks have ended. */
const REST_MS = 10_000;
const MAX_ITEMS = 64;

/**
 * Finds out who has a version that another machine wrote. Its writer knows from the answers; the
 * others would tell their person of copies missing that are long there. So when an item with owners
 * not known to hold it is shown, the reachable ones are asked for their digests.
 */
export interface CopyCheck {
  /** The item was shown to somebody; looks behind what was said if there is more to be known. */
  shown(key: ItemKey): void;
}

export function createCopyCheck(components: {
  readonly clock: Clock;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly held: HeldAccounts;
  readonly background: Background;
  readonly deliveries: Deliveries;
  readonly gets: GetCoordinator;
  /** More is known of the item's copies. */
  moved(key: ItemKey): void;
}): CopyCheck {
  const { clock, view, detector, held, background, deliveries, gets } = components;
  /** Items being looked after, or resting after looks that found not all. */
  const busy = new Set<string>();

  const isWorthAsking = async (key: ItemKey): Promise<boolean> => {
    const unknown = await deliveries.unknown(key);
    return unknown.some((peer) => peer !== view.self && detector.isReachable(peer));
  };
  /** True when all that can be known now is known. */
  async function look(key: ItemKey, signal: AbortSignal): Promise<boolean> {
    for (const pause of PAUSES_MS) {
      if (!(await isWorthAsking(key))) return true;
      await sleep(clock, pause, signal);
      const before = (await deliveries.of(key)).copies.length;
      await gets.get(key, { r: view.listOf(key.partitionKey).n, signal });
      if ((await deliveries.of(key)).copies.length !== before) components.moved(key);
    }
    return !(await isWorthAsking(key));
  }
  return {
    shown(key) {
      const name = itemKeyString(key);
      if (busy.has(name) || busy.size >= MAX_ITEMS || !held.has(key.partitionKey)) return;
      busy.add(name);
      background.run('copies of an item', async (signal) => {
        let all = false;
        try {
          all = await look(key, signal);
        } finally {
          if (all) busy.delete(name);
          else clock.schedule(REST_MS, () => busy.delete(name));
        }
      });
    },
  };
}
