import { describe, expect, it } from 'vitest';
import { begin, beginWhere, byWalk, idsAt, nth, partition, QUORUM, rest } from './scenario.ts';

describe('a ring of six with N=3', () => {
  it('stores on w owners and tells how far a write has come', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const [owner, , , outsider] = byWalk(world);
    if (owner === undefined || outsider === undefined) throw new Error('six members');
    await world.clock.settle(work.write(owner, 'a'));
    await world.clock.settle(work.write(outsider, 'b'));
    await world.clock.advance(1000);
    const key = { partitionKey: world.fixture.account, sortKey: 'b' };
    const delivery = await outsider.replication.delivery(key);
    expect(delivery.state).toBe('complete');
    expect(delivery.owners).toHaveLength(3);
    const answer = await world.clock.settle(outsider.replication.get(key));
    expect(answer).toMatchObject({ freshness: 'quorum' });
    expect(answer.answeredOwners).toBeGreaterThanOrEqual(2);
    await rest(world);
  });

  it('answers reads from fallbacks while owners are away', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const away = walk.slice(1, 3);
    const here = [nth(walk, 0), ...walk.slice(3)];
    await partition(world, away, here);
    // The one owner left and two fallbacks take it; then that owner goes away, too.
    const id = await world.clock.settle(work.write(nth(here, 1), 'cart'));
    expect(world.ledger.entry(id)?.acknowledged).toBe('safe');
    await world.clock.advance(1000);
    await world.clock.settle(nth(here, 0).stop());
    const [reader] = here.slice(3);
    if (reader === undefined) throw new Error('four members are here');
    const key = { partitionKey: world.fixture.account, sortKey: 'cart' };
    const answer = await world.clock.settle(reader.replication.get(key));
    expect(world.idsOf(answer.siblings)).toEqual([id]);
    expect(answer).toMatchObject({ freshness: 'quorum', answeredOwners: 0 });
    await rest(world);
  });

  it('brings hints to an owner that returns while the writer is gone', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const [owner, writer] = [nth(walk, 0), nth(walk, 4)];
    await world.clock.settle(owner.stop());
    const id = await world.clock.settle(work.write(writer, 'cart'));
    await world.clock.advance(2000);
    const holding = await Promise.all(
      walk.slice(3).map(async (member) => member.replication.hintsFor(owner.peer)),
    );
    expect(holding.some((count) => count > 0)).toBe(true);
    await world.clock.settle(writer.stop());
    // Restarted, too: hints are on disk.
    for (const member of walk.slice(1, 4)) {
      member.crash();
      await world.clock.settle(member.start());
    }
    await world.clock.settle(owner.start());
    await world.clock.advance(4000);
    expect(await idsAt(world, owner, 'cart')).toEqual([id]);
    await rest(world);
  });

  it('refuses a strict write with nothing written when too few owners can be reached', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const [writer] = walk.slice(3);
    if (writer === undefined) throw new Error('six members');
    await partition(world, walk.slice(0, 2), walk.slice(2));
    const write = work.write(writer, 'cart', { consistency: 'strict' });
    await expect(world.clock.settle(write)).rejects.toMatchObject({ code: 'QUORUM_NOT_REACHED' });
    expect(await idsAt(world, writer, 'cart')).toEqual([]);
    expect(await writer.replication.outboxSize()).toBe(0);
    await rest(world);
  });

  it('keeps the only copies until every owner has them, then drops them', async () => {
    const { world, work } = await beginWhere(
      { machines: 6, settings: QUORUM, member: (i) => ({ holds: i === 0 }) },
      (ring) => byWalk(ring).indexOf(nth(ring.members, 0)) === 4,
    );
    const walk = byWalk(world);
    const writer = nth(walk, 4);
    const [owners, fallbacks] = [walk.slice(0, 3), walk.slice(3).filter((one) => one !== writer)];
    await partition(world, owners, walk.slice(3));
    const id = await world.clock.settle(work.write(writer, 'cart'));
    expect(world.ledger.entry(id)?.acknowledged).toBe('safe');
    await world.clock.advance(2000);
    await world.clock.settle(writer.stop());
    // Long enough for all upkeep to have had its turn.
    await world.clock.advance(180_000);
    for (const member of fallbacks) expect(await idsAt(world, member, 'cart')).toEqual([id]);
    world.network.heal();
    await world.clock.advance(180_000);
    for (const member of owners) expect(await idsAt(world, member, 'cart')).toEqual([id]);
    for (const member of fallbacks) expect((await member.store.size()).items).toBe(0);
    await rest(world);
  });

  it('sends a write to an owner that was away even after the writer was restarted', async () => {
    const { world, work } = await begin({ machines: 3, settings: QUORUM });
    const [writer, owner] = [nth(world.members, 0), nth(world.members, 2)];
    await world.clock.settle(owner.stop());
    const id = await world.clock.settle(work.write(writer, 'cart'));
    expect(world.ledger.entry(id)?.acknowledged).toBe('placed');
    await world.clock.advance(60_000);
    expect(await writer.replication.outboxSize()).toBe(1);
    writer.crash();
    await world.clock.settle(writer.start());
    expect(await writer.replication.outboxSize()).toBe(1);
    await world.clock.settle(nth(world.members, 1).stop());
    await world.clock.settle(owner.start());
    await world.clock.advance(3000);
    expect(await idsAt(world, owner, 'cart')).toEqual([id]);
    await rest(world);
  });

  it('refills owners that lost their disks from a logged-in machine that stores nothing', async () => {
    const { world, work } = await begin({
      machines: 4,
      settings: QUORUM,
      member: (i) => ({ capacity: i === 3 ? 0 : 1, holds: i === 3 }),
    });
    const device = nth(world.members, 3);
    const owners = world.members.slice(0, 3);
    const copies = owners.map((owner) => owner.backup());
    const id = await world.clock.settle(work.write(device, 'cart'));
    await world.clock.advance(2000);
    expect(await device.replication.outboxSize()).toBe(0);
    for (const [i, owner] of owners.entries()) {
      owner.crash();
      owner.restore(nth(copies, i));
      world.checks.forget(owner);
      await world.clock.settle(owner.start());
    }
    await world.clock.advance(5000);
    for (const owner of owners) expect(await idsAt(world, owner, 'cart')).toEqual([id]);
    await rest(world);
  });
});
