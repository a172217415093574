import { describe, expect, it } from 'vitest';
import { issueRevocation } from '../../src-main/security/revocation.ts';
import { begin, byWalk, nth, QUORUM, rest, type Scenario } from './scenario.ts';
import type { SimulatedMember } from './simulated-member.ts';
import { isMoving, type World } from './world.ts';

/** The code a strict read of the item is refused with; else the names that it found. */
async function strictly(world: World, reader: SimulatedMember): Promise<readonly string[]> {
  const key = { partitionKey: world.fixture.account, sortKey: 'item#0' };
  const read = reader.replication.get(key, { consistency: 'strict' }).then(
    ({ siblings }) => world.idsOf(siblings),
    (error: unknown) => [(error as { code: string }).code],
  );
  return world.clock.settle(read);
}

/** The same of a strict write: a code, or its state. */
async function writeStrictly({ world, work }: Scenario, writer: SimulatedMember): Promise<string> {
  const write = work.write(writer, 'item#0', { consistency: 'strict' }).then(
    (id) => world.ledger.entry(id)?.acknowledged ?? 'not acknowledged',
    (error: unknown) => (error as { code: string }).code,
  );
  return world.clock.settle(write);
}

async function through(world: World, member: SimulatedMember): Promise<void> {
  for (let i = 0; i < 240 && isMoving(member); i++) await world.clock.advance(500);
}

function cut(world: World, ...groups: (readonly SimulatedMember[])[]): void {
  world.network.partition(groups.map((group) => group.map((member) => member.peer)));
}

const listOf = ({ replication }: SimulatedMember, world: World) =>
  replication.listOf(world.fixture.account);

/** Three owners, and a fourth member on its way to be one of them in the place of another. */
async function beginComingIn(): Promise<Scenario> {
  for (let i = 0; i < 50; i++) {
    const seed = `coming in ${i}`;
    const scenario = await begin({ machines: 4, started: 3, settings: QUORUM, seed });
    const { world } = scenario;
    await world.join(nth(world.members, 3));
    await world.clock.advance(20);
    if (listOf(nth(world.members, 0), world).pending.length > 0) return scenario;
    await world.stopAll();
  }
  throw new Error('no seed gives such a ring');
}

describe('a strict read by a list that others have left behind', () => {
  it('is refused to one of two that slept while a third came in', async () => {
    const scenario = await begin({ machines: 3, started: 2 });
    const { world } = scenario;
    const [host, sleeper] = [nth(world.members, 0), nth(world.members, 1)];
    const newcomer = nth(world.members, 2);
    sleeper.sleep();
    await world.join(newcomer);
    await through(world, newcomer);
    expect(await writeStrictly(scenario, host)).toBe('placed');
    cut(world, [host, newcomer], [sleeper]);
    sleeper.wake();
    expect(listOf(sleeper, world).owners).toHaveLength(2);
    expect(await strictly(world, sleeper)).toEqual(['QUORUM_NOT_REACHED']);
    await rest(world);
  });

  it('is refused where nobody asked has heard that who came in counts now', async () => {
    const scenario = await beginComingIn();
    const { world } = scenario;
    const newcomer = nth(world.members, 3);
    const owners = byWalk(world).slice(0, 3);
    // Who goes by its coming, and one that stays, are cut off in the moment in which it counts.
    let late: readonly SimulatedMember[] = [];
    newcomer.members.on('changed', () => {
      if (late.length > 0 || isMoving(newcomer)) return;
      const { owners: now } = listOf(newcomer, world);
      const goes = owners.filter(({ peer }) => !now.includes(peer));
      const stays = owners.filter(({ peer }) => now.includes(peer));
      late = [...goes, ...stays.slice(0, 1)];
      cut(
        world,
        late,
        world.members.filter((one) => !late.includes(one)),
      );
    });
    await through(world, newcomer);
    await world.clock.advance(5000);
    expect(late).toHaveLength(2);
    expect(listOf(nth(late, 0), world).pending).toHaveLength(1);
    expect(await writeStrictly(scenario, newcomer)).toBe('placed');
    expect(await strictly(world, nth(late, 0))).toEqual(['QUORUM_NOT_REACHED']);
    await rest(world);
  });
});

describe('a strict write by a list that others have not heard of', () => {
  it('is not acknowledged by owners that a removal has made before they have all', async () => {
    const scenario = await begin({ machines: 4, settings: QUORUM });
    const { world } = scenario;
    const [first, second, gone, next] = byWalk(world);
    if (first === undefined || second === undefined) throw new Error('four members');
    if (gone === undefined || next === undefined) throw new Error('four members');
    cut(world, [first, next], [second, gone]);
    const { ring, root } = world.fixture;
    const revocation = issueRevocation({ ring, subject: gone.peer, issuer: root, keep: [] });
    await world.clock.settle(first.members.addRevocations([revocation.bytes]));
    await world.clock.advance(5000);
    expect(listOf(next, world).owners).toContain(next.peer);
    for (const writer of [next, first]) {
      expect(await writeStrictly(scenario, writer)).not.toBe('placed');
    }
    // The two others go on by their own list, and miss nothing.
    expect(await strictly(world, second)).toEqual([]);
    world.network.heal();
    world.drop(gone);
    await world.clock.advance(20_000);
    expect(await writeStrictly(scenario, next)).toMatch(/placed|complete/);
    await rest(world);
  });
});

describe('a write on its way while the list changes', () => {
  it('stays in the outbox until who comes in has it, too', async () => {
    const { world, work } = await begin({ machines: 4, settings: QUORUM });
    const { clock, network } = world;
    const [writer, leaver, slow, incoming] = byWalk(world) as [
      ...[SimulatedMember, SimulatedMember, SimulatedMember, SimulatedMember],
    ];
    network.slow(slow.peer, 1500);
    await clock.settle(work.write(writer, 'item#0'));
    network.slow(incoming.peer, 15_000);
    await clock.settle(leaver.members.announce({ move: 'leave' }));
    await clock.advance(100);
    const [change] = listOf(writer, world).pending;
    expect(change?.incoming).toEqual([incoming.peer]);
    expect(await writer.store.outboxSize()).toBe(1);
    // The answer of the last owner of the old list comes.
    await clock.advance(3500);
    const key = { partitionKey: world.fixture.account, sortKey: 'item#0' };
    expect(await slow.store.read(key)).toHaveLength(1);
    expect(await incoming.store.read(key)).toEqual([]);
    expect(await writer.store.outboxSize()).toBe(1);
    await rest(world);
  });
});
