import { beforeEach, describe, expect, it } from 'vitest';
import { counterMessage } from '../../../src-main/network/messages/counter.ts';
import { exchangeMessage } from '../../../src-main/network/messages/exchange.ts';
import { fetchMessage } from '../../../src-main/network/messages/fetch.ts';
import { getBatchMessage } from '../../../src-main/network/messages/get-batch.ts';
import { getMessage } from '../../../src-main/network/messages/get.ts';
import { gossipMessage } from '../../../src-main/network/messages/gossip.ts';
import { listMessage } from '../../../src-main/network/messages/list.ts';
import { digestOf, tableHash } from '../../../src-main/replication/gossip.ts';
import { actorOf } from '../../../src-main/security/actor.ts';
import type { ActorId, Hash } from '../../../src-main/domain/ids.ts';
import { createAsking, type Asking } from './asking.ts';

/** Three co-owners: none of them needs a session with another. */
describe('a co-owner that asks', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({ machines: 3 });
    await asking.issue(1, 'cart#a', 'w1');
    await asking.issue(1, 'cart#b', 'w2');
    await asking.issue(1, 'order#c', 'w3');
  });
  const account = () => asking.world.fixture.account;

  it('gets names only, or the versions that it lacks', async () => {
    const get = { listHash: null, key: asking.key('cart#a'), have: [] } as const;
    const names = await asking.ask(0, 1, getMessage, { ...get, mode: 'digest' });
    expect(names).toMatchObject({ owner: true, versions: [] });
    const full = await asking.ask(0, 1, getMessage, { ...get, mode: 'full' });
    expect(full.versions).toHaveLength(1);
    const have = names.names.map((name) => name.hash);
    const nothing = await asking.ask(0, 1, getMessage, { ...get, mode: 'full', have });
    expect(nothing.versions).toEqual([]);
    expect(nothing.names).toEqual(names.names);
  });

  it('lists by prefix, backwards, and in pages', async () => {
    const list = async (range: object) => {
      const request = { listHash: null, range: { partitionKey: account(), limit: 10, ...range } };
      const { items, more } = await asking.ask(0, 1, listMessage, request);
      return { keys: items.map((item) => item.sortKey), more };
    };
    expect(await list({ prefix: 'cart#' })).toEqual({ keys: ['cart#a', 'cart#b'], more: false });
    expect(await list({ prefix: 'cart#', reverse: true, limit: 1 })).toEqual({
      keys: ['cart#b'],
      more: true,
    });
    expect(await list({ after: 'cart#a' })).toEqual({ keys: ['cart#b', 'order#c'], more: false });
  });

  it('hears the names of several items at once, in their order', async () => {
    const sortKeys = ['order#c', 'cart#none', 'cart#a'];
    const request = { listHash: null, partitionKey: account(), sortKeys };
    const { owner, items } = await asking.ask(0, 1, getBatchMessage, request);
    expect([owner, items.map((names) => names.length)]).toEqual([true, [1, 0, 1]]);
    const [held] = await asking.member(1).store.read(asking.key('order#c'));
    expect(items[0]?.[0]?.hash).toBe(held?.hash);
    const listHash = '12'.repeat(32) as Hash;
    const asked = asking.ask(0, 1, getBatchMessage, { ...request, listHash });
    await expect(asked).rejects.toMatchObject({ code: 'OTHER_LIST' });
  });

  it('is told when it has another list', async () => {
    const get = { key: asking.key('cart#a'), mode: 'digest', have: [] } as const;
    const listHash = '12'.repeat(32) as Hash;
    const asked = asking.ask(0, 1, getMessage, { ...get, listHash });
    await expect(asked).rejects.toMatchObject({ code: 'OTHER_LIST' });
  });

  it('fetches versions by name, and null for what is not there', async () => {
    const [held] = await asking.member(1).store.read(asking.key('cart#b'));
    if (held === undefined) throw new Error('it was written');
    const wanted = [
      { sortKey: 'cart#b', hash: held.hash },
      { sortKey: 'cart#b', hash: '34'.repeat(32) as Hash },
    ];
    const request = { partitionKey: account(), wanted };
    const { versions } = await asking.ask(0, 1, fetchMessage, request);
    expect(versions).toEqual([held.bytes, null]);
  });

  it('hears which accounts differ', async () => {
    const exchange = async (digest: Hash) => {
      const accounts = [{ partitionKey: account(), digest }];
      const { differ } = await asking.ask(0, 1, exchangeMessage, { accounts });
      return differ;
    };
    const same = (await asking.member(1).store.accountDigest(account())) as Hash;
    expect(await exchange(same)).toEqual([]);
    const other = '56'.repeat(32) as Hash;
    expect(await exchange(other)).toEqual([{ partitionKey: account(), digest: same }]);
  });

  it('hears the greatest counters known', async () => {
    const { machine, store } = asking.member(1);
    const writer = actorOf(machine.peer.publicKey, store.epoch, account());
    const nobody = 'ab'.repeat(16) as ActorId;
    const { counters } = await asking.ask(0, 1, counterMessage, { actors: [writer, nobody] });
    expect(counters).toEqual([3, 0]);
  });

  it('hears of no more than 256 actors at once', async () => {
    const actors = Array.from({ length: 257 }, (_, i) => i.toString(16).padStart(32, '0'));
    const asked = asking.ask(0, 1, counterMessage, { actors: actors as ActorId[] });
    await expect(asked).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('compares member tables: the same, or what is newer', async () => {
    const { members } = asking.member(0);
    const mine = { tableHash: tableHash(members), digest: null };
    expect(await asking.ask(0, 1, gossipMessage, mine)).toMatchObject({ same: true });
    const digest = { ...digestOf(members), members: [] };
    const less = { tableHash: '78'.repeat(32) as Hash, digest };
    const answer = await asking.ask(0, 1, gossipMessage, less);
    expect(answer).toMatchObject({ same: false, records: { settings: [], revocations: [] } });
    expect(answer.records.members).toHaveLength(3);
  });
});
