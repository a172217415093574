import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { watchMessage, type ChangedNotice } from '../network/messages/watch.ts';
import type { Transport } from '../network/transport.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountCompare } from './account-compare.ts';
import { createLanes, type Background } from './bounded-work.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import type { RingView } from './ring-view.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { VersionPull } from './version-pull.ts';

/** A holder that could not be watched is tried again after this. */
const AGAIN_MS = 5000;
/**
 * Accounts at once that watching one holder begins for. When somebody has come in that is all of
 * them, with a login each, in the moment in which people's requests wait for new lists.
 */
const BEGIN_WIDTH = 2;

/**
 * Keeps the items of held accounts fresh (DESIGN §2 Reads): watches each reachable holder, compares
 * once when a watch begins and after gaps, and fetches what changed.
 */
export interface WatchClient {
  /** Watches who is to be watched now and is not yet; called often, does little. */
  refresh(): void;
  changed(from: PeerId, notice: ChangedNotice): Promise<void>;
  /** Compares an account with all its reachable holders; `onEach` as each is done. */
  syncAll(account: PartitionKey, signal: AbortSignal, onEach: () => void): Promise<void>;
  /** Compares an account with one holder. */
  sync(peer: PeerId, account: PartitionKey, signal: AbortSignal): Promise<void>;
  /** Members that keep the account and can be reached. */
  holders(account: PartitionKey): readonly PeerId[];
}

export function createWatchClient(components: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly calls: MemberCalls;
  readonly held: HeldAccounts;
  readonly sessions: SessionKeeper;
  readonly pull: VersionPull;
  readonly exchange: AccountCompare;
  readonly store: Pick<ItemStore, 'accountDigest' | 'on'>;
  readonly copies: KnownCopies;
  readonly background: Background;
  synced(account: PartitionKey, peer: PeerId): void;
}): WatchClient {
  const { clock, logger, transport, view, detector, held, sessions, background } = components;
  /** By account: who is watched, or when to try again (monotonic ms). */
  const watched = new Map<PartitionKey, Map<PeerId, 'on' | number>>();
  const syncing = new Map<string, Promise<void>>();
  const lanes = createLanes(
    { what: 'watch', width: BEGIN_WIDTH },
    {
      background,
      onError: (error) => {
        logger.debug('a watch did not begin', { code: toAppError(error).code });
      },
    },
  );

  /** Reachable owners, and as many fallbacks as owners are missing (they answer for them). */
  function holders(account: PartitionKey): readonly PeerId[] {
    const { n, walk } = view.listOf(account);
    const reachable = [...walk()].filter((peer) => detector.isReachable(peer));
    return reachable.slice(0, n).filter((peer) => peer !== view.self);
  }
  function sync(peer: PeerId, account: PartitionKey, signal: AbortSignal): Promise<void> {
    const name = `${peer}/${account}`;
    const known = syncing.get(name);
    if (known !== undefined) return known;
    const run = sessions
      .within(peer, account, { signal }, () =>
        components.exchange.sync(peer, account, { listHash: null, signal }),
      )
      .then((same) => {
        if (same) components.synced(account, peer);
      })
      .finally(() => syncing.delete(name));
    syncing.set(name, run);
    return run;
  }
  /** Subscribes first, compares then: nothing falls in between. Roots tell if that is needed. */
  async function watch(peer: PeerId, account: PartitionKey, signal: AbortSignal): Promise<void> {
    const request = { partitionKey: account, on: true };
    const { digest } = await sessions.within(peer, account, { signal }, () =>
      components.calls.call(peer, watchMessage, request, { signal }),
    );
    const mark = components.copies.mark(account);
    if ((await components.store.accountDigest(account)) !== digest) {
      await sync(peer, account, signal);
      return;
    }
    components.copies.equal(account, peer, mark);
    components.synced(account, peer);
  }
  function begin(peer: PeerId, account: PartitionKey, states: Map<PeerId, 'on' | number>): void {
    states.set(peer, 'on');
    lanes.run(peer, async (signal) => {
      // Gone, or no holder any more, since it was its turn to wait.
      if (states.get(peer) !== 'on') return;
      try {
        await watch(peer, account, signal);
      } catch (error) {
        logger.debug('an account could not be watched', { peer, code: toAppError(error).code });
        if (states.get(peer) === 'on') states.set(peer, clock.monotonicMs() + AGAIN_MS);
      }
    });
  }
  function end(peer: PeerId, account: PartitionKey): void {
    if (!transport.isConnected(peer)) return;
    const request = watchMessage.encodeRequest({ partitionKey: account, on: false });
    transport.notify(peer, watchMessage.verb, request);
  }
  function refresh(): void {
    const now = clock.monotonicMs();
    for (const account of held.all()) {
      const states = watched.get(account) ?? new Map<PeerId, 'on' | number>();
      watched.set(account, states);
      const wanted = holders(account);
      for (const peer of wanted) {
        const state = states.get(peer);
        if (state === undefined || (state !== 'on' && state <= now)) begin(peer, account, states);
      }
      for (const peer of [...states.keys()]) {
        if (wanted.includes(peer)) continue;
        states.delete(peer);
        end(peer, account);
      }
    }
  }
  // Who did not know this machine's device is handed what came: it need not wait for its turn.
  components.store.on('changed', ({ key: { partitionKey, sortKey } }) => {
    if (sortKey !== DEVICES_SORT_KEY || !held.has(partitionKey)) return;
    const states = watched.get(partitionKey) ?? new Map<PeerId, 'on' | number>();
    for (const [peer, state] of [...states]) if (state !== 'on') begin(peer, partitionKey, states);
  });
  transport.on('down', ({ peer }) => {
    for (const states of watched.values()) states.delete(peer);
  });
  held.on('released', ({ partitionKey }) => {
    for (const peer of watched.get(partitionKey)?.keys() ?? []) end(peer, partitionKey);
    watched.delete(partitionKey);
  });
  return {
    refresh,
    holders,
    sync,
    async changed(from, notice) {
      const { partitionKey } = notice;
      if (watched.get(partitionKey)?.has(from) !== true) return;
      const { signal } = background;
      for (const { hash } of notice.changes.flatMap((change) => change.names)) {
        components.copies.held(hash, from);
      }
      if (notice.gap) return sync(from, partitionKey, signal);
      await sessions.within(from, partitionKey, { signal }, () =>
        components.pull.missing(from, partitionKey, notice.changes, { signal }),
      );
    },
    async syncAll(account, signal, onEach) {
      held.require(account);
      const all = holders(account).map((peer) =>
        sync(peer, account, signal).then(onEach, (error: unknown) => {
          logger.debug('a holder did not answer', { peer, code: toAppError(error).code });
        }),
      );
      await Promise.all(all);
    },
  };
}
