/** Turns what happens below into "something changed" for readers of the event stream. */
import { toAppError } from '../base/app-error.ts';
import { createEmitter, type Emitter } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import { mergeCart } from '../domain/cart-merge.ts';
import type { ItemKey } from '../domain/ids.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { NAME_SORT_KEY } from './account-name.ts';
import type { Account } from './account.ts';
import { CART_PREFIX, type CartVersions } from './cart-versions.ts';
import { createChangeFeed, type ChangeFeed } from './change-feed.ts';
import type { Deliveries } from './deliveries.ts';
import { isOrderKey } from './order-book.ts';
import type { RingServices } from './ring-lifecycle.ts';
import { SHARE_PREFIX } from './share-item.ts';
import type { Change } from './views.ts';

const OWN_KEYS: ReadonlySet<string> = new Set([DEVICES_SORT_KEY, NAME_SORT_KEY]);

export interface AppChanges {
  readonly feed: ChangeFeed;
  readonly deliveries: Deliveries;
  /** Follows the items of the accounts this machine is logged in to. */
  start(accountOf: (key: ItemKey) => Account | undefined): void;
  /** Follows the floors of a ring that was opened. */
  attach(services: RingServices): void;
  stop(): void;
}

export function createAppChanges(components: {
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly versions: CartVersions;
}): AppChanges {
  const { logger, store, versions } = components;
  const feed = createChangeFeed();
  const deliveries: Emitter<{ moved: { readonly key: ItemKey } }> = createEmitter((error) => {
    logger.warn('a watcher failed', { error: toAppError(error).message });
  });
  let unsubscribe = (): void => undefined;
  let accountOf: (key: ItemKey) => Account | undefined = () => undefined;

  function changeOf(key: ItemKey, siblings: readonly SignedVersion[]): Change | undefined {
    const account = accountOf(key);
    if (account === undefined) return undefined;
    const { partitionKey, sortKey } = key;
    if (OWN_KEYS.has(sortKey) || sortKey.startsWith(SHARE_PREFIX)) {
      return { type: 'accounts' };
    }
    if (isOrderKey(sortKey)) return { type: 'orders' };
    if (!sortKey.startsWith(CART_PREFIX)) return { type: 'item', account: partitionKey, sortKey };
    const conflict = siblings.length > 1 && account.canOpen() && isConflict(account, siblings);
    return { type: 'cart', account: partitionKey, id: sortKey.slice(CART_PREFIX.length), conflict };
  }
  const isConflict = (account: Account, siblings: readonly SignedVersion[]): boolean => {
    try {
      return mergeCart(versions.open(account, siblings)).conflict;
    } catch {
      return true; // cannot be opened here yet: whoever shows it will see
    }
  };

  return {
    feed,
    deliveries,
    start(of) {
      accountOf = of;
      unsubscribe = store.on('changed', ({ key, siblings }) => {
        const change = changeOf(key, siblings);
        if (change !== undefined) feed.publish(change);
      });
    },
    attach({ members, transport, replication }) {
      const ring = (): void => {
        feed.publish({ type: 'ring' });
      };
      members.on('changed', ring);
      transport.on('up', ring);
      transport.on('down', ring);
      replication.on('delivery', ({ key }) => {
        deliveries.emit('moved', { key });
        if (accountOf(key) === undefined) return;
        feed.publish({ type: 'safety', account: key.partitionKey, sortKey: key.sortKey });
      });
    },
    stop() {
      unsubscribe();
      feed.end();
    },
  };
}
