import { describe, expect, it, vi } from 'vitest';
import { putMessage } from '../../src-main/network/messages/put.ts';
import { changedNotice, watchMessage } from '../../src-main/network/messages/watch.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { createAsking, type Asking } from './handlers/asking.ts';

const account = (i: number): PartitionKey => i.toString(16).padStart(64, '0') as PartitionKey;

/** Change notices that `server` sends to `to` from now on. */
function noticesTo(asking: Asking, server: number, to: number) {
  const node = asking.world.network.node(asking.member(server).peer);
  if (node === undefined) throw new Error('it is down');
  const told = vi.spyOn(node, 'notify');
  const { peer } = asking.member(to);
  return () => told.mock.calls.filter(([p, verb]) => p === peer && verb === changedNotice.verb);
}

describe('a watched account', () => {
  it('is not described to a stranger that ends a watch it never had', async () => {
    const asking = await createAsking({
      machines: 4,
      member: (i) => ({ capacity: i === 3 ? 0 : 1, holds: i !== 3 }),
    });
    const request = { partitionKey: asking.world.fixture.account, on: false };
    const asked = asking.ask(3, 1, watchMessage, request);
    await expect(asked).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
    await asking.world.stopAll();
  });

  it('is one of at most 1,024 of one member', async () => {
    const asking = await createAsking({ machines: 2 });
    const watch = (i: number, on = true) =>
      asking.ask(0, 1, watchMessage, { partitionKey: account(i), on });
    for (let i = 0; i < 1023; i++) await watch(i);
    await expect(watch(5000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    // One that stands may be asked for again, and one that ended makes room.
    await watch(7);
    await watch(8, false);
    await watch(5000);
    await asking.world.stopAll();
  });

  it('is not told of to the member that brought what is new, but to every other', async () => {
    const asking = await createAsking({ machines: 3, member: () => ({ holds: true }) });
    const { world } = asking;
    // The third may hear of it from the second only.
    world.network.separate([[asking.member(0).peer, asking.member(2).peer]]);
    await world.clock.advance(5000);
    const [own, others] = [noticesTo(asking, 1, 0), noticesTo(asking, 1, 2)];
    const version = await asking.issue(0, 'cart', 'w1');
    await asking.ask(0, 1, putMessage, {
      ...{ listHash: null, sloppy: false, hintsFor: [], key: version.key },
      versions: [version.bytes],
    });
    await world.clock.advance(1000);
    expect(own()).toEqual([]);
    expect(others()).toHaveLength(1);
    // What follows it here is news to the first, too.
    await asking.issue(1, 'cart', 'w2');
    await world.clock.advance(1000);
    expect(own()).toHaveLength(1);
    await world.stopAll();
  });

  it('is watched no longer when the connection has ended', async () => {
    const asking = await createAsking({ machines: 2, member: (i) => ({ holds: i === 1 }) });
    const { world } = asking;
    const notices = noticesTo(asking, 1, 0);
    await asking.ask(0, 1, watchMessage, { partitionKey: world.fixture.account, on: true });
    await asking.issue(1, 'cart', 'w1');
    await world.clock.advance(1000);
    expect(notices()).toHaveLength(1);
    world.network.drop(asking.member(0).peer, asking.member(1).peer, 'a test');
    await world.clock.advance(5000);
    await asking.issue(1, 'cart', 'w2');
    await world.clock.advance(1000);
    expect(notices()).toHaveLength(1);
    await world.stopAll();
  });

  it('is watched no longer by who owns it no longer', async () => {
    const asking = await createAsking({ machines: 2, member: (i) => ({ holds: i === 1 }) });
    const { world } = asking;
    const notices = noticesTo(asking, 1, 0);
    await asking.ask(0, 1, watchMessage, { partitionKey: world.fixture.account, on: true });
    await world.clock.settle(asking.member(0).members.announce({ capacity: 0 }));
    await world.clock.advance(3000);
    await asking.issue(1, 'cart', 'w1');
    await world.clock.advance(1000);
    expect(notices()).toEqual([]);
    await world.stopAll();
  });
});
