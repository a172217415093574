import { AppError } from '../../base/app-error.ts';
import { accountsMessage } from '../../network/messages/accounts.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { RingView } from '../ring-view.ts';
import type { Handling } from './handling.ts';
import { checkPartitionList } from './list-check.ts';

/** Accounts in one answer, whatever was asked for: some 80 KB. */
const MAX_PAGE = 1000;

/** A page of the accounts of one partition, for a member that keeps it, too. */
export function handleAccounts(
  handling: Handling,
  components: { readonly store: ItemStore; readonly view: RingView },
): void {
  const { store, view } = components;
  handling.answer(accountsMessage, async ({ listHash, partition, after, limit }, { from }) => {
    if (partition >= view.placement.q) {
      throw new AppError('BAD_REQUEST', 'There is no such partition.');
    }
    if (!view.keeps(partition, from)) {
      throw new AppError('SESSION_REQUIRED', 'Only members that keep a partition may list it.');
    }
    checkPartitionList(view, partition, listHash);
    const size = Math.min(limit, MAX_PAGE);
    const accounts = await store.trees.accounts(partition, after ?? undefined, size);
    return { accounts, more: accounts.length === size };
  });
}
