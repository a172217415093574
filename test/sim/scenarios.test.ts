import { describe, expect, it } from 'vitest';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { begin, idsAt, nth, partition, QUORUM, rest } from './scenario.ts';

describe('a ring cut apart', () => {
  it('keeps what three members write apart as siblings on all of them', async () => {
    const { world, work } = await begin({ machines: 3 });
    const { clock, members } = world;
    await clock.settle(work.write(nth(members, 0), 'cart'));
    await clock.advance(1000);
    await partition(world, ...members.map((member) => [member]));
    const ids: string[] = [];
    for (const member of members) {
      const receipt = clock.settle(work.write(member, 'cart'));
      ids.push(await receipt);
    }
    world.network.heal();
    await clock.advance(5000);
    for (const member of members) {
      expect(await idsAt(world, member, 'cart')).toEqual(ids.toSorted());
    }
    await rest(world);
  });

  it('lets a member that is alone write at once, and says that it is pending', async () => {
    const { world, work } = await begin({ machines: 2 });
    const [a, b] = [nth(world.members, 0), nth(world.members, 1)];
    await world.clock.settle(b.stop());
    const started = world.clock.now();
    const id = await world.clock.settle(work.write(a, 'cart'));
    expect(world.ledger.entry(id)?.acknowledged).toBe('pending');
    expect(world.clock.now() - started).toBeLessThan(100);
    const key = { partitionKey: world.fixture.account, sortKey: 'cart' };
    expect(await a.replication.delivery(key)).toMatchObject({
      state: 'pending',
      copies: [a.peer],
      missing: [b.peer],
    });
    await world.clock.settle(b.start());
    await world.clock.advance(3000);
    expect(await a.replication.delivery(key)).toMatchObject({ state: 'complete', missing: [] });
    await rest(world);
  });

  it('brings what a member wrote alone to others that join later', async () => {
    const { world, work } = await begin({ machines: 4, started: 1 });
    const alone = nth(world.members, 0);
    const id = await world.clock.settle(work.write(alone, 'cart'));
    for (const member of world.members.slice(1)) await world.join(member);
    await world.clock.advance(10_000);
    for (const member of world.members) expect(await idsAt(world, member, 'cart')).toEqual([id]);
    await rest(world);
  });
});

describe('a killed member', () => {
  it('has every write it acknowledged when it is back, and so have the others', async () => {
    const { world, work } = await begin({ machines: 3, settings: QUORUM });
    const { clock, members, ledger } = world;
    const victim = nth(members, 1);
    for (let round = 0; round < 5; round++) {
      const writes = Array.from({ length: 20 }, (_, i) => work.write(victim, `item#${i}`));
      for (const write of writes) write.catch(() => undefined);
      await clock.advance(2 + round * 3);
      victim.crash();
      await clock.advance(500);
      await clock.settle(victim.start());
    }
    const acknowledged = [...ledger.entries()].filter((entry) => entry.acknowledged !== undefined);
    expect(acknowledged.length).toBeGreaterThan(0);
    await rest(world);
  });
});

describe('a ring that grows', () => {
  it('gives a sixth member what it owns now, and moves reads to quorums', async () => {
    const { world, work } = await begin({ machines: 6, started: 5 });
    for (let i = 0; i < 5; i++) {
      await world.clock.settle(work.write(nth(world.members, i), `item#${i}`));
    }
    await world.join(nth(world.members, 5));
    await world.clock.advance(30_000);
    const list = nth(world.members, 0).replication.listOf(world.fixture.account);
    expect(list).toMatchObject({ n: 3, r: 2, w: 2, readsLocally: false });
    await rest(world);
  });
});

