import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionView } from '../../src-main/app/views/functions.ts';
import {
  everyoneConnected,
  everyoneShows,
  makeHousehold,
  watchConsole,
  type Household,
} from './support/household.ts';
import type { PeerProcess } from './support/peer-process.ts';

/**
 * The screens over real peers with what real peers have to show: each in both languages and both
 * appearances, narrow and wide, kept as pictures beside the test results; and the Activity screen
 * used as a person would whose function fails.
 */

const CART = 'Groceries';
const PLACES = ['cart', 'orders', 'peers', 'in-step', 'activity', 'settings'] as const;
const LOOKS = [
  { locale: 'en', theme: 'light', width: 1280 },
  { locale: 'en', theme: 'dark', width: 380 },
  { locale: 'pt-BR', theme: 'light', width: 380 },
  { locale: 'pt-BR', theme: 'dark', width: 1280 },
] as const;

/** Puts every product on the shelf, or throws where it has no price. */
const fn = (body: string): string =>
  `export default { name: 'price-watch', on: { prefix: 'product#' },
    async handler(events, context) { for (const { key, after } of events) { ${body} } } };`;
const FAILS = fn("context.put('price#' + key.slice(8), after[0].value.price.amount);");
const MENDED = fn("context.put('price#' + key.slice(8), after[0].value.price?.amount ?? 0);");

test.describe('the screens over real peers', () => {
  test.setTimeout(240_000);
  let home: Household;
  test.beforeAll(async () => {
    home = await makeHousehold({ names: ['kitchen', 'desk'] });
    const kitchen = home.peer('kitchen');
    await kitchen.call('POST', '/carts', { name: CART });
    const price = { amount: 2990, currency: 'BRL' };
    const lines = [
      { product: { title: 'Rice', category: 'Pantry', price }, quantity: 2, note: '' },
      { product: { title: 'Bread' }, quantity: 1, note: 'whole grain' },
    ];
    await kitchen.call('POST', `/carts/${CART}/lines`, { lines });
    await everyoneConnected(home.peers);
    await everyoneShows(home.peers, CART, ['Bread', 'Rice']);
    await home.peer('desk').call('POST', `/carts/${CART}/checkout`, {});
    await kitchen.add(CART, 'Milk');
    await everyoneShows(home.peers, CART, ['Milk']);
  });
  test.afterAll(() => home.close());

  test('a function that fails is seen, mended, and gets its letter back', async ({
    page,
  }, info) => {
    const complaints = watchConsole(page);
    const peer = home.peer('kitchen');
    const file = join(peer.dir, 'functions', 'price-watch.mjs');
    writeFileSync(file, FAILS);
    await expect.poll(() => one(peer)).toMatchObject({ state: 'running' });
    await put(peer, 'product#1', { title: 'Rice', price: { amount: 2990 } });
    await put(peer, 'product#2', { title: 'Salt', stock: 1, reorderAt: 2 });
    await open(page, peer);
    await go(page, 'activity');
    const card = page.locator('[data-function="price-watch"]');
    await expect(card.getByText('Needs a look')).toBeVisible({ timeout: 60_000 });
    await expect(card.getByText(/1 change it could not deal with/)).toBeVisible();
    await expect(card.getByText('The item product#2', { exact: true })).toBeVisible();
    await expect(page.getByText(/added the product “Salt”/)).toBeVisible();
    await expect(page.getByText('function price-watch').first()).toBeVisible();
    const stock = page.getByRole('region', { name: 'To buy again' });
    await expect(stock.getByText('Salt')).toBeVisible();

    await card.getByRole('button', { name: /Try again/ }).click();
    await expect(page.getByText(/1 change failed again/)).toBeVisible();
    await card.getByText(/^Last runs/).click();
    await expect(card.getByText('1 change, 1 write', { exact: false }).first()).toBeVisible();
    await page.screenshot({ path: info.outputPath('fails.png'), fullPage: true });

    writeFileSync(file, MENDED);
    await expect(card.getByText(/^Loaded, for changes of product#/)).toHaveCount(2);
    await card.getByRole('button', { name: /Try again/ }).click();
    await expect(page.getByText('1 change is dealt with now')).toBeVisible();
    await expect(card.getByText('Running')).toBeVisible();
    await card.getByRole('button', { name: /Pause/ }).click();
    await expect(card.getByText('Paused', { exact: true })).toBeVisible();
    await put(peer, 'product#3', { title: 'Tea', price: { amount: 990 } });
    // How far a paused one has come is what its disk says, and that may be a little behind.
    await expect(card.getByText('nothing', { exact: true })).toHaveCount(0);
    await card.getByRole('button', { name: /Go on/ }).click();
    await expect(card.getByText('nothing', { exact: true })).toBeVisible();
    expect(complaints).toEqual([]);
  });

  for (const look of LOOKS) {
    const { locale, theme, width } = look;
    test(`${locale}, ${theme}, ${width} pixels`, async ({ page }, info) => {
      const complaints = watchConsole(page);
      await page.setViewportSize({ width, height: 850 });
      const wishes = JSON.stringify({ locale, theme, currency: 'BRL' });
      await page.addInitScript((text) => {
        localStorage.setItem('carrossel.preferences', text);
      }, wishes);
      await open(page, home.peer('kitchen'));
      for (const place of PLACES) {
        await go(page, place);
        await expect(page.locator('html')).toHaveAttribute('lang', locale);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [place, id, nodes.length])).toEqual([]);
        const over = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(over, place).toBeLessThanOrEqual(width);
        const path = info.outputPath(`${place}.png`);
        await page.screenshot({ path, fullPage: true });
        await info.attach(place, { path, contentType: 'image/png' });
      }
      expect(complaints).toEqual([]);
    });
  }
});

async function open(page: Page, peer: PeerProcess): Promise<void> {
  await page.goto(peer.pageUrl);
  await expect(page.getByRole('navigation')).toBeVisible();
}

/** To a place, once what it asked the peer for is there. */
async function go(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${place}`);
  await expect(page).toHaveURL(new RegExp(`#/${place}`));
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.skeleton')).toHaveCount(0);
}

const put = (peer: PeerProcess, sortKey: string, value: unknown) =>
  peer.call('PUT', `/items/${encodeURIComponent(sortKey)}`, { value });

async function one(peer: PeerProcess): Promise<FunctionView | undefined> {
  const { functions } = await peer.call<{ functions: FunctionView[] }>('GET', '/functions');
  return functions.find(({ name }) => name === 'price-watch');
}
