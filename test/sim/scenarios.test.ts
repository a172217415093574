import { describe, expect, it } from 'vitest';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { bringToRest, checkAtRest } from './end-checks.ts';
import type { SimulatedMember } from './simulated-member.ts';
import { createWorkload, type Workload } from './workload.ts';
import { createWorld, type World, type WorldInit } from './world.ts';

const QUORUM = { n: 3, r: 2, w: 2 } as const;

async function begin(
  init: Omit<WorldInit, 'seed'> & { seed?: string },
): Promise<{ world: World; work: Workload }> {
  const world = await createWorld({ seed: 'scenario', ...init });
  await world.clock.advance(3000);
  return { world, work: createWorkload({ items: 1, strictReads: true }, world) };
}

async function rest(world: World): Promise<void> {
  await bringToRest(world);
  await checkAtRest(world);
  expect(world.checks.failures).toEqual([]);
  await world.stopAll();
}

async function idsAt(world: World, member: SimulatedMember, sortKey: string) {
  const siblings = await member.store.read({ partitionKey: world.fixture.account, sortKey });
  return world.idsOf(siblings).toSorted();
}

function partition(world: World, ...groups: (readonly SimulatedMember[])[]): Promise<void> {
  world.network.partition(groups.map((group) => group.map((member) => member.peer)));
  return world.clock.advance(5000);
}

/** The members by their place on the account's walk: owners first. */
function byWalk(world: World): readonly SimulatedMember[] {
  const [first] = world.joined();
  const walk = [...(first?.replication.listOf(world.fixture.account).walk() ?? [])];
  return walk.flatMap((peer) => world.members.find((member) => member.peer === peer) ?? []);
}

function nth<T>(list: readonly T[], i: number): T {
  const found = list[i];
  if (found === undefined) throw new Error(`no number ${i}`);
  return found;
}

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
    expect(answer.answeredOwners).toBe(0);
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

  it('drops what a member kept for others once every owner has it', async () => {
    const { world, work } = await begin({
      machines: 6,
      settings: QUORUM,
      member: (i) => ({ holds: i === 0 }),
    });
    const [writer] = world.members;
    if (writer === undefined) throw new Error('six members');
    const walk = byWalk(world);
    const owners = walk.slice(0, 3).filter((member) => member !== writer);
    await partition(
      world,
      owners,
      walk.filter((member) => !owners.includes(member)),
    );
    await world.clock.settle(work.write(writer, 'cart'));
    await world.clock.advance(2000);
    world.network.heal();
    await world.clock.advance(180_000);
    for (const member of walk.slice(3).filter((one) => one !== writer)) {
      expect((await member.store.size()).items, member.name).toBe(0);
    }
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
    const { clock, members, checks } = world;
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
