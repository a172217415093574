import { isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { sleep } from '../base/waiting.ts';
import type { PeerId } from '../domain/ids.ts';
import type { Gossip } from './gossip.ts';
import type { HintHandoff } from './hint-handoff.ts';
import type { OutboxDelivery } from './outbox-delivery.ts';
import type { PartitionCompare } from './partition-compare.ts';
import type { RingView } from './ring-view.ts';

/** The peer with the greater id lets the other compare first: then both find what is left. */
const POLITE_MS = 300;

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
  readonly view: RingView;
  readonly gossip: Gossip;
  readonly handoff: HintHandoff;
  readonly outbox: OutboxDelivery;
  readonly partitions: PartitionCompare;
}): Meeting {
  const { clock, logger, view, gossip, handoff, outbox, partitions } = components;

  /** With other lists there than here, both catch up and try once more. */
  async function compare(peer: PeerId, signal: AbortSignal): Promise<void> {
    try {
      await partitions.compare(peer, signal);
    } catch (error) {
      if (!isAppError(error, 'OTHER_LIST')) throw error;
      await gossip.catchUp(peer, signal);
      await partitions.compare(peer, signal);
    }
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
