import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { sleep } from '../base/waiting.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import type { Transport } from '../network/transport.ts';
import type { Background } from './bounded-work.ts';
import type { Deliveries } from './delivery-status.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { GetCoordinator } from './get-coordinator.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { RingView } from './ring-view.ts';

/**
 * Pauses before each look, in ms: a write that is still on its way arrives within the first few.
 * Then for some minutes, since a member that is slow now is under suspicion and not asked.
 */
const PAUSES_MS = [150, 500, 1500, 4000, ...Array<number>(30).fill(10_000)];
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
  readonly logger: Logger;
  readonly transport: Transport;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly held: HeldAccounts;
  readonly background: Background;
  readonly deliveries: Deliveries;
  readonly gets: GetCoordinator;
  /** More is known of the item's copies. */
  moved(key: ItemKey): void;
}): CopyCheck {
  const { clock, logger, transport, view, detector, held, background, deliveries, gets } =
    components;
  /** Items being looked after. */
  const busy = new Set<string>();
  /** Items whose other owners are away, for when one is back. */
  const waiting = new Map<string, ItemKey>();

  async function ask(key: ItemKey, signal: AbortSignal): Promise<void> {
    try {
      await gets.get(key, { r: view.listOf(key.partitionKey).n, signal });
    } catch (error) {
      logger.debug('copies could not be looked for', { code: toAppError(error).code });
    }
  }
  const copiesOf = async (key: ItemKey): Promise<number> =>
    (await deliveries.of(key)).copies.length;

  /** @param told copies that whoever is shown the item knows of */
  async function look(key: ItemKey, told: number, signal: AbortSignal): Promise<void> {
    for (const pause of PAUSES_MS) {
      // They may have become known by other ways since the last look.
      const now = await copiesOf(key);
      if (now !== told) components.moved(key);
      told = now;
      const unknown = (await deliveries.unknown(key)).filter((peer) => peer !== view.self);
      if (unknown.length === 0) return;
      if (!unknown.some((peer) => transport.isConnected(peer))) break;
      await sleep(clock, pause, signal);
      if (unknown.some((peer) => detector.isReachable(peer))) await ask(key, signal);
    }
    if ((await copiesOf(key)) !== told) components.moved(key);
    wait(key);
  }
  function wait(key: ItemKey): void {
    waiting.delete(itemKeyString(key));
    waiting.set(itemKeyString(key), key);
    const [oldest] = waiting.keys();
    if (waiting.size > MAX_ITEMS && oldest !== undefined) waiting.delete(oldest);
  }
  function begin(key: ItemKey, told?: number): void {
    const name = itemKeyString(key);
    if (busy.has(name) || busy.size >= MAX_ITEMS || !held.has(key.partitionKey)) return;
    busy.add(name);
    waiting.delete(name);
    background.run('copies of an item', async (signal) => {
      try {
        await look(key, told ?? (await copiesOf(key)), signal);
      } finally {
        busy.delete(name);
      }
    });
  }
  transport.on('up', () => {
    // What was told before it went is not known any more: the first look tells anew.
    for (const key of [...waiting.values()]) begin(key, -1);
  });
  return {
    shown: (key) => {
      begin(key);
    },
  };
}
