import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { Intake } from './intake.ts';
import type { KnownCopies } from './known-copies.ts';
import type { PutSender } from './put-sender.ts';
import type { RingView } from './ring-view.ts';

const PAGE = 200;

/**
 * Items here that this member neither owns nor holds: kept as a fallback, or owned before the list
 * changed. Each goes to all its owners, and leaves this disk when every one of them is known to
 * have it (DESIGN §2: data found that this member does not own is treated as a hint).
 */
export interface StrayItems {
  sweep(signal: AbortSignal): Promise<void>;
}

export function createStrayItems(components: {
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly intake: Intake;
  readonly sender: PutSender;
  readonly copies: KnownCopies;
  keeps(account: PartitionKey): boolean;
}): StrayItems {
  const { logger, store, view, detector, intake, sender, copies, keeps } = components;

  async function hasAll(key: ItemKey): Promise<boolean> {
    const siblings = await store.read(key);
    const { owners } = view.listOf(key.partitionKey);
    if (owners.length === 0) return false;
    return siblings.every((version) => {
      const holders = copies.of(version);
      return owners.every((owner) => holders.has(owner));
    });
  }
  async function handOver(key: ItemKey, signal: AbortSignal): Promise<void> {
    const { owners } = view.listOf(key.partitionKey);
    for (const owner of owners) {
      const siblings = await store.read(key);
      const missing = siblings.filter((version) => !copies.of(version).has(owner));
      if (missing.length === 0 || owner === view.self || !detector.isReachable(owner)) continue;
      await sender.send(owner, { key, versions: missing, listed: false, signal });
      for (const { hash } of missing) copies.held(hash, owner);
    }
    if (!(await hasAll(key))) return;
    await intake.alone(key, async () => {
      // Once more while nothing can be merged: what came meanwhile was acknowledged, and stays.
      if (!keeps(key.partitionKey) && (await hasAll(key))) await store.drop([key]);
    });
  }
  async function sweepAccount(account: PartitionKey, signal: AbortSignal): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const items = await store.summaries(account, after, PAGE);
      for (const { key } of items) {
        if (signal.aborted || keeps(account)) return;
        await handOver(key, signal).catch((error: unknown) => {
          logger.debug('an item could not be handed over', { code: toAppError(error).code });
        });
      }
      after = items.at(-1)?.key.sortKey;
      if (items.length < PAGE || after === undefined) return;
    }
  }
  return {
    async sweep(signal) {
      const owned = view.placement.partitionsOf(view.self);
      const strange = new Set<number>();
      for (let p = 0; p < view.placement.q; p++) if (!owned.has(p)) strange.add(p);
      if (strange.size === 0) return;
      for (const account of await store.accountsIn(strange)) {
        if (!keeps(account)) await sweepAccount(account, signal);
      }
    },
  };
}
