import { describe, expect, it } from 'vitest';
import type { PartitionKey, PeerId } from '../../src-main/domain/ids.ts';
import { emptySeat, type Member } from '../../src-main/domain/member.ts';
import { partitionOf as partitionOfKey } from '../../src-main/domain/ring.ts';
import { createRingLists, type RingLists } from '../../src-main/domain/ring-lists.ts';
import { createKnownCopies, forgetWhoOwnsLess } from '../../src-main/replication/known-copies.ts';
import { memberOf, peers, settingsOf } from '../domain/members.ts';
import { memoryStore, ringOnPaper } from './member-fixture.ts';

const peer = 'a peer' as PeerId;

const partitionOf = (account: PartitionKey) => partitionOfKey(account, 1024);

describe('what is known of copies', () => {
  it('holds for versions shown, and for all that stood when a comparison was equal', async () => {
    const fixture = ringOnPaper(1);
    const store = (await memoryStore()).items;
    const copies = createKnownCopies({ store, partitionOf });
    const [machine] = fixture.machines;
    if (machine === undefined) throw new Error('one machine');
    const write = async (sortKey: string, id: string) => {
      const request = fixture.write(machine, { sortKey, id, replaces: (all) => all });
      const [version] = await store.issue([request]);
      if (version === undefined) throw new Error('nothing written');
      return version;
    };
    const [one, two] = [await write('a', 'w1'), await write('b', 'w2')];
    expect([...copies.of(one)]).toEqual([]);
    copies.held(one.hash, peer);
    expect([...copies.of(one)]).toEqual([peer]);
    expect([...copies.of(two)]).toEqual([]);
    copies.equal(fixture.account, peer, copies.mark(fixture.account));
    expect([...copies.of(two)]).toEqual([peer]);
    const three = await write('b', 'w3');
    expect([...copies.of(three)]).toEqual([]);
    expect([...copies.of(one)]).toEqual([peer]);
  });

  it('is claimed of no item that changed since, however many others did after it', async () => {
    const fixture = ringOnPaper(1);
    const store = (await memoryStore()).items;
    const copies = createKnownCopies({ store, partitionOf, maxItems: 4 });
    const [machine] = fixture.machines;
    if (machine === undefined) throw new Error('one machine');
    const write = async (sortKey: string) => {
      const request = fixture.write(machine, { sortKey, id: sortKey, replaces: () => [] });
      const [version] = await store.issue([request]);
      if (version === undefined) throw new Error('nothing written');
      return version;
    };
    const early = await write('early');
    copies.equal(fixture.account, peer, copies.mark(fixture.account));
    const later = [early];
    for (let i = 0; i < 12; i++) {
      later.push(await write(`item${i}`));
      for (const version of later.slice(1)) expect([...copies.of(version)]).toEqual([]);
    }
    copies.equal(fixture.account, peer, copies.mark(fixture.account));
    for (const version of later) expect([...copies.of(version)]).toEqual([peer]);
  });

  it('is forgotten of a member that may have lost what it held', async () => {
    const fixture = ringOnPaper(1);
    const store = (await memoryStore()).items;
    const copies = createKnownCopies({ store, partitionOf });
    const [machine] = fixture.machines;
    if (machine === undefined) throw new Error('one machine');
    const request = fixture.write(machine, { sortKey: 'a', id: 'w', replaces: (all) => all });
    const [version] = await store.issue([request]);
    if (version === undefined) throw new Error('nothing written');
    const other = 'another peer' as PeerId;
    for (const one of [peer, other]) {
      copies.held(version.hash, one);
      copies.equal(fixture.account, one, copies.mark(fixture.account));
    }
    copies.forget(peer);
    expect([...copies.of(version)]).toEqual([other]);
    expect(copies.isHeldBy(version.hash, peer)).toBe(false);
    copies.held(version.hash, peer);
    expect(copies.isHeldBy(version.hash, peer)).toBe(true);
    copies.forget(peer);
    copies.equal(fixture.account, peer, copies.mark(fixture.account));
    expect(new Set(copies.of(version))).toEqual(new Set([peer, other]));
    expect(copies.isHeldBy(version.hash, peer)).toBe(false);
  });
});

describe('who may own less since lists changed', () => {
  const five = [0, 1, 2, 3, 4].map((i) => memberOf(peers[i] as PeerId));
  const seat = memberOf(peers[5] as PeerId);
  const coming = memberOf(seat.peer, { ...emptySeat(seat), state: 'joining', wanted: seat });
  const listsOf = (members: readonly Member[], known?: RingLists) =>
    createRingLists(members, settingsOf(3), known?.placements);
  function forgottenBy(lists: RingLists, before: RingLists): ReadonlySet<PeerId> {
    const out = new Set<PeerId>();
    forgetWhoOwnsLess({ forget: (one) => void out.add(one) }, lists, before);
    return out;
  }

  it('is nobody while somebody comes in, and the owners before when it is in', () => {
    const before = listsOf(five);
    const pending = listsOf([...five, coming], before);
    expect(forgottenBy(pending, before)).toEqual(new Set());
    const after = listsOf([...five, seat], pending);
    expect(forgottenBy(after, pending)).toEqual(new Set(five.map((one) => one.peer)));
  });

  it('is who was coming in, when that is called off', () => {
    const pending = listsOf([...five, coming]);
    const off = listsOf([...five, memberOf(seat.peer, { capacity: 0 })], pending);
    expect(forgottenBy(off, pending)).toEqual(new Set([seat.peer]));
  });
});
