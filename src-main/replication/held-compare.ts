import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { randomBelow, type Random } from '../base/random.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import { exchangeMessage } from '../network/messages/exchange.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import type { RingView } from './ring-view.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { WatchClient } from './watch-client.ts';

/** Accounts in one message. */
const PAGE = 500;

/**
 * A device compares the accounts that it is logged in to, and that are not among the partitions it
 * keeps, with holders of them: all that one holder has in one message.
 */
export interface HeldCompare {
  compare(signal: AbortSignal): Promise<void>;
}

export function createHeldCompare(components: {
  readonly random: Random;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly held: HeldAccounts;
  readonly calls: MemberCalls;
  readonly sessions: SessionKeeper;
  readonly copies: KnownCopies;
  readonly watcher: WatchClient;
  synced(account: PartitionKey, peer: PeerId): void;
}): HeldCompare {
  const { random, logger, store, view, held, calls, sessions, copies, watcher } = components;

  /** Each account with one of its holders, as few holders as a random order finds. */
  function drawn(): ReadonlyMap<PeerId, readonly PartitionKey[]> {
    const out = new Map<PeerId, PartitionKey[]>();
    for (const account of held.all()) {
      if (view.isKeeper(account, view.self)) continue;
      const holders = watcher.holders(account);
      const holder =
        holders.find((peer) => out.has(peer)) ?? holders[randomBelow(random, holders.length)];
      if (holder !== undefined) out.set(holder, [...(out.get(holder) ?? []), account]);
    }
    return out;
  }
  async function compareWith(
    peer: PeerId,
    accounts: readonly PartitionKey[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const account of accounts) {
      await sessions.within(peer, account, { signal }, () => Promise.resolve());
    }
    const mark = copies.mark();
    const own = await Promise.all(
      accounts.map(async (partitionKey) => {
        return { partitionKey, digest: (await store.accountDigest(partitionKey)) as Hash };
      }),
    );
    const { differ } = await calls.call(peer, exchangeMessage, { accounts: own }, { signal });
    const differs = new Set(differ.map((one) => one.partitionKey));
    for (const account of accounts) {
      if (differs.has(account)) {
        await watcher.sync(peer, account, signal);
        continue;
      }
      copies.equal(account, peer, mark);
      components.synced(account, peer);
    }
  }
  return {
    async compare(signal) {
      for (const [peer, accounts] of drawn()) {
        for (let at = 0; at < accounts.length; at += PAGE) {
          await compareWith(peer, accounts.slice(at, at + PAGE), signal).catch((error: unknown) => {
            const { code } = toAppError(error);
            logger.debug('held accounts could not be compared', { peer, code });
          });
        }
      }
    },
  };
}
