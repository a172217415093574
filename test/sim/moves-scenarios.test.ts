import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMINGS } from '../../src-main/replication/timings.ts';
import { issueRevocation } from '../../src-main/security/revocation.ts';
import { begin, byWalk, idsAt, nth, QUORUM, rest } from './scenario.ts';
import type { SimulatedMember } from './simulated-member.ts';
import { isMoving, type World } from './world.ts';

const stateOf = (member: SimulatedMember): string | undefined =>
  member.members.get(member.peer)?.state;
const counted = (member: SimulatedMember, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec(member.metrics.render())?.[1] ?? 0);

async function settled(world: World): Promise<void> {
  for (let i = 0; i < 240 && world.joined().some(isMoving); i++) await world.clock.advance(500);
}

describe('a member that others are killed under while it takes over from them', () => {
  it('goes on where it was: nothing is sent twice', async () => {
    const timings = { takeoverBytesPerSecond: 20_000 };
    const member = (i: number) => ({ holds: i < 2 });
    const { world, work } = await begin({ machines: 3, started: 2, timings, member });
    const [a, b, newcomer] = [0, 1, 2].map((i) => nth(world.members, i)) as [
      SimulatedMember,
      SimulatedMember,
      SimulatedMember,
    ];
    const total = 250;
    for (let i = 0; i < total; i++) {
      await world.clock.settle(work.write(a, `item#${i}`, { extraBytes: 400 }));
    }
    await world.join(newcomer);
    for (let i = 0; i < 60 && (await newcomer.store.size()).items < 100; i++) {
      await world.clock.advance(200);
    }
    const had = await newcomer.store.size();
    expect(stateOf(newcomer)).toBe('joining');
    expect(had.items).toBeLessThan(total);
    a.crash();
    b.crash();
    await world.clock.advance(10_000);
    expect((await newcomer.store.size()).items).toBeLessThan(total);
    await world.clock.settle(a.start());
    await world.clock.settle(b.start());
    await settled(world);
    expect(stateOf(newcomer)).toBe('up');
    const { items, bytes } = await newcomer.store.size();
    expect(items).toBeGreaterThanOrEqual(total);
    // What was asked for when they fell is asked for again: a page, not the whole.
    const fetched = counted(newcomer, 'carrossel_takeover_bytes_total');
    expect(fetched).toBeLessThan(bytes + had.bytes / 2);
    await rest(world);
  });
});

describe('members that come at the same moment', () => {
  it('take over one after the other where both come in, and both count in the end', async () => {
    const { world, work } = await begin({ machines: 6, started: 3, settings: QUORUM });
    const [a] = world.members;
    if (a === undefined) throw new Error('six');
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await world.clock.settle(work.write(a, `item#${i}`)));
    const newcomers = world.members.slice(3);
    for (const one of newcomers) await world.join(one);
    expect(newcomers.map(stateOf)).toEqual(['joining', 'joining', 'joining']);
    // Not met yet: a strict write would miss them.
    const early = work.write(a, 'item#0', { consistency: 'strict' });
    await expect(world.clock.settle(early)).rejects.toMatchObject({
      code: 'QUORUM_NOT_REACHED',
      message: expect.stringMatching(/^A machine that is coming in/) as string,
    });
    // People go on meanwhile.
    const during = await world.clock.settle(work.write(a, 'item#0'));
    await settled(world);
    expect(world.members.map(stateOf)).toEqual(Array.from({ length: 6 }, () => 'up'));
    const key = { partitionKey: world.fixture.account, sortKey: 'item#0' };
    for (const reader of world.members) {
      const found = await world.clock.settle(
        reader.replication.get(key, { consistency: 'strict' }),
      );
      expect(world.idsOf(found.siblings)).toEqual([during]);
    }
    for (const owner of byWalk(world).slice(0, 3)) {
      expect(await idsAt(world, owner, 'item#4')).toEqual([nth(ids, 4)]);
    }
    await rest(world);
  });
});

