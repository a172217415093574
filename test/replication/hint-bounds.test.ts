import { beforeEach, describe, expect, it } from 'vitest';
import { putMessage } from '../../src-main/network/messages/put.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { partition } from '../sim/scenario.ts';
import { createHintShare } from '../../src-main/replication/hint-share.ts';
import { ringOnPaper } from './member-fixture.ts';
import { createAsking, type Asking } from './handlers/asking.ts';

const stranger = (i: number): PeerId => {
  const found = ringOnPaper(4, 'strangers').machines[i];
  if (found === undefined) throw new Error(`no stranger ${i}`);
  return found.peer.peerId;
};

/** Six members, lists of three; machine 0 alone is logged in and stores nothing. */
describe('hints', () => {
  let asking: Asking;
  let owners: readonly PeerId[];
  let fallback: number;
  beforeEach(async () => {
    asking = await createAsking({
      ...{ machines: 6, settings: { n: 3, r: 2, w: 2 } },
      member: (i) => ({ holds: i === 0, capacity: i === 0 ? 0 : 1 }),
    });
    owners = asking.member(0).replication.listOf(asking.world.fixture.account).owners;
    fallback = asking.members.findIndex((one, i) => i > 0 && !owners.includes(one.peer));
    // The fallback knows the account's devices.
    const key = asking.key(DEVICES_SORT_KEY);
    const held = await asking.member(0).store.read(key);
    await asking.world.clock.settle(asking.member(fallback).store.merge(key, held));
  });
  const put = async (hintsFor: readonly PeerId[], sloppy: boolean) => {
    const version = await asking.issue(0, 'cart', 'w1');
    await asking.ask(0, fallback, putMessage, {
      ...{ listHash: null, sloppy, hintsFor, key: asking.key('cart') },
      versions: [version.bytes],
    });
    return asking.member(fallback).store.hintOwners();
  };
  const others = () => asking.members.map((one) => one.peer).filter((p) => !owners.includes(p));

  it('are kept for owners only, whoever else a member names', async () => {
    const [first] = owners;
    if (first === undefined) throw new Error('three owners');
    const named = [first, stranger(0), stranger(1), ...others()];
    expect(await put(named, false)).toEqual([first]);
  });

  it('are kept for the owners when none of those named is one', async () => {
    expect((await put([stranger(0)], false)).toSorted()).toEqual([...owners].toSorted());
  });

  it('may be for other storing members while lists differ, for n at most', async () => {
    const fallbacks = others().filter((p) => p !== asking.member(0).peer);
    const placed = fallbacks.filter((p) => p !== asking.member(fallback).peer);
    const named = [stranger(0), asking.member(0).peer, ...placed, ...owners];
    const kept = await put(named, true);
    expect(kept).toHaveLength(3);
    for (const one of placed) expect(kept).toContain(one);
  });

  it('for who owns no longer go to those who do, all of them', async () => {
    const { world } = asking;
    const away = world.members.filter((one) => owners.includes(one.peer));
    const writer = asking.member(0);
    const here = world.members.filter((one) => one !== writer && !away.includes(one));
    // The writer alone, too: met, it would take what it never sent for the work of a copy of it.
    await partition(world, away, here, [writer]);
    const keeper = asking.member(fallback);
    const gone = stranger(0);
    for (let i = 0; i < 150; i++) {
      const version = await asking.issue(0, `cart#${i}`, `w${i}`);
      const merged = keeper.store.merge(asking.key(`cart#${i}`), [version], { hintsFor: [gone] });
      await world.clock.settle(merged);
    }
    await world.clock.advance(90_000);
    expect((await keeper.store.hintOwners()).toSorted()).toEqual([...owners].toSorted());
    for (const owner of owners) {
      expect(await keeper.store.hintsFor(owner, 1000)).toHaveLength(150);
    }
    await world.stopAll();
  });
});

describe('the share of hints of one member', () => {
  it('is a part of all, and grows again as hints are delivered', async () => {
    let bytes = 0;
    const share = createHintShare({ maxBytes: 100 }, { store: { hintBytes: async () => bytes } });
    const add = (from: PeerId, size: number, grows = size) =>
      share.within(from, size, async () => {
        bytes += grows;
        return Promise.resolve();
      });
    const [a, b] = [stranger(0), stranger(1)];
    await add(a, 60);
    // Sent again, it takes no more room.
    await add(a, 40, 0);
    await add(a, 40);
    await expect(add(a, 40)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await add(b, 80);
    // Half of all are delivered.
    bytes /= 2;
    await add(a, 40);
    await expect(add(a, 40)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });
});
