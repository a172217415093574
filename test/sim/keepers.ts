import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { ItemStore, StoredItem } from '../../src-main/storage/item-store.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** Owners of the account, and machines that are logged in to it. */
export function keepers(world: World, account: PartitionKey): readonly SimulatedMember[] {
  return world.joined().filter((member) => {
    const { owners } = member.replication.listOf(account);
    return member.holdsAccount(account) || owners.includes(member.peer);
  });
}

/** Who holds an account's items, and where. */
export interface Keeper {
  readonly name: string;
  readonly store: Pick<ItemStore, 'scan' | 'outboxSize' | 'hintBytes'>;
}

/** All items of the account on the keeper, by sort key. */
export async function itemsOf(
  account: PartitionKey,
  { store }: Keeper,
): Promise<ReadonlyMap<string, StoredItem>> {
  const items = await store.scan({ partitionKey: account, limit: 10_000 });
  return new Map(items.map((item) => [item.key.sortKey, item]));
}
