import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERB, type Verb } from '../../src-main/network/verb.ts';
import { createAsking, type Asking } from './handlers/asking.ts';

/** Three owners, and a machine that is logged in and keeps nothing for others. */
describe('several items of one account at once', () => {
  let asking: Asking;
  let sent: { readonly to: string; readonly verb: Verb }[];
  beforeEach(async () => {
    asking = await createAsking({
      machines: 4,
      settings: { number: 1, n: 3, r: 2, w: 2, q: 1024 },
      member: (i) => ({ capacity: i === 3 ? 0 : 1 }),
    });
    sent = [];
    const node = asking.world.network.node(asking.member(3).peer);
    if (node === undefined) throw new Error('it is up');
    const request = node.request.bind(node);
    node.request = (to, verb, body, options) => {
      sent.push({ to, verb });
      return request(to, verb, body, options);
    };
  });
  afterEach(() => asking.world.stopAll());

  const perOwner = (verb: Verb) =>
    asking.members
      .slice(0, 3)
      .map(({ peer }) => sent.filter((one) => one.to === peer && one.verb === verb).length);
  const keys = Array.from({ length: 25 }, (_, i) => `item#${i}`);
  const writes = () =>
    keys.map((sortKey) =>
      asking.world.fixture.write(asking.member(3).machine, {
        ...{ sortKey, id: `w ${sortKey}`, replaces: () => [] },
      }),
    );

  it('are written with one message to each owner', async () => {
    const { replication } = asking.member(3);
    const put = replication.put(writes(), { waitFor: 'complete' });
    const { state, versions } = await asking.world.clock.settle(put);
    expect([state, versions.length]).toEqual(['complete', 25]);
    expect([perOwner(VERB.putBatch), perOwner(VERB.put)]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    for (const { store } of asking.members.slice(0, 3)) {
      expect(await store.read(asking.key('item#24'))).toHaveLength(1);
    }
  });

  it('are read with one message to each owner, and one more for what is not here', async () => {
    // What only the first owner has, and what only the third has; nothing of it came by itself.
    await asking.issue(0, 'item#0', 'a');
    await asking.issue(2, 'item#1', 'b');
    await asking.issue(2, 'item#2', 'c');
    sent.length = 0;
    const { replication } = asking.member(3);
    const read = () =>
      asking.world.clock.settle(
        replication.getBatch(asking.world.fixture.account, keys, { r: 3, consistency: 'strict' }),
      );
    const { items, answeredOwners } = await read();
    expect(items.map(({ key }) => key.sortKey)).toEqual(keys);
    expect(items.map(({ siblings }) => siblings.length)).toEqual(
      keys.map((_, i) => (i < 3 ? 1 : 0)),
    );
    expect(answeredOwners).toBe(3);
    expect(perOwner(VERB.getBatch)).toEqual([1, 1, 1]);
    expect(perOwner(VERB.fetch)).toEqual([1, 0, 1]);
    expect(perOwner(VERB.get)).toEqual([0, 0, 0]);
    // Behind the answer the owners that lacked one of them are repaired; then nothing is fetched.
    await asking.world.clock.advance(3000);
    for (const { store } of asking.members.slice(0, 3)) {
      for (const sortKey of keys.slice(0, 3)) {
        expect(await store.read(asking.key(sortKey))).toHaveLength(1);
      }
    }
    sent.length = 0;
    await read();
    expect(perOwner(VERB.getBatch)).toEqual([1, 1, 1]);
    expect(perOwner(VERB.fetch)).toEqual([0, 0, 0]);
  });
});