describe('a member that is replaced by another', () => {
  it('is out at once, the new one takes its part, and no write is lost', async () => {
    const { world, work } = await begin({ machines: 5, started: 4, settings: QUORUM });
    const walk = byWalk(world);
    const [old, writer, host] = [nth(walk, 0), nth(walk, 1), nth(walk, 2)];
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await world.clock.settle(work.write(writer, `item#${i}`)));
    const { ring, root } = world.fixture;
    const revoked = issueRevocation({ ring, subject: old.peer, issuer: root, keep: [] });
    world.ledger.diskLost(old.name, true);
    world.drop(old);
    await world.clock.settle(host.members.addRevocations([revoked.bytes]));
    const newcomer = nth(world.members, 4);
    await world.join(newcomer);
    ids.push(await world.clock.settle(work.write(writer, 'item#5')));
    await settled(world);
    expect(stateOf(newcomer)).toBe('up');
    const owners = byWalk(world).slice(0, 3);
    expect(owners).not.toContain(old);
    for (const owner of owners) {
      for (const [i, id] of ids.entries()) {
        expect(await idsAt(world, owner, `item#${i}`)).toEqual([id]);
      }
    }
    await rest(world);
  });
});

describe('hints of an owner that was away', () => {
  it('are delivered once each, and not again when it comes back another time', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const [owner, writer] = [nth(walk, 0), nth(walk, 5)];
    await world.clock.settle(owner.stop());
    const count = 40;
    for (let i = 0; i < count; i++) await world.clock.settle(work.write(writer, `item#${i}`));
    await world.clock.settle(writer.stop());
    const others = world.members.filter((one) => one !== owner && one !== writer);
    const delivered = (): number =>
      others.reduce((sum, one) => sum + counted(one, 'carrossel_hints_delivered_total'), 0);
    const kept = async (): Promise<number> => {
      const each = await Promise.all(others.map((one) => one.replication.hintsFor(owner.peer)));
      return each.reduce((sum, one) => sum + one, 0);
    };
    const hints = await kept();
    expect(hints).toBeGreaterThanOrEqual(count);
    // Of an owner that was only slow to answer, meanwhile.
    const before = delivered();
    await world.clock.settle(owner.start());
    await world.clock.advance(5000);
    expect(await kept()).toBe(0);
    expect(delivered() - before).toBe(hints);
    await world.clock.settle(owner.stop());
    await world.clock.settle(owner.start());
    await world.clock.advance(5000);
    expect(delivered() - before).toBe(hints);
    await rest(world);
  });

  it('come to it a few at a time, so that it can do other work meanwhile', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const [owner, writer] = [nth(walk, 0), nth(walk, 5)];
    await world.clock.settle(owner.stop());
    for (let i = 0; i < 200; i++) await world.clock.settle(work.write(writer, `item#${i}`));
    await world.clock.settle(writer.stop());
    const others = world.members.filter((one) => one !== owner && one !== writer);
    const each = () => Promise.all(others.map((one) => one.replication.hintsFor(owner.peer)));
    const givers = (await each()).filter((count) => count > 0).length;
    const kept = async (): Promise<number> => (await each()).reduce((sum, one) => sum + one, 0);
    const hints = await kept();
    expect(hints).toBeGreaterThanOrEqual(200);
    const delayMs = 100;
    world.network.setOptions({ delayMs: [delayMs, delayMs] });
    await world.clock.settle(owner.start());
    while ((await kept()) === hints) await world.clock.advance(50);
    const before = await kept();
    const roundTrips = 3;
    await world.clock.advance(roundTrips * 2 * delayMs);
    const came = before - (await kept());
    expect(came).toBeGreaterThan(0);
    // One that came back just before the first look, one that comes back just at the last.
    const rounds = roundTrips + 1;
    expect(came).toBeLessThanOrEqual(givers * rounds * DEFAULT_TIMINGS.backgroundWidth);
    expect(await kept()).toBeGreaterThan(0);
    await rest(world);
  });
});
