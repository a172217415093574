import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionView } from '../../src-main/app/views/functions.ts';
import { makeHousehold, watchConsole, type Household } from './support/household.ts';
import type { PeerProcess } from './support/peer-process.ts';
import { APART, CART, fillOrders, writeApart } from './support/shop-content.ts';

/**
 * The screens over real peers with what real peers have to show: each in both languages and both
 * appearances, narrow, wide and very wide, kept as pictures beside the test results; and the
 * Activity screen used as a person would whose function fails.
 */

const LOOKS = [
  { locale: 'en', theme: 'light', width: 1280 },
  { locale: 'en', theme: 'dark', width: 380 },
  { locale: 'pt-BR', theme: 'light', width: 380 },
  { locale: 'pt-BR', theme: 'dark', width: 1280 },
  { locale: 'en', theme: 'light', width: 2560 },
  { locale: 'pt-BR', theme: 'dark', width: 2560 },
] as const;
const PLAIN = ['orders', 'peers', 'in-step', 'activity', 'look-up', 'settings'] as const;

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
    await fillOrders(home);
    await writeApart(home, ['kitchen', 'desk']);
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
      for (const [name, place] of await placesOf(home.peer('kitchen'))) {
        await go(page, place);
        if (name === 'choice') await page.locator('.banner .button').first().click();
        await expect(page.locator('html')).toHaveAttribute('lang', locale);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [name, id, nodes.length])).toEqual([]);
        const over = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(over, name).toBeLessThanOrEqual(width);
        // The whole page in view: what is far below is drawn only then.
        const tall = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ width, height: Math.min(6000, tall) });
        const path = info.outputPath(`${name}.png`);
        await page.screenshot({ path });
        await page.setViewportSize({ width, height: 850 });
        await info.attach(name, { path, contentType: 'image/png' });
      }
      expect(complaints).toEqual([]);
    });
  }
});

async function open(page: Page, peer: PeerProcess): Promise<void> {
  await page.goto(peer.pageUrl);
  await expect(page.getByRole('navigation')).toBeVisible();
}

/** Names of the pictures, and where they are taken; the dialog last, since it stays open. */
async function placesOf(peer: PeerProcess): Promise<readonly (readonly [string, string])[]> {
  const [groceries, apart] = await Promise.all([CART, APART].map((name) => peer.cart(name)));
  const { orders } = await peer.call<{ orders: { id: string }[] }>('GET', '/orders');
  const cart = (of = apart): string => `cart/${of?.account ?? ''}/${of?.id ?? ''}`;
  return [
    ['cart', cart(groceries)],
    ...PLAIN.map((place) => [place, place] as const),
    ['order', `orders/${orders[0]?.id ?? ''}`],
    ['apart', cart()],
    ['choice', cart()],
  ];
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
