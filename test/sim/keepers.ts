import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { StoredItem } from '../../src-main/storage/item-store.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** Owners of the account, and machines that are logged in to it. */
export function keepers(world: World, account: PartitionKey): readonly SimulatedMember[] {
  return world.joined().filter((member) => {
    const { owners } = member.replication.listOf(account);
    return member.holdsAccount(account) || owners.includes(member.peer);
  });
}

/** All items of the account on the member, by sort key. */
export async function itemsOf(
  account: PartitionKey,
  member: SimulatedMember,
): Promise<ReadonlyMap<string, StoredItem>> {
  const items = await member.store.scan({ partitionKey: account, limit: 10_000 });
  return new Map(items.map((item) => [item.key.sortKey, item]));
}
