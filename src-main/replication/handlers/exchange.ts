import type { Hash } from '../../domain/ids.ts';
import { exchangeMessage, type ExchangeAnswer } from '../../network/messages/exchange.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { FirstContact } from '../first-contact.ts';
import type { SessionBook } from '../session-book.ts';
import type { Handling } from './handling.ts';

const NOTHING_HERE = '0'.repeat(64);

/** Which of the accounts differ here. Accounts that the asker may not see are left out. */
export function handleExchange(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly book: SessionBook;
    readonly contact: FirstContact;
  },
): void {
  const { store, book, contact } = components;
  handling.answer(exchangeMessage, async ({ accounts }, { from }) => {
    const differ: ExchangeAnswer['differ'][number][] = [];
    for (const { partitionKey, digest } of accounts) {
      book.check(from, partitionKey);
      await contact.with(from, partitionKey);
      const own = (await store.accountDigest(partitionKey)) as Hash;
      if (own === digest) continue;
      differ.push({ partitionKey, digest: own === NOTHING_HERE ? null : own });
    }
    return { differ };
  });
}
