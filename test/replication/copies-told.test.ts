import { describe, expect, it } from 'vitest';
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
});
