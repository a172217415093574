import {
  planChange,
  type Amount,
  type ChangePlan,
  type RingChange,
} from '../domain/plan-change.ts';
import type { PartitionKey } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { MemberTable } from './member-table.ts';

const NOTHING: Amount = { accounts: 0, items: 0, bytes: 0 };
const PAGE = 1000;

/** What this machine keeps of a partition. */
export async function amountIn(
  store: Pick<ItemStore, 'trees'>,
  partition: number,
): Promise<Amount> {
  let sum = NOTHING;
  for (let after: PartitionKey | undefined; ;) {
    const accounts = await store.trees.accounts(partition, after, PAGE);
    for (const { items, bytes } of accounts) {
      sum = { accounts: sum.accounts + 1, items: sum.items + items, bytes: sum.bytes + bytes };
    }
    after = accounts.at(-1)?.partitionKey;
    if (accounts.length < PAGE) return sum;
  }
}

/**
 * What the change would move. Partitions that this machine keeps nothing of count as empty: their
 * owners know better, and in a small ring everybody is one.
 */
export async function planFromHere(
  change: RingChange,
  components: { readonly members: MemberTable; readonly store: Pick<ItemStore, 'trees'> },
): Promise<ChangePlan> {
  const { members, store } = components;
  const { settings } = members;
  const all = Array.from({ length: settings.q }, (_, partition) => partition);
  const amounts = new Map<number, Amount>();
  for (const partition of (await store.trees.partitions(all)).keys()) {
    amounts.set(partition, await amountIn(store, partition));
  }
  const amountOf = (partition: number): Amount => amounts.get(partition) ?? NOTHING;
  return planChange(members.all(), settings, change, amountOf);
}
