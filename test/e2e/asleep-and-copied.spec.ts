import { expect, test } from '@playwright/test';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  everyoneConnected,
  everyoneSeesConflict,
  everyoneShows,
  makeHousehold,
} from './support/household.ts';
import { makeDir, removeDirs, startPeer } from './support/peer-process.ts';

test('two machines asleep by turns are told the truth at each moment', async () => {
  const home = await makeHousehold({ names: ['ana', 'ben'] });
  try {
    const ana = home.peer('ana');
    await ana.call('POST', '/carts', { name: 'Home' });
    await everyoneShows(home.peers, 'Home', []);
    const both = await ana.add('Home', 'Soap');
    expect(both.safety).toMatchObject({ copies: 2, owners: 2 });
    await home.peer('ben').stop();
    const alone = await ana.add('Home', 'Candles');
    // w = 2 of n = 2: with the other away it is on this disk only, and never called safe.
    expect(alone.safety).toMatchObject({
      state: 'pending',
      copies: 1,
      owners: 2,
      waitingFor: ['ben'],
    });
    await ana.stop();
    const ben = await home.restart('ben');
    expect(await ben.titles('Home')).toEqual(['Soap']);
    await ben.add('Home', 'Matches');
    const again = await home.restart('ana');
    await everyoneConnected([again, ben]);
    await everyoneSeesConflict([again, ben], 'Home', true);
    await everyoneShows([again, ben], 'Home', ['Candles', 'Matches', 'Soap']);
    await expect.poll(async () => (await again.cart('Home')).safety.state).toBe('complete');
  } finally {
    await home.close();
  }
});

test('an old copy of the store put back swallows no acknowledged write', async () => {
  const home = await makeHousehold({ names: ['till', 'office'] });
  try {
    const till = home.peer('till');
    const backup = join(till.dir, 'backup');
    await till.call('POST', '/carts', { name: 'Till' });
    await till.add('Till', 'Before');
    await everyoneShows(home.peers, 'Till', ['Before']);
    await till.stop();
    cpSync(join(till.dir, 'store'), backup, { recursive: true });
    const second = await home.restart('till');
    await everyoneConnected(home.peers);
    await second.add('Till', 'After the backup');
    await everyoneShows(home.peers, 'Till', ['Before', 'After the backup']);
    await second.stop();
    rmSync(join(till.dir, 'store'), { recursive: true });
    cpSync(backup, join(till.dir, 'store'), { recursive: true });
    await home.peer('office').stop();
    // Alone, on the old store: it cannot know what it once wrote, and writes with the same
    // counters.
    const third = await home.restart('till');
    await third.add('Till', 'On the old store');
    await third.add('Till', 'And once more');
    const office = await home.restart('office');
    await everyoneConnected([third, office]);
    const all = ['Before', 'After the backup', 'On the old store', 'And once more'];
    await everyoneShows([third, office], 'Till', all);
  } finally {
    await home.close();
  }
});

test('a copied data folder is told to make a new key, and neither loses a write', async () => {
  const home = await makeHousehold({ names: ['original', 'other'] });
  const copyDir = makeDir('copy');
  try {
    const original = home.peer('original');
    await original.call('POST', '/carts', { name: 'Shared' });
    await original.add('Shared', 'First');
    await everyoneShows(home.peers, 'Shared', ['First']);
    await original.stop();
    cpSync(original.dir, copyDir, { recursive: true });
    const live = await home.restart('original');
    await everyoneConnected(home.peers);
    const copy = await startPeer({ name: 'copy', dir: copyDir, args: ['--no-mdns'] });
    try {
      await copy.add('Shared', 'On the copy');
      await live.add('Shared', 'On the original');
      await expect
        .poll(async () => (await copy.status()).notices.map((n) => n.code), { timeout: 20_000 })
        .toContain('PEER_ID_IN_USE');
      await everyoneShows(home.peers, 'Shared', ['First', 'On the original']);
      const made = await copy.call<{ peerId: string }>('POST', '/ring/new-peer-key');
      expect(made.peerId).not.toBe(live.ready.peerId);
      await copy.stop();
      const link = await live.call<{ link: string }>('POST', '/invites', {});
      const args = ['--no-mdns', '--join', link.link];
      const renewed = await startPeer({ name: 'renewed', dir: copyDir, args });
      try {
        await renewed.call('POST', '/accounts/log-in', { phrase: home.phrase, name: 'Ana' });
        const all = ['First', 'On the copy', 'On the original'];
        await everyoneShows([live, home.peer('other'), renewed], 'Shared', all, 25_000);
      } finally {
        await renewed.kill();
      }
    } finally {
      await copy.kill();
    }
  } finally {
    await home.close();
    removeDirs([copyDir]);
  }
});
