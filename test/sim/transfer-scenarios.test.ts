import { describe, expect, it } from 'vitest';
import { putMessage } from '../../src-main/network/messages/put.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { begin, byWalk, idsAt, nth, QUORUM, rest } from './scenario.ts';
import { isMoving } from './world.ts';
import type { World } from './world.ts';
import type { SimulatedMember } from './simulated-member.ts';

async function through(world: World, member: SimulatedMember): Promise<void> {
  for (let i = 0; i < 240 && isMoving(member); i++) await world.clock.advance(500);
}

const stateOf = (member: SimulatedMember): string | undefined =>
  member.members.get(member.peer)?.state;

describe('a member that joins', () => {
  it('gets all writes at once, answers for none, and counts when it has everything', async () => {
    const { world, work } = await begin({ machines: 3, started: 2 });
    const [a, , newcomer] = [nth(world.members, 0), nth(world.members, 1), nth(world.members, 2)];
    const old = await world.clock.settle(work.write(a, 'item#0'));
    await world.join(newcomer);
    const list = (): readonly string[] => a.replication.listOf(world.fixture.account).owners;
    expect(stateOf(newcomer)).toBe('joining');
    expect(list()).not.toContain(newcomer.peer);
    await through(world, newcomer);
    await world.clock.advance(2000);
    expect(stateOf(newcomer)).toBe('up');
    expect(list()).toContain(newcomer.peer);
    expect(await idsAt(world, newcomer, 'item#0')).toEqual([old]);
    await rest(world);
  });

  it('is waited for by writes of one moment, and gets them in one message', async () => {
    const { world } = await begin({ machines: 3, started: 2, settings: QUORUM });
    const [writer, newcomer] = [nth(world.members, 0), nth(world.members, 2)];
    await world.join(newcomer);
    newcomer.sleep();
    await world.clock.advance(4000);
    const { pending } = writer.replication.listOf(world.fixture.account);
    expect(pending).toEqual([{ peer: newcomer.peer, incoming: [newcomer.peer] }]);
    const requests = Array.from({ length: 10 }, (_, i) =>
      world.fixture.write(writer.machine, {
        ...{ sortKey: `item#${i}`, id: world.ledger.newId() },
        replaces: () => [],
      }),
    );
    const put = writer.replication.put(requests, { waitFor: 'placed' });
    await world.clock.advance(10_000);
    expect((await put).state).toBe('safe');
    for (const { key } of requests) {
      expect((await writer.replication.delivery(key)).state).toBe('safe');
    }
    const batches = () =>
      Number(/rpc_ms_count\{verb="20"\} (\d+)/.exec(writer.metrics.render())?.[1]);
    const before = batches();
    newcomer.wake();
    await world.clock.advance(10_000);
    expect(batches()).toBeGreaterThan(before);
    for (const { key } of requests) {
      expect((await writer.replication.delivery(key)).state).toBe('complete');
      expect(await newcomer.store.read(key)).toHaveLength(1);
    }
    await rest(world);
  });

  it('does not hold writes up when it is slow: others have them', async () => {
    const timings = { takeoverBytesPerSecond: 2000 };
    const init = { machines: 4, started: 3, settings: QUORUM, timings };
    const { world, work } = await begin(init);
    const [writer, newcomer] = [nth(world.members, 0), nth(world.members, 3)];
    const write = async (sortKey: string): Promise<number> => {
      const began = world.clock.now();
      const id = await world.clock.settle(work.write(writer, sortKey, { extraBytes: 400 }));
      expect(world.ledger.entry(id)?.acknowledged).not.toBe('pending');
      return world.clock.now() - began;
    };
    for (let i = 0; i < 60; i++) await write(`item#${i}`);
    await world.join(newcomer);
    await world.clock.advance(3000);
    const { pending } = writer.replication.listOf(world.fixture.account);
    expect(pending.flatMap((change) => change.incoming)).toEqual([newcomer.peer]);
    world.network.slow(newcomer.peer, 1000);
    expect(await write('cart')).toBeLessThan(80);
    await rest(world);
  });

  it('takes on where it was when it is killed in the middle', async () => {
    const timings = { takeoverBytesPerSecond: 20_000 };
    const member = (i: number) => ({ holds: i < 2 });
    const { world, work } = await begin({ machines: 3, started: 2, timings, member });
    const [a, newcomer] = [nth(world.members, 0), nth(world.members, 2)];
    const total = 250;
    for (let i = 0; i < total; i++) {
      await world.clock.settle(work.write(a, `item#${i}`, { extraBytes: 400 }));
    }
    await world.join(newcomer);
    for (let i = 0; i < 60 && (await newcomer.store.size()).items < 150; i++) {
      await world.clock.advance(200);
    }
    const had = (await newcomer.store.size()).items;
    expect(had).toBeGreaterThan(0);
    expect(stateOf(newcomer)).toBe('joining');
    newcomer.crash();
    await world.clock.settle(newcomer.start());
    await through(world, newcomer);
    expect(stateOf(newcomer)).toBe('up');
    expect((await newcomer.store.size()).items).toBeGreaterThanOrEqual(total);
    const fetched = /takeover_bytes_total (\d+)/.exec(newcomer.metrics.render())?.[1];
    const { bytes } = await newcomer.store.size();
    expect(Number(fetched)).toBeLessThan(bytes * (1 - had / (total + 50)));
    await rest(world);
  });
});

