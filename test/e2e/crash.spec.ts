import { expect, test } from '@playwright/test';
import {
  everyoneConnected,
  everyoneSeesConflict,
  everyoneShows,
  invite,
  makeHousehold,
} from './support/household.ts';
import { makeDir, removeDirs, startPeer } from './support/peer-process.ts';

test('kill -9 of a peer during writes loses nothing that was acknowledged', async () => {
  const home = await makeHousehold({ names: ['one', 'two', 'three'] });
  try {
    const [one, two] = [home.peer('one'), home.peer('two')];
    await one.call('POST', '/carts', { name: 'Stock' });
    await everyoneShows(home.peers, 'Stock', []);
    const acknowledged: string[] = [];
    let killed: Promise<void> | undefined;
    for (let i = 0; i < 60 && killed === undefined; i++) {
      const sent = two.add('Stock', `Item ${i}`).then(
        () => acknowledged.push(`Item ${i}`),
        () => undefined,
      );
      if (i === 20) {
        // Pulled in the middle of a write: whether this one counts is open, all before do.
        killed = two.kill();
      }
      await sent;
    }
    await killed;
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    await one.add('Stock', 'Written meanwhile');
    const back = await home.restart('two');
    expect(
      (await back.call<{ findings: { check: string; level: string }[] }>('GET', '/doctor'))
        .findings,
    ).toContainEqual(expect.objectContaining({ check: 'store', level: 'ok' }));
    await everyoneConnected(home.peers);
    for (const peer of home.peers) {
      await expect
        .poll(() => peer.titles('Stock'), { timeout: 20_000 })
        .toEqual(expect.arrayContaining([...acknowledged, 'Written meanwhile']));
    }
  } finally {
    await home.close();
  }
});

test('a peer started alone and written to offline is joined by the others later', async () => {
  const home = await makeHousehold({ names: ['laptop'] });
  const dirs: string[] = [];
  try {
    const laptop = home.peer('laptop');
    await laptop.call('POST', '/carts', { name: 'Trip' });
    const written = await laptop.add('Trip', 'Tent');
    // A ring of one: this disk is all there is, and it says so.
    expect(written.safety).toMatchObject({ copies: 1, owners: 1, state: 'complete' });
    await laptop.add('Trip', 'Rope');
    const joined = [];
    for (const name of ['phone', 'tablet']) {
      const dir = makeDir(name);
      dirs.push(dir);
      const args = ['--no-mdns', '--join', await invite(laptop)];
      const peer = await startPeer({ name, dir, args });
      await peer.call('POST', '/accounts/log-in', { phrase: home.phrase, name: 'Ana' });
      joined.push(peer);
    }
    try {
      await everyoneShows([laptop, ...joined], 'Trip', ['Rope', 'Tent']);
      await joined[0]?.add('Trip', 'Stove');
      await everyoneShows([laptop, ...joined], 'Trip', ['Rope', 'Stove', 'Tent']);
      await everyoneSeesConflict([laptop, ...joined], 'Trip', false);
    } finally {
      for (const peer of joined) await peer.kill();
    }
  } finally {
    await home.close();
    removeDirs(dirs);
  }
});
