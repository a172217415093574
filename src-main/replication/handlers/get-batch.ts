import { getBatchMessage } from '../../network/messages/get-batch.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { FillMarks } from '../fill-marks.ts';
import type { Foreground } from '../foreground.ts';
import type { FirstContact } from '../first-contact.ts';
import type { RingView } from '../ring-view.ts';
import type { SessionBook } from '../session-book.ts';
import { nameOf } from './get.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';

/** Names of the siblings held here of each item asked for, whether as owner or from hints. */
export function handleGetBatch(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly view: RingView;
    readonly book: SessionBook;
    readonly contact: FirstContact;
    readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
    readonly foreground: Pick<Foreground, 'heard'>;
  },
): void {
  const { store, view, book, contact, fillMarks, foreground } = components;
  handling.answer(getBatchMessage, async ({ listHash, partitionKey, sortKeys }, { from }) => {
    foreground.heard();
    book.check(from, partitionKey);
    await contact.with(from, partitionKey);
    checkList(view, partitionKey, listHash);
    const held = await Promise.all(
      sortKeys.map((sortKey) => store.read({ partitionKey, sortKey })),
    );
    const items = held.map((siblings) => siblings.map(nameOf));
    const unfilled = fillMarks.isUnfilled(view.listOf(partitionKey).partition);
    return { owner: view.isOwner(partitionKey, view.self), unfilled, items };
  });
}
