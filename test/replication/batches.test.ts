import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { VERB, type Verb } from '../../src-main/network/verb.ts';
import type { SimulatedMember } from '../sim/simulated-member.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { createAsking, type Asking } from './handlers/asking.ts';

interface Sent {
  readonly to: string;
  readonly verb: Verb;
}

const SETTINGS = { number: 1, n: 3, r: 2, w: 2, q: 1024 } as const;

/** What the machine asks the others from now on. */
function requestsOf(asking: Asking, { peer }: SimulatedMember): Sent[] {
  const sent: Sent[] = [];
  const node = asking.world.network.node(peer);
  if (node === undefined) throw new Error('it is up');
  const request = node.request.bind(node);
  node.request = (to, verb, body, options) => {
    sent.push({ to, verb });
    return request(to, verb, body, options);
  };
  return sent;
}

const keysOf = (length: number) => Array.from({ length }, (_, i) => `item#${i}`);
const writesOf = ({ world }: Asking, { machine }: SimulatedMember, keys: readonly string[]) =>
  keys.map((sortKey) =>
    world.fixture.write(machine, { sortKey, id: `w ${sortKey}`, replaces: () => [] }),
  );

/** Three owners, and a machine that is logged in and keeps nothing for others. */
describe('several items of one account at once', () => {
  let asking: Asking;
  let sent: Sent[];
  beforeEach(async () => {
    asking = await createAsking({
      machines: 4,
      settings: SETTINGS,
      member: (i) => ({ capacity: i === 3 ? 0 : 1 }),
    });
    sent = requestsOf(asking, asking.member(3));
  });
  afterEach(() => asking.world.stopAll());

  const perOwner = (verb: Verb) =>
    asking.members
      .slice(0, 3)
      .map(({ peer }) => sent.filter((one) => one.to === peer && one.verb === verb).length);

  it.each([25, 100])('are written with one message to each owner: %i items', async (length) => {
    const { replication } = asking.member(3);
    const writes = writesOf(asking, asking.member(3), keysOf(length));
    const put = replication.put(writes, { waitFor: 'complete' });
    const { state, versions } = await asking.world.clock.settle(put);
    expect([state, versions.length]).toEqual(['complete', length]);
    expect([perOwner(VERB.putBatch), perOwner(VERB.put)]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    for (const { store } of asking.members.slice(0, 3)) {
      expect(await store.read(asking.key(`item#${length - 1}`))).toHaveLength(1);
    }
  });

  it.each([25, 100])('are read with one message to each owner: %i items', async (length) => {
    const keys = keysOf(length);
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

describe('several items of one account, while an owner is away', () => {
  let asking: Asking;
  beforeEach(async () => {
    const init = { machines: 5, settings: SETTINGS };
    const before = await createAsking(init);
    const { owners } = before.member(0).replication.listOf(before.world.fixture.account);
    const isOwner = before.members.map(({ peer }) => owners.includes(peer));
    await before.world.stopAll();
    // The same ring, but that who owns nothing of the account is not logged in to it either.
    asking = await createAsking({ ...init, member: (i) => ({ holds: isOwner[i] === true }) });
  });
  afterEach(() => asking.world.stopAll());

  it('go in one message to each owner, and in one to who keeps them for that one', async () => {
    const { world, members } = asking;
    const { owners } = asking.member(0).replication.listOf(world.fixture.account);
    const ofPeer = (peer: PeerId) => members.find((one) => one.peer === peer);
    const [writer, second, away] = owners.map(ofPeer);
    if (writer === undefined || second === undefined || away === undefined) throw new Error('3');
    const others = members.filter((one) => one !== away).map(({ peer }) => peer);
    world.network.partition([[away.peer], others]);
    await world.clock.advance(10_000);
    const sent = requestsOf(asking, writer);
    const writes = writesOf(asking, writer, keysOf(100));
    const put = writer.replication.put(writes, { waitFor: 'safe' });
    expect((await world.clock.settle(put)).state).toBe('placed');
    await world.clock.advance(3000);

    const carrying = () => sent.filter(({ verb }) => verb === VERB.putBatch || verb === VERB.put);
    const fallback = carrying()
      .map(({ to }) => to)
      .find((to) => !owners.includes(to as PeerId));
    const keeper = ofPeer(fallback as PeerId);
    if (keeper === undefined) throw new Error('nobody keeps them');
    const carriedTo = ({ peer }: SimulatedMember) =>
      carrying()
        .filter(({ to }) => to === peer)
        .map(({ verb }) => verb);
    expect(carriedTo(second)).toEqual([VERB.putBatch]);
    expect(carriedTo(keeper)).toEqual([VERB.putBatch]);
    expect(carriedTo(away)).toEqual([]);
    const keptFor = async (owner: SimulatedMember) =>
      new Set((await keeper.store.hintsFor(owner.peer, 1000)).map(({ key }) => key.sortKey));
    expect([...(await keptFor(away))]).toEqual(expect.arrayContaining(keysOf(100)));
    expect([...(await keptFor(second))]).not.toContain('item#0');

    // One that does not know the account: its devices first, once for all, and the items again.
    const devices = asking.key(DEVICES_SORT_KEY);
    const remove = (await keeper.store.read(devices)).map(({ hash }) => hash);
    await world.clock.settle(keeper.store.replaceVersions(devices, { remove, add: [] }));
    sent.length = 0;
    const more = writesOf(asking, writer, keysOf(200).slice(100));
    await world.clock.settle(writer.replication.put(more, { waitFor: 'safe' }));
    await world.clock.advance(3000);
    expect(carriedTo(keeper)).toEqual([VERB.putBatch, VERB.put, VERB.putBatch]);
    // And the owner has all of them when it is back.
    world.network.heal();
    await world.clock.advance(60_000);
    for (const sortKey of keysOf(200)) {
      expect(await away.store.read(asking.key(sortKey))).toHaveLength(1);
    }
    expect(await keptFor(away)).toEqual(new Set());
  });
});
