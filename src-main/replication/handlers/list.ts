import { listMessage, type ListAnswer, type ListRange } from '../../network/messages/list.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { RingView } from '../ring-view.ts';
import type { FirstContact } from '../first-contact.ts';
import type { SessionBook } from '../session-book.ts';
import { nameOf } from './get.ts';
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
  },
): void {
  const { store, view, book, contact } = components;

  async function page(range: ListRange): Promise<ListAnswer['items']> {
    if (isPlain(range)) {
      const found = await store.summaries(range.partitionKey, range.after, range.limit);
      return found.map(({ key, versions }) => ({ sortKey: key.sortKey, names: versions }));
    }
    const found = await store.scan(range);
    return found.map(({ key, siblings }) => ({
      sortKey: key.sortKey,
      names: siblings.map(nameOf),
    }));
  }
  handling.answer(listMessage, async ({ listHash, range }, { from }) => {
    book.check(from, range.partitionKey);
    await contact.with(from, range.partitionKey);
    checkList(view, range.partitionKey, listHash);
    const limit = Math.min(range.limit, MAX_PAGE);
    const items = await page({ ...range, limit });
    const owner = view.isOwner(range.partitionKey, view.self);
    return { owner, items, more: items.length === limit };
  });
}

/** A plain page needs no item's bytes. */
function isPlain(range: ListRange): boolean {
  const { prefix, from, to, reverse } = range;
  return prefix === undefined && from === undefined && to === undefined && reverse !== true;
}
