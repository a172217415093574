import { AppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { dotString, type Dot } from '../domain/causal-context.ts';
import type { ActorId, Hash, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import { counterMessage } from '../network/messages/counter.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';

/** Actors asked about in one request. */
const PAGE = 200;
/** Outbox entries whose names are looked through; later ones are caught by their counters. */
const MAX_OUTBOX = 100_000;

/**
 * Watches for signs of another life of this store under the same epoch (a restored backup, a copied
 * folder): a dot of an own actor, met in any version, context or answer, that this life cannot have
 * let out; or one that it gave to other bytes. Then a new epoch is made at once and the outbox
 * issued again under new dots (DESIGN §2 Epochs). The store's birthmark prevents most of this
 * (decision 0301); this heals the rest.
 */
export interface EpochGuard {
  /** To be called with verified versions from elsewhere before they are merged. */
  inspect(account: PartitionKey, versions: readonly SignedVersion[]): Promise<void>;
  /**
   * A member told the greatest counter it knows of an actor; true when the epoch was renewed. Such
   * word alone is believed once a member and process.
   * @throws ABORTED when it is not believed: nothing else that the member answered counts either.
   */
  told(peer: PeerId, account: PartitionKey, actor: ActorId, highest: number): Promise<boolean>;
  /**
   * Asks a member for the counters of our actors: before anything of the outbox goes to it.
   * @throws ABORTED as `told` does.
   */
  compareWith(peer: PeerId, accounts: readonly PartitionKey[], signal: AbortSignal): Promise<void>;
}

interface Sign {
  readonly account: PartitionKey;
  readonly dot: Dot;
  readonly reason: string;
  /** The member whose word is all there is. */
  readonly wordOf?: PeerId;
}

export function createEpochGuard(components: {
  readonly store: ItemStore;
  readonly counters: OwnCounters;
  readonly calls: MemberCalls;
  /** Issues the outbox again after the epoch was renewed; gives the old hash of each that was. */
  reissue(abandoned: StoreEpoch, disputed: Dot): Promise<readonly Hash[]>;
  renewed(reason: string): void;
  /** A member tells again and again of another life without showing anything of it. */
  distrusted(peer: PeerId): void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): EpochGuard {
  const { store, counters, calls, logger } = components;
  const believed = new Set<PeerId>();
  let renewing: Promise<void> | undefined;
  let outbox: Promise<ReadonlyMap<string, Hash>> | undefined;
  store.on('outbox', () => {
    outbox = undefined;
  });

  async function renew({ reason, dot }: Sign): Promise<void> {
    logger.warn('another life of this store has written: a new epoch begins', { reason });
    const abandoned = store.epoch;
    const reissue = async (): Promise<readonly Hash[]> => {
      await store.renewEpoch();
      components.metrics.count('carrossel_epochs_renewed_total');
      return components.reissue(abandoned, dot);
    };
    const reissued = reissue();
    counters.abandon(abandoned, reissued);
    logger.info('the outbox was issued again', { versions: (await reissued).length });
    components.renewed(reason);
  }
  /** One renewal at a time; whoever finds the same sign meanwhile waits for it. */
  async function act(sign: Sign): Promise<boolean> {
    if (renewing === undefined) {
      const { wordOf } = sign;
      if (sign.dot.actor !== counters.actorOf(sign.account)) return false;
      if (wordOf !== undefined && believed.has(wordOf)) {
        components.distrusted(wordOf);
        throw new AppError('ABORTED', 'A member tells of another life of this store once more.');
      }
      if (wordOf !== undefined) believed.add(wordOf);
      renewing = renew(sign).finally(() => {
        renewing = undefined;
      });
    }
    await renewing;
    return true;
  }
  async function suspect(sign: Sign): Promise<boolean> {
    const { account, dot } = sign;
    if (renewing === undefined) {
      if (dot.actor !== counters.actorOf(account)) return false;
      if (!(await counters.isForeign(account, dot.counter))) return false;
    }
    return act(sign);
  }
  async function outboxNames(): Promise<ReadonlyMap<string, Hash>> {
    const entries = (await store.outboxSize()) === 0 ? [] : await store.outbox(MAX_OUTBOX);
    return new Map(entries.map(({ dot, hash }) => [dotString(dot), hash]));
  }
  /** True when this life gave the version's dot to other bytes. */
  async function contradicts({ key, dot, hash }: SignedVersion): Promise<boolean> {
    const held = (await store.read(key)).filter(
      (one) => one.dot.actor === dot.actor && one.dot.counter === dot.counter,
    );
    // Both here already: that was told when the second came.
    if (held.some((one) => one.hash === hash)) return false;
    if (held.length > 0) return true;
    outbox ??= outboxNames();
    const given = (await outbox).get(dotString(dot));
    return given !== undefined && given !== hash;
  }
  return {
    async inspect(account, versions) {
      const highest = counters.highestOwn(account, versions);
      if (highest === 0) return;
      const actor = counters.actorOf(account);
      const dot = { actor, counter: highest };
      if (await suspect({ account, dot, reason: 'met in a version' })) return;
      for (const version of versions) {
        if (version.dot.actor !== actor || !(await contradicts(version))) continue;
        await act({ account, dot: version.dot, reason: 'one name, two versions' });
        return;
      }
    },
    told: (peer, account, actor, counter) =>
      suspect({ account, dot: { actor, counter }, reason: 'told by a member', wordOf: peer }),
    async compareWith(peer, accounts, signal) {
      for (let at = 0; at < accounts.length; at += PAGE) {
        const page = accounts.slice(at, at + PAGE);
        const actors = page.map((account) => counters.actorOf(account));
        const told = await calls.call(peer, counterMessage, { actors }, { signal, again: true });
        for (const [i, account] of page.entries()) {
          const actor = actors[i];
          if (actor === undefined) continue;
          const dot = { actor, counter: told.counters[i] ?? 0 };
          await suspect({ account, dot, reason: 'compared at start', wordOf: peer });
        }
      }
    },
  };
}
