import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { ActorId, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import { counterMessage } from '../network/messages/counter.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';

/** Actors asked about in one request. */
const PAGE = 200;

/**
 * Watches for signs of another life of this store under the same epoch (a restored backup, a copied
 * folder): a dot of an own actor, met in any version, context or answer, that this life cannot have
 * let out. Then a new epoch is made at once and the outbox issued again under new dots (DESIGN §2
 * Epochs). The store's birthmark prevents most of this (decision 0301); this heals the rest.
 */
export interface EpochGuard {
  /** To be called with versions from elsewhere before they are merged. */
  inspect(account: PartitionKey, versions: readonly SignedVersion[]): Promise<void>;
  /** Someone told the greatest counter it knows of an actor; true when the epoch was renewed. */
  told(account: PartitionKey, actor: ActorId, highest: number): Promise<boolean>;
  /** Asks a member for the counters of our actors: before anything of the outbox goes to it. */
  compareWith(peer: PeerId, accounts: readonly PartitionKey[], signal: AbortSignal): Promise<void>;
}

export function createEpochGuard(components: {
  readonly store: ItemStore;
  readonly counters: OwnCounters;
  readonly calls: MemberCalls;
  /** Issues the outbox again after the epoch was renewed; what it throws is logged. */
  reissue(abandoned: StoreEpoch): Promise<number>;
  renewed(reason: string): void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): EpochGuard {
  const { store, counters, calls, logger } = components;
  let renewing: Promise<void> | undefined;

  async function renew(reason: string): Promise<void> {
    logger.warn('another life of this store has written: a new epoch begins', { reason });
    const abandoned = store.epoch;
    await store.renewEpoch();
    components.metrics.count('carrossel_epochs_renewed_total');
    const count = await components.reissue(abandoned);
    logger.info('the outbox was issued again', { versions: count });
    components.renewed(reason);
  }
  /** One renewal at a time; whoever finds the same sign meanwhile waits for it. */
  async function suspect(
    account: PartitionKey,
    actor: ActorId,
    highest: number,
    reason: string,
  ): Promise<boolean> {
    if (renewing !== undefined) {
      await renewing;
      return true;
    }
    if (actor !== counters.actorOf(account)) return false;
    if (!(await counters.isForeign(account, highest))) return false;
    renewing ??= renew(reason).finally(() => {
      renewing = undefined;
    });
    await renewing;
    return true;
  }
  return {
    async inspect(account, versions) {
      const highest = counters.highestOwn(account, versions);
      if (highest === 0) return;
      await suspect(account, counters.actorOf(account), highest, 'met in a version');
    },
    told: (account, actor, highest) => suspect(account, actor, highest, 'told by a member'),
    async compareWith(peer, accounts, signal) {
      for (let at = 0; at < accounts.length; at += PAGE) {
        const page = accounts.slice(at, at + PAGE);
        for (const account of page) await counters.prepare(account);
        const actors = page.map((account) => counters.actorOf(account));
        const told = await calls.call(peer, counterMessage, { actors }, { signal });
        for (const [i, account] of page.entries()) {
          const actor = actors[i];
          const highest = told.counters[i] ?? 0;
          if (actor !== undefined) await suspect(account, actor, highest, 'compared at start');
        }
      }
    },
  };
}
