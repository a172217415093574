import { AppError } from '../base/app-error.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { changedNotice, type ChangedNotice } from '../network/messages/watch.ts';
import type { Transport } from '../network/transport.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { nameOf } from './handlers/get.ts';
import type { KnownCopies } from './known-copies.ts';
import type { SessionBook } from './session-book.ts';
import type { Timings } from './timings.ts';

/** Changed items that wait for one subscriber; beyond them it is told that there is a gap. */
const MAX_WAITING = 2000;
/** Accounts one member may watch. */
const MAX_ACCOUNTS = 1024;

interface Subscriber {
  readonly peer: PeerId;
  readonly account: PartitionKey;
  /** The latest names of each changed item. */
  readonly waiting: Map<string, ChangedNotice['changes'][number]['names']>;
  gap: boolean;
  cancel: Cancel | undefined;
}

/** Tells members with a session what changes in an account, gathered and bounded (DESIGN §2). */
export interface WatchServer {
  /** @throws LIMIT_EXCEEDED when the member watches too many accounts. */
  subscribe(peer: PeerId, account: PartitionKey): void;
  unsubscribe(peer: PeerId, account: PartitionKey): void;
  /** Lists changed: ends the subscriptions of members that may not read the account any more. */
  review(): void;
  /** Ends all subscriptions. */
  close(): void;
}

export function createWatchServer(
  init: { readonly timings: Timings },
  components: {
    readonly clock: Clock;
    readonly store: ItemStore;
    readonly transport: Transport;
    readonly book: SessionBook;
    readonly copies: Pick<KnownCopies, 'isHeldBy'>;
  },
): WatchServer {
  const { clock, store, transport, book, copies } = components;
  const byAccount = new Map<PartitionKey, Map<PeerId, Subscriber>>();
  const byPeer = new Map<PeerId, Set<PartitionKey>>();

  function unsubscribe(peer: PeerId, account: PartitionKey): void {
    const subscribers = byAccount.get(account);
    subscribers?.get(peer)?.cancel?.();
    subscribers?.delete(peer);
    if (subscribers?.size === 0) byAccount.delete(account);
    const accounts = byPeer.get(peer);
    accounts?.delete(account);
    if (accounts?.size === 0) byPeer.delete(peer);
  }
  function unsubscribeAll(peer: PeerId, ends: (account: PartitionKey) => boolean): void {
    for (const account of [...(byPeer.get(peer) ?? [])]) {
      if (ends(account)) unsubscribe(peer, account);
    }
  }
  function flush(to: Subscriber): void {
    to.cancel = undefined;
    if (!book.may(to.peer, to.account)) {
      unsubscribe(to.peer, to.account);
      return;
    }
    // Its own writes came from it: most of what a busy device would be told of.
    const changes = [...to.waiting]
      .map(([sortKey, names]) => ({ sortKey, names }))
      .filter(({ names }) => !names.every(({ hash }) => copies.isHeldBy(hash, to.peer)));
    if (changes.length === 0 && !to.gap) {
      to.waiting.clear();
      return;
    }
    const notice = { partitionKey: to.account, changes, versions: [], gap: to.gap };
    const body = changedNotice.encodeRequest(notice);
    const sent = transport.notify(to.peer, changedNotice.verb, body);
    to.waiting.clear();
    to.gap = !sent;
    // Its buffer was full: what it missed it learns of with the next notice, and compares.
    if (!sent && transport.isConnected(to.peer)) schedule(to);
  }
  function schedule(to: Subscriber): void {
    to.cancel ??= clock.schedule(init.timings.watchGatherMs, () => {
      flush(to);
    });
  }
  store.on('changed', ({ key, siblings, added }) => {
    if (added.length === 0) return;
    for (const to of byAccount.get(key.partitionKey)?.values() ?? []) {
      if (to.waiting.size >= MAX_WAITING && !to.waiting.has(key.sortKey)) to.gap = true;
      else to.waiting.set(key.sortKey, siblings.map(nameOf));
      schedule(to);
    }
  });
  book.onClosed(unsubscribe);
  // A member that comes back subscribes anew, with a session of the new connection.
  transport.on('down', ({ peer }) => {
    unsubscribeAll(peer, () => true);
  });
  return {
    unsubscribe,
    subscribe(peer, account) {
      const subscribers = byAccount.get(account) ?? new Map<PeerId, Subscriber>();
      if (subscribers.has(peer)) return;
      const accounts = byPeer.get(peer) ?? new Set();
      if (accounts.size >= MAX_ACCOUNTS) {
        throw new AppError('LIMIT_EXCEEDED', 'Too many accounts are watched on one connection.', {
          details: { max: MAX_ACCOUNTS },
        });
      }
      byAccount.set(account, subscribers);
      byPeer.set(peer, accounts.add(account));
      const waiting: Subscriber['waiting'] = new Map();
      subscribers.set(peer, { peer, account, waiting, gap: false, cancel: undefined });
    },
    review() {
      for (const peer of [...byPeer.keys()]) {
        unsubscribeAll(peer, (account) => !book.may(peer, account));
      }
    },
    close() {
      for (const peer of [...byPeer.keys()]) unsubscribeAll(peer, () => true);
    },
  };
}