describe('a member that leaves', () => {
  it('has left when the others have all it kept', async () => {
    const { world, work } = await begin({ machines: 4, settings: QUORUM });
    const leaver = nth(world.members, 3);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await world.clock.settle(work.write(leaver, `item#${i}`)));
    await world.clock.settle(leaver.members.announce({ move: 'leave' }));
    expect(stateOf(leaver)).toBe('leaving');
    await through(world, leaver);
    expect(stateOf(leaver)).toBe('left');
    expect(await leaver.store.outboxSize()).toBe(0);
    const { owners } = leaver.replication.listOf(world.fixture.account);
    expect(owners).not.toContain(leaver.peer);
    for (const owner of world.members.filter(({ peer }) => owners.includes(peer))) {
      for (const [i, id] of ids.entries()) {
        expect(await idsAt(world, owner, `item#${i}`)).toEqual([id]);
      }
    }
    await rest(world);
  });
});

describe('a member that leaves and has data it never owned', () => {
  it('hands that over first, and leaves nothing of it on its disk', async () => {
    const { world, work } = await begin({
      ...{ machines: 5, settings: QUORUM },
      member: (i) => ({ holds: i === 0, capacity: i === 0 ? 0 : 1 }),
    });
    const [writer, walk] = [nth(world.members, 0), byWalk(world)];
    const [owner, leaver] = [nth(walk, 0), nth(walk, 3)];
    const id = await world.clock.settle(work.write(writer, 'item#0'));
    const key = { partitionKey: world.fixture.account, sortKey: 'item#0' };
    await world.clock.advance(2000);
    for (const sortKey of [DEVICES_SORT_KEY, 'item#0']) {
      const item = { ...key, sortKey };
      const versions = (await owner.store.read(item)).map(({ bytes }) => bytes);
      const request = { listHash: null, sloppy: false, hintsFor: [], key: item, versions };
      const node = world.network.node(owner.peer);
      const body = putMessage.encodeRequest(request);
      const sent = node?.request(leaver.peer, putMessage.verb, body, { timeoutMs: 3000 });
      await world.clock.settle(Promise.resolve(sent));
    }
    await world.clock.advance(1000);
    expect(await idsAt(world, leaver, 'item#0')).toEqual([id]);
    await world.clock.settle(leaver.members.announce({ move: 'leave' }));
    // Sooner than strays are looked for by themselves.
    for (let i = 0; i < 60 && isMoving(leaver); i++) await world.clock.advance(500);
    expect(stateOf(leaver)).toBe('left');
    expect(await leaver.store.read(key)).toEqual([]);
    await rest(world);
  });
});

describe('a member that leaves with writes under way', () => {
  it('sends them as soon as an owner hears again, however long it was deaf', async () => {
    const { world, work } = await begin({ machines: 5, settings: QUORUM });
    const walk = byWalk(world);
    const [owner, leaver] = [nth(walk, 0), nth(walk, 4)];
    const node = world.network.node(owner.peer);
    const hear = [VERB.put, VERB.putBatch].map((verb) => node?.silence(verb));
    await world.clock.settle(work.write(leaver, 'item#0'));
    await world.clock.advance(120_000);
    expect(await leaver.store.outboxSize()).toBe(1);
    await world.clock.settle(leaver.members.announce({ move: 'leave' }));
    await world.clock.advance(10_000);
    expect(stateOf(leaver)).toBe('leaving');
    for (const one of hear) one?.();
    await world.clock.advance(10_000);
    expect(stateOf(leaver)).toBe('left');
    await rest(world);
  });
});

describe('an owner whose disk is new', () => {
  it('is not counted for a strict read until it has its partitions again', async () => {
    const { world, work } = await begin({ machines: 3, settings: QUORUM });
    const [a, b, c] = [nth(world.members, 0), nth(world.members, 1), nth(world.members, 2)];
    await world.clock.settle(c.stop());
    const id = await world.clock.settle(work.write(a, 'item#0', { consistency: 'strict' }));
    await world.clock.settle(a.stop());
    b.crash();
    b.wipe();
    world.checks.forget(b);
    world.ledger.diskLost(b.name, true);
    await world.clock.settle(c.start());
    await world.join(b);
    await world.clock.advance(5000);
    const key = { partitionKey: world.fixture.account, sortKey: 'item#0' };
    const read = c.replication.get(key, { consistency: 'strict' }).catch((e: unknown) => e);
    expect(await world.clock.settle(read)).toMatchObject({ code: 'QUORUM_NOT_REACHED' });
    const several = c.replication
      .getBatch(key.partitionKey, ['item#0', 'item#1'], { consistency: 'strict' })
      .catch((e: unknown) => e);
    expect(await world.clock.settle(several)).toMatchObject({ code: 'QUORUM_NOT_REACHED' });
    await world.clock.settle(a.start());
    await world.clock.advance(5000);
    const found = await world.clock.settle(c.replication.get(key, { consistency: 'strict' }));
    expect(world.idsOf(found.siblings)).toEqual([id]);
    await rest(world);
  });
});
