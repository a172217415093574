import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { containsDot } from '../domain/causal-context.ts';
import { itemKeyString, type Hash, type PartitionKey, type PeerId } from '../domain/ids.ts';
import type { Hint, ItemStore } from '../storage/item-store.ts';
import { forEachBounded } from './bounded-work.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { Intake } from './intake.ts';
import type { KnownCopies } from './known-copies.ts';
import { isSilence } from './member-calls.ts';
import type { Parcel, PutSender } from './put-sender.ts';
import type { RingView } from './ring-view.ts';
import { sendApart, type SentApart } from './send-apart.ts';
import type { Timings } from './timings.ts';

/** Hints read at once. */
const PAGE = 128;
/** A version an owner refused is not offered to it again for this long. */
const REFUSED_MS = 300_000;
/** Refusals remembered; beyond them the oldest is tried again. */
const MAX_REFUSED = 10_000;
/** Hints whose owners have not changed are looked through again after this. */
const REVIEW_MS = 60_000;

const NOTHING: SentApart = { taken: [], refused: [] };

/**
 * Hinted handoff (Dynamo §4.6): what was kept for an owner goes to it when it is back, and the hint
 * goes when the owner says that it has it, or something that covers it.
 */
export interface HintHandoff {
  /** Delivers all that is kept for the peer. Rejects when it can be reached no longer. */
  deliver(peer: PeerId, signal: AbortSignal): Promise<void>;
  /** Delivers to every owner that can be reached; hints for who owns no longer change address. */
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
    readonly intake: Pick<Intake, 'alone'>;
    readonly sender: PutSender;
    readonly copies: KnownCopies;
    keeps(account: PartitionKey): boolean;
  },
): HintHandoff {
  const { clock, logger, metrics, store, view, detector, intake, sender, copies } = components;
  const running = new Map<PeerId, Promise<void>>();
  const refused = new Map<string, number>();
  /** When all hints for a member were last looked through (monotonic ms). */
  const reviewed = new Map<PeerId, number>();
  view.on('changed', () => {
    reviewed.clear();
    // Under the new lists they may be taken.
    refused.clear();
  });

  const refusalOf = (peer: PeerId, hash: Hash): string => `${peer} ${hash}`;
  function isRefused({ owner, hash }: Hint): boolean {
    return (refused.get(refusalOf(owner, hash)) ?? 0) > clock.monotonicMs();
  }
  function noteRefused(peer: PeerId, hash: Hash): void {
    refused.delete(refusalOf(peer, hash));
    refused.set(refusalOf(peer, hash), clock.monotonicMs() + REFUSED_MS);
    const [oldest] = refused.keys();
    if (refused.size > MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
  }
  async function deliverItem(peer: PeerId, hints: readonly Hint[], signal: AbortSignal) {
    const [first] = hints;
    if (first === undefined) return;
    const { key } = first;
    const siblings = await store.read(key);
    const parcel = { key, versions: siblings, listed: false, signal };
    const sent = siblings.length === 0 ? NOTHING : await sendOrNote(peer, parcel, hints);
    for (const { hash } of sent.taken) copies.held(hash, peer);
    // What a hint names may have been replaced here since: what covers it was sent.
    const isDone = ({ hash, dot }: Hint): boolean =>
      sent.refused.length === 0 ||
      sent.taken.some((one) => one.hash === hash || containsDot(one.context, dot));
    const done = hints.filter(isDone);
    await store.deleteHints(done);
    metrics.count('carrossel_hints_delivered_total', {}, done.length);
    for (const hint of hints) if (!isDone(hint)) noteRefused(peer, hint.hash);
    for (const { error } of sent.refused) {
      logger.warn('an owner refused what was kept for it', { peer, code: error.code });
    }
  }
  /** What is no silence, nor of one version (a full disk), is a refusal of all for a while. */
  async function sendOrNote(
    peer: PeerId,
    parcel: Parcel,
    hints: readonly Hint[],
  ): Promise<SentApart> {
    try {
      return await sendApart(sender, peer, parcel);
    } catch (error) {
      const known = toAppError(error);
      if (isSilence(known)) throw known;
      for (const { hash } of hints) noteRefused(peer, hash);
      return { taken: [], refused: parcel.versions.map((version) => ({ version, error: known })) };
    }
  }
  async function deliver(peer: PeerId, signal: AbortSignal): Promise<void> {
    let page = PAGE;
    for (;;) {
      const hints = await store.hintsFor(peer, page);
      const items = groupByItem(hints.filter((hint) => !isRefused(hint)));
      if (items.length === 0) {
        if (hints.length < page) return;
        // Those at the front were refused: look behind them.
        page *= 4;
        continue;
      }
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
   * Hints of one item for a member that owns it no longer go to who does (DESIGN §2); who keeps the
   * account itself needs none, since exchange sees to the owners.
   */
  async function readdress(hints: readonly Hint[]): Promise<void> {
    const [first] = hints;
    if (first === undefined) return;
    const { key } = first;
    const { owners } = view.listOf(key.partitionKey);
    // First, so that they leave room. The item stays, and as a stray it is offered to all owners
    // even if the new hints find none.
    await store.deleteHints(hints);
    if (components.keeps(key.partitionKey)) return;
    const hintsFor = owners.filter((peer) => peer !== view.self);
    await intake.alone(key, async () => {
      const siblings = await store.read(key);
      if (siblings.length > 0) await store.merge(key, siblings, { hintsFor });
    });
  }
  /** Looks through all hints for the peer; again when lists have changed, or after a while. */
  async function reviewHints(peer: PeerId, signal: AbortSignal): Promise<void> {
    const now = clock.monotonicMs();
    if ((reviewed.get(peer) ?? -REVIEW_MS) + REVIEW_MS > now) return;
    reviewed.set(peer, now);
    let page = PAGE;
    while (!signal.aborted) {
      const hints = await store.hintsFor(peer, page);
      const stale = hints.filter(({ key }) => !view.isKeeper(key.partitionKey, peer));
      for (const item of groupByItem(stale)) {
        await readdress(item).catch((error: unknown) => {
          logger.debug('a hint could not be readdressed', { code: toAppError(error).code });
        });
      }
      // What is stale is gone; the others stay in front of those not looked at yet.
      if (hints.length < page) return;
      if (stale.length === 0) page *= 4;
    }
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
        await reviewHints(peer, signal).catch((error: unknown) => {
          logger.debug('hints could not be readdressed', { peer, code: toAppError(error).code });
        });
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
