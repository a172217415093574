import {
  planChange,
  type Amount,
  type ChangePlan,
  type RingChange,
} from '../domain/plan-change.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import type { Placement } from '../domain/placement.ts';
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

/** What this machine keeps of each partition that has anything here. */
async function amountsHere(
  store: Pick<ItemStore, 'trees'>,
  q: number,
): Promise<ReadonlyMap<number, Amount>> {
  const all = Array.from({ length: q }, (_, partition) => partition);
  const amounts = new Map<number, Amount>();
  for (const partition of (await store.trees.partitions(all)).keys()) {
    amounts.set(partition, await amountIn(store, partition));
  }
  return amounts;
}

/** What a member keeps for the ring, as far as this machine keeps the same. */
export interface Keeps extends Amount {
  readonly peer: PeerId;
  /** Share of its partitions that are kept here too, 0–1: 1 is all of what it keeps. */
  readonly known: number;
}

export async function keptByEach(
  placement: Placement,
  components: { readonly self: PeerId; readonly store: Pick<ItemStore, 'trees'> },
): Promise<readonly Keeps[]> {
  const { self, store } = components;
  const amounts = await amountsHere(store, placement.q);
  const here = placement.partitionsOf(self);
  return placement.storing.map((peer) => {
    const parts = placement.partitionsOf(peer);
    const both = [...parts].filter((partition) => here.has(partition));
    const sum = both.reduce((all, partition) => {
      const { accounts, items, bytes } = amounts.get(partition) ?? NOTHING;
      const [a, i, b] = [all.accounts + accounts, all.items + items, all.bytes + bytes];
      return { accounts: a, items: i, bytes: b };
    }, NOTHING);
    return { peer, ...sum, known: parts.size === 0 ? 1 : both.length / parts.size };
  });
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
  const amounts = await amountsHere(store, settings.q);
  const amountOf = (partition: number): Amount => amounts.get(partition) ?? NOTHING;
  return planChange(members.all(), settings, change, amountOf);
}
