import { fitFrame } from '../../network/messages/codec.ts';
import { fetchMessage } from '../../network/messages/fetch.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { OwnCounters } from '../own-counters.ts';
import type { FirstContact } from '../first-contact.ts';
import type { SessionBook } from '../session-book.ts';
import type { Handling } from './handling.ts';

const NOTHING = new Uint8Array(0);

/** Versions by item and hash, as many of the first as fit a frame; null for what is not here. */
export function handleFetch(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly book: SessionBook;
    readonly contact: FirstContact;
    readonly counters: OwnCounters;
  },
): void {
  const { store, book, counters, contact } = components;
  handling.answer(fetchMessage, async ({ partitionKey, wanted }, { from }) => {
    book.check(from, partitionKey);
    await contact.with(from, partitionKey);
    const found = await Promise.all(
      wanted.map(async ({ sortKey, hash }) => {
        const held = await store.read({ partitionKey, sortKey });
        return held.find((version) => version.hash === hash);
      }),
    );
    const fitting = fitFrame(found.map((version) => version?.bytes ?? NOTHING)).length;
    const given = found.slice(0, fitting);
    const leaving = given.filter((version) => version !== undefined);
    await counters.letOut(leaving);
    counters.checkNames(leaving);
    return { versions: given.map((version) => version?.bytes ?? null) };
  });
}
