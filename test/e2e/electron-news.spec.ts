import { expect, test, type ElectronApplication } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiFile, command, launch } from './support/desktop-app.ts';
import { everyoneShows } from './support/household.ts';
import { freePort, makeDir, startPeer, type PeerProcess } from './support/peer-process.ts';
import { inside, shown, standIn as host, toolTip, whyNoStandIn } from './support/stand-in.ts';

/**
 * What the app tells a person who does not look at its window: a cart that was written apart, and a
 * machine that asks to join. Over a second real peer; each notification leads to its place.
 */

test.describe('news outside of the window', () => {
  test.skip(whyNoStandIn !== undefined, whyNoStandIn ?? '');
  test.setTimeout(180_000);
  let dataDir: string;
  let dir: string;
  let peer: PeerProcess | undefined;
  test.beforeAll(() => {
    host.prepare();
  });
  test.beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'carrossel-news-'));
    dir = makeDir('shop');
  });
  test.afterEach(async () => {
    await peer?.kill();
    for (const one of [dataDir, dir]) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
  });

  test('a cart that was written apart is told of, and a click leads to it', async () => {
    const first = await launch(host, dataDir);
    await command(dataDir, 'ring', 'create', 'Home');
    const { phrase } = (await command(dataDir, 'account', 'create', 'Ana')) as { phrase: string };
    const { link } = (await command(dataDir, 'invite')) as { link: string };
    const port = await freePort();
    const open = (...args: string[]): Promise<PeerProcess> =>
      startPeer({ name: 'shop', dir, port, args: ['--no-mdns', ...args] });
    peer = await open('--join', link);
    await peer.call('POST', '/accounts/log-in', { phrase, name: 'Ana' });
    await command(dataDir, 'cart', 'add', 'Rice', '--cart', 'Groceries');
    await everyoneShows([peer], 'Groceries', ['Rice']);
    await peer.stop();
    await command(dataDir, 'cart', 'add', 'Soap', '--cart', 'Groceries');
    // A cart that is whole is nothing to tell.
    await expect.poll(() => toolTip(first.app)).toContain('on their way');
    expect(await shown(first.app)).toEqual([]);
    await first.app.close();
    peer = await open();
    await peer.add('Groceries', 'Tea');
    const { app, page } = await launch(host, dataDir);
    await expect.poll(() => shown(app)).toEqual(['Choose what stays in “Groceries”.']);
    await expect.poll(() => toolTip(app)).toContain('1 cart needs a choice');
    await page.getByRole('link', { name: 'Settings' }).click();
    await click(app);
    await expect(page.getByRole('heading', { level: 1, name: 'Groceries' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Put side by side' })).toBeVisible();
    await app.close();
  });

  test('a machine that asks to join is told of, and a click leads to the machines', async () => {
    const { app, page } = await launch(host, dataDir, {}, '--listen', '/ip4/127.0.0.1/tcp/0');
    await command(dataDir, 'ring', 'create', 'Home');
    await command(dataDir, 'account', 'create', 'Ana');
    await page.getByRole('link', { name: 'Machines' }).click();
    await page.getByRole('button', { name: 'Nearby' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    const { origin, token } = apiFile(dataDir);
    const answer = await fetch(`${origin}/api/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { addresses } = (await answer.json()) as { addresses: string[] };
    peer = await startPeer({ name: 'phone', dir, args: ['--no-mdns'] });
    const [address] = addresses;
    const asked = peer.call<{ digits: string }>('POST', '/nearby/ask', { address });
    await expect.poll(() => shown(app)).toEqual(['“phone” waits. Compare the six digits.']);
    await expect.poll(() => toolTip(app)).toContain('“phone” waits.');
    expect((await asked).digits).toMatch(/^\d{6}$/);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Settings' }).click();
    await click(app);
    await expect(page).toHaveURL(/#\/peers$/);
    await app.close();
  });
});

/** On the latest notification. */
function click(app: ElectronApplication): Promise<void> {
  return inside(app, ({ Notification }) => {
    Notification.shown.at(-1)?.emit('click');
  });
}