describe('a store that was put back, and cannot tell', () => {
  it('swallows nothing: it renews its epoch and issues its outbox again', async () => {
    const { world, work } = await begin({ machines: 3 });
    const { clock, members, checks, ledger } = world;
    const [victim, other] = [nth(members, 0), nth(members, 1)];
    for (let i = 0; i < 4; i++) await clock.settle(work.write(victim, 'cart'));
    await clock.advance(2000);
    const copy = victim.backup();
    // The other life writes on; another member replaces what it wrote.
    for (let i = 0; i < 4; i++) await clock.settle(work.write(victim, 'cart'));
    await clock.advance(2000);
    await clock.settle(work.write(other, 'cart'));
    await clock.advance(2000);
    victim.crash();
    victim.restore(copy);
    checks.forget(victim);
    ledger.diskLost(victim.name, false);
    world.network.partition([[victim.peer], members.slice(1).map((member) => member.peer)]);
    await clock.settle(victim.start({ blind: true }));
    // Written under dots that mean other bytes elsewhere, and are covered there.
    const mine = [
      await clock.settle(work.write(victim, 'cart')),
      await clock.settle(work.write(victim, 'list')),
    ];
    world.network.heal();
    await clock.advance(10_000);
    expect(checks.epochsRenewed).toBe(1);
    for (const member of members) {
      expect(await idsAt(world, member, 'cart')).toContain(mine[0]);
      expect(await idsAt(world, member, 'list')).toEqual([mine[1]]);
    }
    await rest(world);
  });

  it('swallows nothing that only a member took which had slept through the other life', async () => {
    const { world, work } = await begin({ machines: 3 });
    const { clock, members, checks, ledger } = world;
    const [victim, other, sleeper] = [nth(members, 0), nth(members, 1), nth(members, 2)];
    await clock.settle(work.write(victim, 'list'));
    await clock.advance(2000);
    const copy = victim.backup();
    await clock.settle(sleeper.stop());
    // The list of the other life covers all the counters before it.
    for (const key of ['cart', 'cart', 'cart']) await clock.settle(work.write(victim, key));
    const theirs = await clock.settle(work.write(victim, 'list'));
    await clock.advance(2000);
    victim.crash();
    victim.restore(copy);
    checks.forget(victim);
    ledger.diskLost(victim.name, false);
    world.network.partition([[victim.peer, sleeper.peer], [other.peer]]);
    await clock.settle(sleeper.start());
    await clock.settle(victim.start({ blind: true }));
    await clock.advance(2000);
    const mine = await clock.settle(work.write(victim, 'list'));
    expect(ledger.entry(mine)?.acknowledged).not.toBe('pending');
    // Who slept writes over what this life wrote: that covers its names everywhere.
    for (let i = 0; i < 4; i++) await clock.settle(work.write(victim, 'cart'));
    const over = await clock.settle(work.write(sleeper, 'cart'));
    await clock.settle(work.write(victim, 'list'));
    const last = await clock.settle(work.write(sleeper, 'list'));
    await clock.advance(2000);
    world.network.heal();
    await clock.advance(10_000);
    for (const member of members) {
      expect(await idsAt(world, member, 'cart')).toContain(over);
      expect(await idsAt(world, member, 'list')).toEqual(expect.arrayContaining([theirs, last]));
    }
    await rest(world);
  });

  it('keeps its epoch when nothing was put back', async () => {
    const { world, work } = await begin({ machines: 3 });
    const { clock, members, checks } = world;
    for (const member of members) {
      await clock.settle(work.write(member, 'cart'));
      member.crash();
      await clock.settle(member.start());
      await clock.settle(work.write(member, 'cart'));
    }
    await rest(world);
    expect(checks.epochsRenewed).toBe(0);
  });
});

describe('a logged-in machine', () => {
  it('sees what another writes within a second, without asking', async () => {
    const { world, work } = await begin({
      machines: 6,
      settings: QUORUM,
      member: (i) => ({ capacity: i > 2 ? 0 : 1 }),
    });
    const [writer, watcher] = [nth(world.members, 3), nth(world.members, 4)];
    const id = await world.clock.settle(work.write(writer, 'cart'));
    await world.clock.advance(1000);
    expect(await idsAt(world, watcher, 'cart')).toEqual([id]);
    await rest(world);
  });

  it('is asked for a session: an account that is not logged in is not read', async () => {
    const { world } = await begin({ machines: 3, member: (i) => ({ holds: i === 0 }) });
    const key = { partitionKey: world.fixture.account, sortKey: DEVICES_SORT_KEY };
    const stranger = nth(world.members, 2);
    const read = stranger.replication.get(key, { consistency: 'strict' });
    await expect(world.clock.settle(read)).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
    await rest(world);
  });
});
