import { listMessage } from '../../network/messages/list.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { RingView } from '../ring-view.ts';
import type { FillMarks } from '../fill-marks.ts';
import type { FirstContact } from '../first-contact.ts';
import type { SessionBook } from '../session-book.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';

/** Items in one answer, whatever was asked for. */
const MAX_PAGE = 1000;

/** A page of an account's items by sort key: names and sizes, no bytes. */
export function handleList(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly view: RingView;
    readonly book: SessionBook;
    readonly contact: FirstContact;
    readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
  },
): void {
  const { store, view, book, contact, fillMarks } = components;
  handling.answer(listMessage, async ({ listHash, range }, { from }) => {
    book.check(from, range.partitionKey);
    await contact.with(from, range.partitionKey);
    checkList(view, range.partitionKey, listHash);
    const limit = Math.min(range.limit, MAX_PAGE);
    const found = await store.summaries({ ...range, limit });
    const items = found.map(({ key, versions }) => ({ sortKey: key.sortKey, names: versions }));
    const owner = view.isOwner(range.partitionKey, view.self);
    const unfilled = fillMarks.isUnfilled(view.listOf(range.partitionKey).partition);
    return { owner, unfilled, items, more: items.length === limit };
  });
}
