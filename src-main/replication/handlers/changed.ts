import { changedNotice } from '../../network/messages/watch.ts';
import type { WatchClient } from '../watch-client.ts';
import type { Handling } from './handling.ts';

/** Live changes of accounts that this member watches. */
export function handleChanged(
  handling: Handling,
  components: { readonly watcher: WatchClient },
): void {
  handling.notice(changedNotice, async (notice, { from }) => {
    await components.watcher.changed(from, notice);
  });
}
