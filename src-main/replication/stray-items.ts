import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import {
  itemKeyString,
  type Hash,
  type ItemKey,
  type PartitionKey,
  type PeerId,
} from '../domain/ids.ts';
import { fitFrame } from '../network/messages/codec.ts';
import { putMessage } from '../network/messages/put.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { FirstContact } from './first-contact.ts';
import type { Intake } from './intake.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';
import type { PutSender } from './put-sender.ts';
import type { RingView } from './ring-view.ts';
import { sendApart } from './send-apart.ts';

const PAGE = 200;
/** An item that an owner did not take (another list, a full disk) is not offered for so long. */
const REST_MS = 30_000;
/** The same while this member leaves: all of them have to be gone before it has left. */
const HURRIED_REST_MS = 2000;
const MAX_RESTING = 10_000;

/**
 * Items here that this member neither owns nor holds: kept as a fallback, or owned before the list
 * changed. Each goes to all its owners, and leaves this disk when every one of them says in the
 * same sweep that it has it, whatever it said before: it may have lost it since (DESIGN §2: data
 * found that this member does not own is treated as a hint).
 */
export interface StrayItems {
  /** @param options.hurry offers what was not taken again soon. @default false */
  sweep(signal: AbortSignal, options?: { readonly hurry?: boolean }): Promise<void>;
}

/** What is to leave this disk: these versions of the item, for the owners of that list. */
interface Handover {
  readonly key: ItemKey;
  readonly siblings: readonly SignedVersion[];
  readonly listHash: Hash;
}

export function createStrayItems(components: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly intake: Intake;
  readonly sender: PutSender;
  readonly calls: MemberCalls;
  readonly contact: FirstContact;
  readonly counters: OwnCounters;
  readonly copies: KnownCopies;
  keeps(account: PartitionKey): boolean;
}): StrayItems {
  const { clock, logger, store, view, detector, intake, sender, calls } = components;
  const { contact, counters, copies, keeps } = components;
  /** Items that an owner did not take, since when (monotonic ms). */
  const resting = new Map<string, number>();
  /** How often lists have changed. */
  let changes = 0;
  view.on('changed', () => {
    changes++;
  });

  /** Sends what the owner is not known to have, while another one cannot be asked. */
  async function offer(owner: PeerId, key: ItemKey, signal: AbortSignal): Promise<void> {
    const siblings = await store.read(key);
    const versions = siblings.filter((version) => !copies.of(version).has(owner));
    if (versions.length === 0) return;
    const { taken } = await sendApart(sender, owner, { key, versions, listed: false, signal });
    for (const { hash } of taken) copies.held(hash, owner);
  }
  /**
   * Resolves when the owner said now that it has all of these, or what covers them, and that it
   * goes by the same list. Both in one answer: else two members, each taking the other for the
   * owner, could both let go. What it lacks it gets by that very question.
   */
  async function confirm(
    owner: PeerId,
    { key, siblings, listHash }: Handover,
    signal: AbortSignal,
  ): Promise<void> {
    await contact.with(owner, key.partitionKey);
    let left = siblings;
    while (left.length > 0) {
      const versions = fitFrame(left.map((version) => version.bytes));
      const leaving = left.slice(0, versions.length);
      await counters.letOut(leaving);
      counters.checkNames(leaving);
      const request = { listHash, sloppy: false, hintsFor: [], key, versions };
      const { each } = await calls.call(owner, putMessage, request, { signal });
      if (each.length !== versions.length) throw new AppError('BAD_ENCODING', 'Answers lack.');
      left = left.slice(versions.length);
    }
    for (const { hash } of siblings) copies.held(hash, owner);
  }
  async function confirmAll(handover: Handover, owners: readonly PeerId[], signal: AbortSignal) {
    for (const owner of owners) {
      try {
        await confirm(owner, handover, signal);
      } catch (error) {
        if (!isAppError(error, 'DEVICE_UNKNOWN')) throw error;
        // The sender brings the account's devices along.
        const { key, siblings: versions } = handover;
        await sender.send(owner, { key, versions, listed: false, signal });
        await confirm(owner, handover, signal);
      }
    }
  }
  async function handOver(key: ItemKey, signal: AbortSignal): Promise<void> {
    const { owners, hash: listHash } = view.listOf(key.partitionKey);
    if (owners.length === 0 || owners.includes(view.self)) return;
    if (!owners.every((owner) => detector.isReachable(owner))) {
      for (const owner of owners) if (detector.isReachable(owner)) await offer(owner, key, signal);
      return;
    }
    const siblings = await store.read(key);
    const before = changes;
    await confirmAll({ key, siblings, listHash }, owners, signal);
    const confirmed = new Set(siblings.map((version) => version.hash));
    await intake.alone(key, async () => {
      // Once more while nothing can be merged: what came meanwhile was acknowledged, and stays.
      if (changes !== before || keeps(key.partitionKey)) return;
      const held = await store.read(key);
      if (held.every((version) => confirmed.has(version.hash))) await store.drop([key]);
    });
  }
  function rest(key: ItemKey, error: unknown): void {
    const { code } = toAppError(error);
    logger.debug('an item could not be handed over', { code });
    const name = itemKeyString(key);
    resting.delete(name);
    resting.set(name, clock.monotonicMs());
    const [oldest] = resting.keys();
    if (resting.size > MAX_RESTING && oldest !== undefined) resting.delete(oldest);
  }
  const isResting = (key: ItemKey, restMs: number): boolean => {
    const since = resting.get(itemKeyString(key));
    return since !== undefined && clock.monotonicMs() - since < restMs;
  };
  async function sweepAccount(
    account: PartitionKey,
    restMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const range = { partitionKey: account, limit: PAGE };
      const items = await store.summaries(after === undefined ? range : { ...range, after });
      for (const { key } of items) {
        if (signal.aborted || keeps(account)) return;
        if (isResting(key, restMs)) continue;
        await handOver(key, signal).catch((error: unknown) => {
          rest(key, error);
        });
      }
      after = items.at(-1)?.key.sortKey;
      if (items.length < PAGE || after === undefined) return;
    }
  }
  return {
    async sweep(signal, { hurry = false } = {}) {
      const owned = view.lists.keptBy(view.self);
      const strange = new Set<number>();
      for (let p = 0; p < view.placement.q; p++) if (!owned.has(p)) strange.add(p);
      if (strange.size === 0) return;
      for (const account of await store.accountsIn(strange)) {
        if (keeps(account)) continue;
        await sweepAccount(account, hurry ? HURRIED_REST_MS : REST_MS, signal);
      }
    },
  };
}
