import { describe, expect, it } from 'vitest';
import { putMessage } from '../../src-main/network/messages/put.ts';
import type { ItemKey } from '../../src-main/domain/ids.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import type { MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { begin, byWalk, nth, partition, QUORUM } from '../sim/scenario.ts';
import type { SimulatedMember } from '../sim/simulated-member.ts';
import type { World } from '../sim/world.ts';

/** Machine 0 alone is logged in; the others only store. */
async function ring() {
  const { world, work } = await begin({
    ...{ machines: 6, settings: QUORUM },
    member: (i) => ({ holds: i === 0, capacity: i === 0 ? 0 : 1 }),
  });
  const walk = byWalk(world);
  const key: ItemKey = { partitionKey: world.fixture.account, sortKey: 'cart' };
  return { world, work, key, writer: nth(world.members, 0), owners: walk.slice(0, 3), walk };
}

/** The owner sends what it has of the item to one that does not own it. */
async function giveStray(
  world: World,
  owner: SimulatedMember,
  keeper: SimulatedMember,
  key: ItemKey,
): Promise<void> {
  const transport = world.network.node(owner.peer);
  if (transport === undefined) throw new Error('the owner is up');
  for (const item of [{ ...key, sortKey: DEVICES_SORT_KEY }, key]) {
    const held = await owner.store.read(item);
    const versions = held.map((version) => version.bytes);
    const request = { listHash: null, sloppy: false, hintsFor: [], key: item, versions };
    const body = putMessage.encodeRequest(request);
    const sent = transport.request(keeper.peer, putMessage.verb, body, { timeoutMs: 3000 });
    await world.clock.settle(sent);
  }
}

describe('an item kept by a member that does not own it', () => {
  it('stays until every owner says now, not once, that it has it', async () => {
    const { world, work, key, writer, owners, walk } = await ring();
    const before = new Map<SimulatedMember, MemoryDisk>();
    for (const owner of owners) before.set(owner, owner.backup());
    await world.clock.settle(work.write(writer, 'cart'));
    await world.clock.advance(1000);
    const keeper = nth(walk, 3);
    await giveStray(world, nth(owners, 0), keeper, key);
    // The keeper hears from all owners that they have it, and no hint is left.
    await world.clock.advance(10_000);
    expect(await keeper.store.read(key)).toHaveLength(1);
    // Then all of them come back without it, and who wrote it is gone.
    await world.clock.settle(writer.stop());
    for (const owner of owners) {
      await world.clock.settle(owner.stop());
      owner.restore(before.get(owner) ?? owner.backup());
    }
    await world.clock.advance(90_000);
    expect(await keeper.store.read(key)).toHaveLength(1);
    for (const owner of owners) await world.clock.settle(owner.start());
    await world.clock.advance(90_000);
    for (const owner of owners) expect(await owner.store.read(key)).toHaveLength(1);
    expect(await keeper.store.read(key)).toEqual([]);
    await world.stopAll();
  });

  it('holds up no leave for half a minute when an owner was silent for a moment', async () => {
    const { world, work, key, writer, owners, walk } = await ring();
    await world.clock.settle(work.write(writer, 'cart'));
    await world.clock.advance(1000);
    const leaver = nth(walk, 3);
    await giveStray(world, nth(owners, 0), leaver, key);
    const speak = world.network.node(nth(owners, 0).peer)?.silence(putMessage.verb);
    await world.clock.settle(leaver.members.announce({ move: 'leave' }));
    // Long enough for the hand-over to fail once.
    await world.clock.advance(9000);
    expect(leaver.members.get(leaver.peer)?.state).toBe('leaving');
    speak?.();
    await world.clock.advance(8000);
    expect(leaver.members.get(leaver.peer)?.state).toBe('left');
    expect(await leaver.store.read(key)).toEqual([]);
    await world.stopAll();
  });

  it('stays while one owner cannot be asked, and leaves when it can', async () => {
    const { world, work, key, writer, owners, walk } = await ring();
    const away = nth(owners, 2);
    await partition(
      world,
      [away],
      world.members.filter((one) => one !== away),
    );
    await world.clock.settle(work.write(writer, 'cart'));
    await world.clock.advance(90_000);
    const keepers = [];
    for (const one of walk.slice(3)) if ((await one.store.read(key)).length > 0) keepers.push(one);
    expect(keepers.length).toBeGreaterThan(0);
    world.network.heal();
    await world.clock.advance(30_000);
    expect(await away.store.read(key)).toHaveLength(1);
    for (const one of keepers) expect(await one.store.read(key)).toEqual([]);
    await world.stopAll();
  });
});
