import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { sleep } from '../base/waiting.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountExchange } from './account-exchange.ts';
import { forEachBounded } from './bounded-work.ts';
import type { Gossip } from './gossip.ts';
import type { HintHandoff } from './hint-handoff.ts';
import type { OutboxDelivery } from './outbox-delivery.ts';
import type { RingView } from './ring-view.ts';

/** The peer with the greater id lets the other compare first: then both find what is left. */
const POLITE_MS = 300;
/** Accounts compared at once with one peer. */
const WIDTH = 4;

/**
 * What two members do when they meet (DESIGN §2 Reads): what each holds for the other goes first.
 */
export interface Meeting {
  meet(peer: PeerId, signal: AbortSignal): Promise<void>;
  /** Compares the partitions both own, and brings both to the same. */
  compare(peer: PeerId, signal: AbortSignal): Promise<void>;
}

export function createMeeting(components: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly gossip: Gossip;
  readonly handoff: HintHandoff;
  readonly outbox: OutboxDelivery;
  readonly exchange: AccountExchange;
}): Meeting {
  const { clock, logger, store, view, gossip, handoff, outbox, exchange } = components;

  async function shared(peer: PeerId): Promise<readonly PartitionKey[]> {
    const { lists, self } = view;
    const theirs = lists.keptBy(peer);
    const both = new Set([...lists.keptBy(self)].filter((one) => theirs.has(one)));
    return both.size === 0 ? [] : store.accountsIn(both);
  }
  async function compare(peer: PeerId, signal: AbortSignal): Promise<void> {
    const accounts = await exchange.differing(peer, await shared(peer), signal);
    await forEachBounded(
      accounts,
      WIDTH,
      async (account) => {
        await exchange.sync(peer, account, signal);
      },
      (error) => {
        logger.debug('an account could not be compared', { peer, code: toAppError(error).code });
      },
    );
  }
  async function step(what: string, peer: PeerId, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => {
      logger.debug('a step of a meeting failed', { what, peer, code: toAppError(error).code });
    });
  }
  return {
    compare,
    async meet(peer, signal) {
      await step('gossip', peer, gossip.catchUp(peer, signal));
      await step('hints', peer, handoff.deliver(peer, signal));
      await step('outbox', peer, outbox.meet(peer));
      if (view.self > peer) await sleep(clock, POLITE_MS, signal);
      await step('compare', peer, compare(peer, signal));
    },
  };
}
