import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { itemKeyString, type ItemKey, type PartitionKey, type PeerId } from '../domain/ids.ts';
import type { Hint, ItemStore } from '../storage/item-store.ts';
import { forEachBounded } from './bounded-work.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { KnownCopies } from './known-copies.ts';
import { isSilence } from './member-calls.ts';
import type { PutSender } from './put-sender.ts';
import type { RingView } from './ring-view.ts';
import type { Timings } from './timings.ts';

/** Hints read at once. */
const PAGE = 128;
/** An item an owner refused is not offered to it again for this long. */
const REFUSED_MS = 300_000;
/** Refusals remembered; beyond them the oldest is tried again. */
const MAX_REFUSED = 10_000;

/**
 * Hinted handoff (Dynamo §4.6): what was kept for an owner goes to it when it is back, and the hint
 * goes when the owner says that it has it, or something that covers it.
 */
export interface HintHandoff {
  /** Delivers all that is kept for the peer. Rejects when it can be reached no longer. */
  deliver(peer: PeerId, signal: AbortSignal): Promise<void>;
  /** Delivers to every owner that can be reached; drops hints for members that own no longer. */
  deliverAll(signal: AbortSignal): Promise<void>;
}

export function createHintHandoff(
  init: { readonly timings: Timings },
  components: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: Metrics;
    readonly store: ItemStore;
    readonly view: RingView;
    readonly detector: FailureDetector;
    readonly sender: PutSender;
    readonly copies: KnownCopies;
    keeps(account: PartitionKey): boolean;
  },
): HintHandoff {
  const { clock, logger, metrics, store, view, detector, sender, copies } = components;
  const running = new Map<PeerId, Promise<void>>();
  const refused = new Map<string, number>();

  const refusalOf = (peer: PeerId, key: ItemKey): string => `${peer} ${itemKeyString(key)}`;
  function isRefused(peer: PeerId, key: ItemKey): boolean {
    return (refused.get(refusalOf(peer, key)) ?? 0) > clock.monotonicMs();
  }
  async function deliverItem(peer: PeerId, hints: readonly Hint[], signal: AbortSignal) {
    const [first] = hints;
    if (first === undefined) return;
    const { key } = first;
    const siblings = await store.read(key);
    try {
      // What a hint names may have been replaced here since: the siblings cover it.
      if (siblings.length > 0) {
        await sender.send(peer, { key, versions: siblings, listed: false, signal });
        for (const { hash } of siblings) copies.held(hash, peer);
      }
      await store.deleteHints(hints);
      metrics.count('carrossel_hints_delivered_total', {}, hints.length);
    } catch (error) {
      const known = toAppError(error);
      if (isSilence(known)) throw known;
      logger.warn('an owner refused what was kept for it', { peer, code: known.code });
      refused.set(refusalOf(peer, key), clock.monotonicMs() + REFUSED_MS);
      const [oldest] = refused.keys();
      if (refused.size > MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
    }
  }
  async function deliver(peer: PeerId, signal: AbortSignal): Promise<void> {
    for (;;) {
      const hints = await store.hintsFor(peer, PAGE + refused.size);
      const items = groupByItem(hints.filter((hint) => !isRefused(peer, hint.key)));
      if (items.length === 0) return;
      let failure: unknown;
      const width = init.timings.backgroundWidth;
      await forEachBounded(
        items,
        width,
        async (item) => {
          if (failure === undefined && !signal.aborted) await deliverItem(peer, item, signal);
        },
        (error) => {
          failure = error;
        },
      );
      if (failure !== undefined) throw toAppError(failure);
      if (signal.aborted) return;
    }
  }
  /**
   * Hints for a member that owns the item no longer; as a keeper, exchange sees to the new ones.
   */
  async function dropStale(peer: PeerId): Promise<void> {
    const hints = await store.hintsFor(peer, PAGE);
    const stale = hints.filter(
      ({ key: { partitionKey } }) =>
        !view.isOwner(partitionKey, peer) && components.keeps(partitionKey),
    );
    if (stale.length > 0) await store.deleteHints(stale);
  }
  function once(peer: PeerId, signal: AbortSignal): Promise<void> {
    const known = running.get(peer);
    if (known !== undefined) return known;
    const run = deliver(peer, signal).finally(() => running.delete(peer));
    running.set(peer, run);
    return run;
  }
  return {
    deliver: once,
    async deliverAll(signal) {
      for (const peer of await store.hintOwners()) {
        await dropStale(peer);
        if (!detector.isReachable(peer) || peer === view.self) continue;
        await once(peer, signal).catch((error: unknown) => {
          logger.debug('hints could not be delivered', { peer, code: toAppError(error).code });
        });
      }
      metrics.gauge('carrossel_hint_bytes', await store.hintBytes());
    },
  };
}

function groupByItem(hints: readonly Hint[]): readonly (readonly Hint[])[] {
  const items = new Map<string, Hint[]>();
  for (const hint of hints) {
    const name = itemKeyString(hint.key);
    items.set(name, [...(items.get(name) ?? []), hint]);
  }
  return [...items.values()];
}
