import { AppError } from '../../base/app-error.ts';
import { counterMessage } from '../../network/messages/counter.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { Handling } from './handling.ts';

/** Actors in one request; a member asks for 200 of its own at a time (EpochGuard). */
const MAX_ACTORS = 256;

/**
 * The greatest counters known of actors: how a restored store learns that it is one. Any member is
 * answered, since this comes before the first session and the first write. An actor does not tell
 * whose it is (it is a hash of peer, epoch and account), so who may know it cannot be checked here;
 * nor can it be guessed: who asks has seen a version of the account, or is its writer.
 */
export function handleCounter(handling: Handling, components: { readonly store: ItemStore }): void {
  const { store } = components;
  handling.answer(counterMessage, async ({ actors }) => {
    if (actors.length > MAX_ACTORS) {
      throw new AppError('LIMIT_EXCEEDED', 'Too many actors in one request.', {
        details: { max: MAX_ACTORS },
      });
    }
    return {
      counters: await Promise.all(actors.map((actor) => store.highestKnownCounter(actor))),
    };
  });
}
