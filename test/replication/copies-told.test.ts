import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { rangesMessage } from '../../src-main/network/messages/ranges.ts';
import { createAsking } from './handlers/asking.ts';

describe('what a member says of copies', () => {
  it('counts nobody for a version that came while the two compared', async () => {
    const asking = await createAsking({ machines: 3 });
    const { world, member } = asking;
    const [self, peer] = [member(0), member(1)];
    const version = await asking.issue(2, 'cart', 'late');
    const node = world.network.node(self.peer);
    if (node === undefined) throw new Error('it is up');
    const request = node.request.bind(node);
    let came = false;
    // The version arrives from machine 2 between the peer's answer and what is made of it.
    node.request = async (to, verb, body, options) => {
      const answer = await request(to, verb, body, options);
      if (to === peer.peer && verb === rangesMessage.verb && !came) {
        came = true;
        await self.store.merge(version.key, [version]);
        world.network.partition([[self.peer], [peer.peer], [member(2).peer]]);
      }
      return answer;
    };
    const done = self.replication.syncAccount(world.fixture.account, { timeoutMs: 5000 });
    await world.clock.settle(done);
    expect(came).toBe(true);
    const { copies } = await self.replication.delivery(version.key);
    expect(copies).not.toContain(peer.peer);
    world.network.heal();
    await world.stopAll();
  });

  it('goes on looking when a member was too slow for the first looks', async () => {
    const { world, self, peer, version, told } = await shownApart();
    let slow = true;
    for (const [one, other] of [
      [self, peer],
      [peer, self],
    ] as const) {
      const node = world.network.node(one.peer);
      if (node === undefined) throw new Error('it is up');
      const [request, notify] = [node.request.bind(node), node.notify.bind(node)];
      const isLost = (to: PeerId): boolean => slow && to === other.peer;
      node.request = (to, verb, body, options) =>
        isLost(to)
          ? Promise.reject(new AppError('TIMEOUT', 'too slow'))
          : request(to, verb, body, options);
      node.notify = (to, verb, body) => !isLost(to) && notify(to, verb, body);
    }
    const before = await world.clock.settle(self.replication.delivery(version.key));
    expect(before.copies).not.toContain(peer.peer);
    await world.clock.advance(9000);
    expect(told.at(-1) ?? before.copies).not.toContain(peer.peer);
    slow = false;
    // Nobody asks again: whoever is shown the item is told.
    await world.clock.advance(60_000);
    expect(told.at(-1) ?? []).toContain(peer.peer);
    await world.stopAll();
  });

  it('looks again when a member is back', async () => {
    const { world, self, peer, version, told } = await shownApart();
    world.network.partition([[self.peer], world.members.slice(1).map((one) => one.peer)]);
    await world.clock.advance(1000);
    const before = await world.clock.settle(self.replication.delivery(version.key));
    expect(before.copies).not.toContain(peer.peer);
    await world.clock.advance(60_000);
    expect(told).toEqual([]);
    world.network.heal();
    await world.clock.advance(60_000);
    expect(told.at(-1) ?? []).toContain(peer.peer);
    await world.stopAll();
  });
});

/** All three hold what machine 2 wrote, and the first does not know it of the second. */
async function shownApart() {
  const { world, member, issue } = await createAsking({ machines: 3 });
  const [self, peer] = [member(0), member(1)];
  const version = await issue(2, 'cart', 'told');
  for (const { store } of [self, peer]) {
    await world.clock.settle(store.merge(version.key, [version]));
  }
  const told: (readonly PeerId[])[] = [];
  self.replication.on('delivery', ({ key }) => {
    if (key.sortKey !== 'cart') return;
    void self.replication.delivery(key).then(({ copies }) => told.push(copies));
  });
  return { world, self, peer, version, told };
}
