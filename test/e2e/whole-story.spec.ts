import { expect, test, type Browser, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyoneConnected, watchConsole } from './support/household.ts';
import { createNetworkLab, whyNoLab, type NetworkLab } from './support/network-lab.ts';
import { makeDir, removeDirs, startPeer, type PeerProcess } from './support/peer-process.ts';

/**
 * The complete story, all of it in pages as a person would do it, over three real peers on three
 * hosts: start, invite by the picture of a QR code, join, shop together, cut, write apart, heal,
 * choose, and look at all three.
 */

const noLab = whyNoLab();
const NAMES = ['kitchen', 'desk', 'shop'] as const;

test.describe('three machines, from nothing', () => {
  test.skip(noLab !== undefined, noLab ?? '');
  test.setTimeout(300_000);
  let lab: NetworkLab;
  let folder: string;
  const peers = new Map<string, PeerProcess>();
  const pages = new Map<string, Page>();
  const complaints: (readonly string[])[] = [];
  const dirs: string[] = [];

  test.beforeAll(async ({ browser }) => {
    lab = createNetworkLab();
    folder = mkdtempSync(join(tmpdir(), 'carrossel-story-'));
    for (const name of NAMES) {
      const dir = makeDir(name);
      dirs.push(dir);
      const peer = await startPeer({ name, dir, host: lab.addHost(name) });
      peers.set(name, peer);
      pages.set(name, await open(browser, peer));
    }
  });
  test.afterAll(async () => {
    for (const page of pages.values()) await page.context().close();
    for (const peer of peers.values()) await peer.kill();
    await lab.close();
    removeDirs(dirs);
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(browser: Browser, peer: PeerProcess): Promise<Page> {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
    complaints.push(watchConsole(page));
    await page.goto(peer.pageUrl);
    return page;
  }
  const page = (name: (typeof NAMES)[number]): Page => {
    const found = pages.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };

  test('shop together, apart, and together again', async ({}, info) => {
    const all = [...peers.values()];
    let accountPhrase = '';
    await test.step('kitchen starts a ring and an account; both phrases are checked', async () => {
      const kitchen = page('kitchen');
      await kitchen.getByRole('radio', { name: /Start a ring/ }).click();
      await kitchen.getByLabel(/Name of the ring/).fill('Home');
      await kitchen.getByRole('button', { name: 'Start the ring' }).click();
      await writeDown(kitchen);
      await kitchen.getByLabel('Name of the account').fill('Silva');
      await kitchen.getByRole('button', { name: 'Create the account' }).click();
      accountPhrase = await writeDown(kitchen);
    });

    for (const name of ['desk', 'shop'] as const) {
      await test.step(`${name} joins by a picture of the code`, async () => {
        const picture = join(folder, `${name}.png`);
        await photographInvite(page('kitchen'), picture);
        await joinByPicture(page(name), picture);
        await page(name)
          .getByRole('radio', { name: /I have an account/ })
          .click();
        await page(name).getByLabel('The 12 words').fill(accountPhrase);
        await page(name).getByRole('button', { name: 'Log in' }).click();
        await expect(page(name).getByRole('navigation')).toBeVisible();
      });
    }
    await everyoneConnected(all);

    await test.step('they shop together', async () => {
      await page('kitchen').goto(`${page('kitchen').url().split('#')[0] ?? ''}#/cart`);
      await page('kitchen').getByRole('button', { name: 'New cart' }).first().click();
      await page('kitchen').getByLabel('Name of the cart').fill('Groceries');
      await page('kitchen').getByRole('button', { name: 'Make the cart' }).click();
      await expect(page('kitchen').getByRole('heading', { name: 'Groceries' })).toBeVisible();
      await add(page('kitchen'), 'Rice');
      for (const name of NAMES) await shows(page(name), ['Rice']);
      await add(page('desk'), 'Beans');
      await add(page('shop'), 'Coffee');
      for (const name of NAMES) await shows(page(name), ['Rice', 'Beans', 'Coffee']);
      await expect(page('kitchen').getByText('On 3 of 3 machines').first()).toBeVisible();
    });

    await test.step('cut apart, both sides write, and it is saved', async () => {
      lab.isolate('shop');
      await expect
        .poll(async () => (await peers.get('shop')!.members()).filter((m) => m.connected).length, {
          timeout: 30_000,
        })
        .toBeLessThanOrEqual(1);
      await page('shop').getByRole('button', { name: 'Remove Rice' }).click();
      await add(page('shop'), 'Bread');
      await page('kitchen').getByRole('button', { name: 'One more: Rice' }).click();
      await add(page('kitchen'), 'Milk');
      await shows(page('desk'), ['Rice', 'Beans', 'Coffee', 'Milk']);
      await shows(page('shop'), ['Beans', 'Coffee', 'Bread']);
      await page('shop').screenshot({ path: info.outputPath('apart.png') });
    });

    await test.step('healed, each page shows the same choice, and one person makes it', async () => {
      lab.heal();
      await everyoneConnected(all);
      for (const name of NAMES) {
        await expect(
          page(name)
            .getByRole('button', { name: /put side by side/i })
            .first(),
        ).toBeVisible({ timeout: 40_000 });
      }
      await page('desk')
        .getByRole('button', { name: /put side by side/i })
        .first()
        .click();
      const dialog = page('desk').getByRole('dialog');
      for (const text of ['Rice', 'Milk', 'Bread', 'kitchen', 'shop']) {
        await expect(dialog).toContainText(text);
      }
      await page('desk').screenshot({ path: info.outputPath('choice.png') });
      await dialog.getByText('Keep: 2').click();
      await dialog.getByRole('button', { name: /save/i }).click();
      await expect(dialog).toBeHidden();
    });

    await test.step('all three show the same cart, and no choice is left', async () => {
      for (const name of NAMES) {
        await shows(page(name), ['Rice', 'Beans', 'Coffee', 'Milk', 'Bread']);
        await expect(page(name).getByRole('button', { name: /put side by side/i })).toHaveCount(0);
      }
      const views = await Promise.all(all.map((peer) => peer.cart('Groceries')));
      const lines = views.map((view) => view.lines.map(({ id, quantity }) => [id, quantity]));
      expect(lines[0]).toHaveLength(5);
      expect(lines[1]).toEqual(lines[0]);
      expect(lines[2]).toEqual(lines[0]);
      await page('shop').screenshot({ path: info.outputPath('together.png') });
      expect(complaints.flat()).toEqual([]);
    });
  });
});

/** Reads the phrase, passes the check for it, and gives it back. */
async function writeDown(page: Page): Promise<string> {
  const shown = page.getByRole('list', { name: 'The 12 words, in order' }).getByRole('listitem');
  await expect(shown).toHaveCount(12);
  const words = (await shown.allTextContents()).map((text) => text.replace(/[^a-z]/g, ''));
  await page.getByRole('button', { name: 'I wrote them down' }).click();
  for (const field of await page.getByRole('textbox', { name: /^Word \d+/ }).all()) {
    const label = await field.evaluate((one) => one.closest('.field')?.textContent ?? '');
    await field.fill(words[Number(/\d+/.exec(label)?.[0]) - 1] ?? '');
  }
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(shown).toHaveCount(0);
  return words.join(' ');
}

async function photographInvite(page: Page, path: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0] ?? ''}#/peers`);
  await page.getByRole('button', { name: 'Invite a machine' }).click();
  await page.getByRole('button', { name: 'Make an invite' }).click();
  await page.getByRole('img', { name: 'The link as a QR code' }).screenshot({ path });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

async function joinByPicture(page: Page, path: string): Promise<void> {
  await page.getByRole('radio', { name: /Join a ring/ }).click();
  await page.getByRole('button', { name: 'Scan a QR code' }).click();
  await page.getByLabel('Choose a picture').setInputFiles(path);
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByLabel('Invite link')).toHaveValue(/^carrossel:\/\/join\//);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Whose carts are these?' })).toBeVisible({
    timeout: 40_000,
  });
}

async function add(page: Page, title: string): Promise<void> {
  const field = page.getByLabel('What do you need?');
  await field.fill(title);
  await field.press('Enter');
  await expect(page.getByText(title, { exact: true }).first()).toBeVisible();
}

async function shows(page: Page, titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    await expect(page.getByText(title, { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  }
}
