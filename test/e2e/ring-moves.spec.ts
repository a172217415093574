import { expect, test } from '@playwright/test';
import type { PlanView } from '../../src-main/app/views/membership.ts';
import type { MemberView } from '../../src-main/app/views.ts';
import { everyoneShows, makeHousehold, type Household } from './support/household.ts';
import type { PeerProcess } from './support/peer-process.ts';

const NAMES = ['ana', 'ben', 'eva', 'rui'];
const TITLES = ['Bread', 'Candles', 'Milk', 'Rice', 'Soap'];
/** Takes over what the others gave away, across all partitions of a ring. */
const MOVED_MS = 60_000;

const stateOf = async (peer: PeerProcess, name: string): Promise<string | undefined> =>
  (await peer.members()).find((one) => one.name === name)?.state;

async function homeWithCart(): Promise<Household> {
  const home = await makeHousehold({ names: NAMES, createRing: ['--n', '3'] });
  await home.peer('ana').call('POST', '/carts', { name: 'Home' });
  for (const title of TITLES) await home.peer('ana').add('Home', title);
  await everyoneShows(home.peers, 'Home', TITLES);
  return home;
}

/** A strict read by each, after what it knew is asked of the owners again. */
async function allKeep(peers: readonly PeerProcess[], titles = TITLES): Promise<void> {
  for (const peer of peers) {
    await expect
      .poll(
        async () => {
          const cart = await peer.call<{ lines: { product: { title: string } }[] }>(
            'GET',
            '/carts/Home?consistency=strict',
          );
          return cart.lines.map((line) => line.product.title).sort();
        },
        { message: `${peer.name} reads it strictly`, timeout: MOVED_MS },
      )
      .toEqual(titles);
  }
}

test('a machine leaves and is switched off: the others keep three copies of every line', async () => {
  test.setTimeout(180_000);
  const home = await homeWithCart();
  try {
    const leaver = home.peer('rui');
    const plan = await leaver.call<PlanView>('POST', '/ring/plan', { kind: 'leave' });
    expect(plan.after.n).toBe(3);
    expect(plan.moves.length).toBeGreaterThan(0);
    expect(plan.moves.every((move) => move.from?.name === 'rui')).toBe(true);
    expect(plan.partitions).toBeLessThan(plan.ofPartitions);
    const leaving = await leaver.call<MemberView>('POST', '/ring/leave', {});
    expect(['leaving', 'left']).toContain(leaving.state);
    for (const peer of home.peers) {
      await expect
        .poll(() => stateOf(peer, 'rui'), { message: peer.name, timeout: MOVED_MS })
        .toBe('left');
    }
    await leaver.stop();
    const rest = home.peers.filter((one) => one.name !== 'rui');
    await everyoneShows(rest, 'Home', TITLES);
    await allKeep(rest);
    const more = await home.peer('ana').add('Home', 'Tea');
    expect(more.safety.owners).toBe(3);
    // It comes in again with an empty hand, and counts when it has all.
    const again = await home.restart('rui');
    await again.call('POST', '/ring/come-back', {});
    await expect.poll(() => stateOf(again, 'rui'), { timeout: MOVED_MS }).toBe('up');
    await everyoneShows(home.peers, 'Home', [...TITLES, 'Tea']);
  } finally {
    await home.close();
  }
});

test('a machine is killed and retired: the others have three copies again', async () => {
  test.setTimeout(180_000);
  const home = await homeWithCart();
  try {
    const gone = home.peer('rui');
    const { peerId } = (await gone.members()).find((one) => one.own) ?? { peerId: '' };
    await gone.kill();
    const admin = home.peer('ana');
    const plan = await admin.call<PlanView>('POST', '/ring/plan', { kind: 'retire', peerId });
    expect(plan.moves.every((move) => move.from?.name === 'rui')).toBe(true);
    const refused = home.peer('ben').call('POST', `/members/${peerId}/retire`, {});
    await expect(refused).rejects.toMatchObject({ code: 'NOT_ADMIN' });
    const retired = await admin.call<MemberView>('POST', `/members/${peerId}/retire`, {});
    expect(retired.state).toBe('retired');
    const rest = home.peers.filter((one) => one.name !== 'rui');
    for (const peer of rest) {
      await expect.poll(() => stateOf(peer, 'rui'), { timeout: MOVED_MS }).toBe('retired');
      await expect
        .poll(() => peer.call<unknown[]>('GET', '/ring/transfers'), { timeout: MOVED_MS })
        .toEqual([]);
    }
    await allKeep(rest);
    const more = await admin.add('Home', 'Tea');
    expect(more.safety).toMatchObject({ owners: 3 });
    await everyoneShows(rest, 'Home', [...TITLES, 'Tea']);
  } finally {
    await home.close();
  }
});

test('a machine keeps more while people go on, keeps that over a restart, then nothing', async () => {
  test.setTimeout(180_000);
  const home = await homeWithCart();
  try {
    const attic = home.peer('rui');
    const own = async (): Promise<MemberView | undefined> =>
      (await attic.members()).find((one) => one.own);
    const share = (await own())?.share ?? 0;
    const seat = { capacity: 4, zone: 'attic' };
    const plan = await attic.call<PlanView>('POST', '/ring/plan', { kind: 'seat', ...seat });
    expect(plan.moves.every((move) => move.to.name === 'rui')).toBe(true);
    const asked = await attic.call<MemberView>('PUT', '/ring/seat', seat);
    expect([asked.capacity, asked.wanted]).toEqual([1, seat]);
    await home.peer('ben').add('Home', 'Tea');
    await expect.poll(own, { timeout: MOVED_MS }).toMatchObject(seat);
    expect((await own())?.share).toBeGreaterThan(share);
    await attic.stop();
    const again = await home.restart('rui');
    await expect
      .poll(async () => (await again.members()).find((one) => one.own))
      .toMatchObject(seat);
    await again.call('PUT', '/ring/seat', { capacity: 0 });
    for (const peer of home.peers) {
      await expect
        .poll(async () => (await peer.members()).find(({ name }) => name === 'rui'), {
          message: peer.name,
          timeout: MOVED_MS,
        })
        .toMatchObject({ capacity: 0, share: 0 });
    }
    const rest = home.peers.filter((one) => one.name !== 'rui');
    await again.stop();
    await allKeep(rest, [...TITLES, 'Tea']);
  } finally {
    await home.close();
  }
});
