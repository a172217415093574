import { describe, expect, it } from 'vitest';
import { issueRevocation } from '../../src-main/security/revocation.ts';
import type { AppError } from '../../src-main/base/app-error.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { begin, byWalk, idsAt, nth, QUORUM, rest } from './scenario.ts';
import type { World } from './world.ts';

describe('a strict write', () => {
  it('whose answers do not come is OUTCOME_UNKNOWN, and retried with the same bytes', async () => {
    const { world, work } = await begin({ machines: 3, settings: QUORUM });
    const writer = nth(world.members, 0);
    world.network.setOptions({ loss: 1 });
    const write = work.write(writer, 'cart', { consistency: 'strict', timeoutMs: 800 });
    const error: unknown = await world.clock.settle(write.catch((e: unknown) => e));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { acked: [writer.peer] } });
    const [version] = await writer.store.read({
      partitionKey: world.fixture.account,
      sortKey: 'cart',
    });
    if (version === undefined) throw new Error('it was written');
    // One that may have arrived somewhere is not taken back.
    expect(await world.clock.settle(writer.replication.withdraw(version.dot))).toBe(false);
    world.network.setOptions({ loss: 0 });
    await world.clock.advance(6000);
    const receipt = await world.clock.settle(
      writer.replication.retry(version.dot).catch((e: unknown) => e),
    );
    const done = (receipt as { code?: string }).code === 'NOT_FOUND';
    if (!done) expect(receipt).toMatchObject({ versions: [{ hash: version.hash }] });
    await rest(world);
  });

  it('is read by every strict read that begins after it', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    for (let i = 0; i < 6; i++) {
      const id = await world.clock.settle(
        work.write(nth(walk, i), 'cart', { consistency: 'strict' }),
      );
      const key = { partitionKey: world.fixture.account, sortKey: 'cart' };
      const reader = nth(walk, (i + 3) % 6).replication;
      const answer = await world.clock.settle(reader.get(key, { consistency: 'strict' }));
      expect(world.idsOf(answer.siblings)).toContain(id);
      expect(answer).toMatchObject({ freshness: 'strict' });
    }
    await rest(world);
  });
});

describe('a strict write that owners take under another list', () => {
  it('does not count them: its outcome is unknown, and known again when they agree', async () => {
    const { world, work } = await begin({ machines: 4, settings: QUORUM });
    const [writer, , gone] = byWalk(world);
    if (writer === undefined || gone === undefined) throw new Error('four members');
    const { ring, root } = world.fixture;
    // What one member learns does not reach the others: their lists stay different.
    const mend = world.members.map((member) => deafToGossip(world, member.peer));
    const revocation = issueRevocation({ ring, subject: gone.peer, issuer: root, keep: [] });
    await world.clock.settle(writer.members.addRevocations([revocation.bytes]));
    const options = { consistency: 'strict', timeoutMs: 8000 } as const;
    const error: unknown = await world.clock.settle(
      work.write(writer, 'cart', options).catch((e: unknown) => e),
    );
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const { dot } = (error as AppError).details as { dot: Parameters<typeof again>[0] };
    // They have it all the same, and a person is told so.
    const key = { partitionKey: world.fixture.account, sortKey: 'cart' };
    expect(await writer.replication.delivery(key)).toMatchObject({ state: 'complete' });
    for (const heard of mend) heard();
    await world.clock.advance(3000);
    const again = (of: Parameters<typeof writer.replication.retry>[0]) =>
      world.clock.settle(writer.replication.retry(of).catch((e: unknown) => e));
    const after = await again(dot);
    if ((after as { code?: string }).code !== 'NOT_FOUND') {
      expect(after).toMatchObject({ state: 'complete' });
    }
    expect(await writer.replication.outboxSize()).toBe(0);
    await world.stopAll();
  });
});

function deafToGossip(world: World, peer: PeerId): () => void {
  const transport = world.network.node(peer);
  if (transport === undefined) throw new Error('it is up');
  const deaf = [VERB.gossip, VERB.gossipPush].map((verb) => transport.silence(verb));
  return () => {
    for (const hear of deaf) hear();
  };
}

describe('an owner that is slow', () => {
  it('does not hold a write up: a fallback takes its copy after half a second', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const [writer, first, second] = [nth(walk, 5), nth(walk, 0), nth(walk, 1)];
    // They hear, but are not heard: only the transport's own heartbeats will tell, later.
    world.network.cut(first.peer, writer.peer);
    world.network.cut(second.peer, writer.peer);
    const started = world.clock.now();
    const id = await world.clock.settle(work.write(writer, 'cart'));
    expect(world.clock.now() - started).toBeLessThan(700);
    expect(world.ledger.entry(id)?.acknowledged).toBe('safe');
    await rest(world);
  });
});

describe('owners that become slow', () => {
  it('cost a read no half second: it goes by what answers took before', async () => {
    const { world, work } = await begin({ machines: 6, settings: QUORUM });
    const walk = byWalk(world);
    const reader = nth(walk, 5);
    await world.clock.settle(work.write(reader, 'cart'));
    const readMs = async (): Promise<number> => {
      const began = world.clock.now();
      await world.clock.settle(work.read(reader, world.fixture, 'cart', false));
      return world.clock.now() - began;
    };
    for (let i = 0; i < 20; i++) await readMs();
    // All three are asked at once and two are enough: one that is slow is not waited for at all.
    world.network.slow(nth(walk, 0).peer, 1000);
    expect(await readMs()).toBeLessThan(20);
    world.network.slow(nth(walk, 1).peer, 1000);
    expect(await readMs()).toBeLessThan(80);
    await rest(world);
  });
});

describe('a revoked member', () => {
  it('is cut by all, and written to no longer', async () => {
    const { world, work } = await begin({ machines: 4 });
    const [admin, gone] = [nth(world.members, 0), nth(world.members, 3)];
    const { ring, root } = world.fixture;
    const revocation = issueRevocation({ ring, subject: gone.peer, issuer: root, keep: [] });
    await world.clock.settle(admin.members.addRevocations([revocation.bytes]));
    await world.clock.advance(10_000);
    for (const member of world.members.slice(0, 3)) {
      expect(member.members.isMember(gone.peer)).toBe(false);
      expect(member.replication.isReachable(gone.peer)).toBe(false);
      const list = member.replication.listOf(world.fixture.account);
      expect(list.owners).not.toContain(gone.peer);
    }
    const id = await world.clock.settle(work.write(admin, 'cart'));
    await world.clock.advance(2000);
    expect(await idsAt(world, nth(world.members, 1), 'cart')).toEqual([id]);
    expect(await idsAt(world, gone, 'cart')).toEqual([]);
    await world.stopAll();
  });
});
