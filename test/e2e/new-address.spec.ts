import { expect, test } from '@playwright/test';
import { everyoneConnected, everyoneShows, makeHousehold } from './support/household.ts';
import { whyNoLab } from './support/network-lab.ts';

const noLab = whyNoLab();
test.skip(noLab !== undefined, noLab);

test('a machine that gets another address is found by the others, and has what was written', async () => {
  const names = ['ana', 'ben', 'cai'];
  const home = await makeHousehold({ names, apart: true, onAllAddresses: true });
  try {
    const [ana, ben, cai] = names.map((name) => home.peer(name));
    if (!ana || !ben || !cai || !home.lab) throw new Error('three peers');
    await ana.call('POST', '/carts', { name: 'Home' });
    await everyoneShows(home.peers, 'Home', []);
    // While it runs: no link goes down, its connections just lead nowhere any more.
    const address = home.lab.readdress('cai');
    await ana.add('Home', 'Soap');
    await cai.add('Home', 'Tea');
    await everyoneConnected(home.peers);
    await everyoneShows(home.peers, 'Home', ['Soap', 'Tea']);
    await expect
      .poll(async () => {
        const member = (await ana.members()).find(({ name }) => name === 'cai');
        return member?.addresses.join(' ');
      })
      .toContain(address);
    // Who was off meanwhile has only the address of before.
    await ben.stop();
    const next = home.lab.readdress('cai');
    await everyoneConnected([ana, cai]);
    const again = await home.restart('ben');
    await everyoneConnected([ana, again, cai]);
    await cai.add('Home', 'Bread');
    await everyoneShows([ana, again, cai], 'Home', ['Soap', 'Tea', 'Bread']);
    const row = (await again.members()).find(({ name }) => name === 'cai');
    expect(row?.addresses.join(' ')).toContain(next);
  } finally {
    await home.close();
  }
});
