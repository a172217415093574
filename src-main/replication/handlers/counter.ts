import { counterMessage } from '../../network/messages/counter.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { Handling } from './handling.ts';

/** The greatest counters known of actors: how a restored store learns that it is one. */
export function handleCounter(handling: Handling, components: { readonly store: ItemStore }): void {
  const { store } = components;
  handling.answer(counterMessage, async ({ actors }) => ({
    counters: await Promise.all(actors.map((actor) => store.highestKnownCounter(actor))),
  }));
}
