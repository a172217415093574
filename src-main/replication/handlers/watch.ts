import type { Hash } from '../../domain/ids.ts';
import { watchMessage } from '../../network/messages/watch.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { SessionBook } from '../session-book.ts';
import type { WatchServer } from '../watch-server.ts';
import type { Handling } from './handling.ts';

/** Subscribes first and reads the digest then, so that no change falls between the two. */
export function handleWatch(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly book: SessionBook;
    readonly watches: WatchServer;
  },
): void {
  const { store, book, watches } = components;
  handling.answer(watchMessage, async ({ partitionKey, on }, { from }) => {
    if (!on) watches.unsubscribe(from, partitionKey);
    // The digest is for those only who may read the account, also when a watch ends.
    book.check(from, partitionKey);
    if (on) watches.subscribe(from, partitionKey);
    return { digest: (await store.accountDigest(partitionKey)) as Hash };
  });
}
