import { expect, test, type Locator, type Page } from '@playwright/test';
import type { MemberView } from '../../src-main/app/views.ts';
import { everyoneShows, makeHousehold, watchConsole, type Household } from './support/household.ts';
import type { PeerProcess } from './support/peer-process.ts';

/**
 * The ring changed from the page, over real peers: looked at before, followed while it moves, done;
 * and nothing of a cart is lost by it.
 */

const NAMES = ['ana', 'ben', 'eva', 'rui'];
const TITLES = ['Bread', 'Milk', 'Rice'];
const MOVED_MS = 60_000;

let home: Household;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  home = await makeHousehold({ names: NAMES, createRing: ['--n', '3'] });
  await home.peer('ana').call('POST', '/carts', { name: 'Home' });
  for (const title of TITLES) await home.peer('ana').add('Home', title);
  await everyoneShows(home.peers, 'Home', TITLES);
});
test.afterAll(() => home.close());

const own = async (peer: PeerProcess): Promise<MemberView | undefined> =>
  (await peer.members()).find((one) => one.own);

async function open(page: Page, peer: PeerProcess, place: string): Promise<readonly string[]> {
  const complaints = watchConsole(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(peer.pageUrl);
  await page.getByRole('navigation').waitFor();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${place}`);
  await expect(page.locator('.skeleton')).toHaveCount(0);
  return complaints;
}

/** The plan is there before the button does anything. */
async function confirm(where: Locator, button: string): Promise<void> {
  await expect(where.locator('[data-ready=true]')).toBeVisible();
  await expect(where.getByText('What it would move')).toBeVisible();
  await where.getByRole('button', { name: button, exact: true }).click();
}

test('a machine leaves from its page and comes back', async ({ page }, info) => {
  test.setTimeout(180_000);
  const rui = home.peer('rui');
  const complaints = await open(page, rui, 'peers');
  const ring = page.getByRole('listbox', { name: /^The ring with its machines\./ });
  await expect(ring.getByRole('option')).toHaveCount(4);
  await ring.focus();
  await page.keyboard.press('End');
  await expect(ring.getByRole('option', { selected: true })).toHaveAccessibleName(/of the ring · /);
  const card = page.locator(`[data-peer="${(await own(rui))?.peerId ?? ''}"]`);

  await card.getByRole('button', { name: 'Leave the ring' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Everything stays on 3 machines.')).toBeVisible();
  await expect(dialog.getByText(/takes over .* from rui\./).first()).toBeVisible();
  expect((await own(rui))?.state).toBe('up');
  await page.screenshot({ path: info.outputPath('plan.png') });
  await confirm(dialog, 'Leave the ring now');
  await expect(page.locator('[data-moves]').getByText('rui leaves the ring').first()).toBeVisible();
  await page.screenshot({ path: info.outputPath('moves.png'), fullPage: true });
  await expect(card.getByText('It has left: the others keep everything')).toBeVisible({
    timeout: MOVED_MS,
  });
  await expect(page.locator('[data-moves]')).toHaveCount(0);
  await expect(ring.getByRole('option')).toHaveCount(3);
  await page.screenshot({ path: info.outputPath('left.png'), fullPage: true });
  const cart = await home
    .peer('ben')
    .call<{ lines: unknown[] }>('GET', '/carts/Home?consistency=strict');
  expect(cart.lines).toHaveLength(TITLES.length);

  await card.getByRole('button', { name: 'Come back' }).click();
  await expect.poll(async () => (await own(rui))?.state, { timeout: MOVED_MS }).toBe('up');
  await expect(ring.getByRole('option')).toHaveCount(4);
  expect(complaints).toEqual([]);
});

test('its share is changed in its settings, and one copy fewer is kept from the admin’s page', async ({
  page,
}, info) => {
  test.setTimeout(180_000);
  const eva = home.peer('eva');
  let complaints = await open(page, eva, 'settings');
  const seat = page.getByRole('region', { name: 'How much of everything this machine keeps' });
  await seat.getByRole('radio', { name: /^Twice as much/ }).check();
  await seat.getByRole('combobox', { name: /^Where it stands/ }).fill('attic');
  await page.screenshot({ path: info.outputPath('seat.png'), fullPage: true });
  await confirm(seat, 'Change it');
  const wanted = { capacity: 2, zone: 'attic' };
  await expect.poll(() => own(eva), { timeout: MOVED_MS }).toMatchObject(wanted);
  await expect(seat.getByRole('radio', { name: /^Twice as much/ })).toBeChecked();
  expect(complaints).toEqual([]);

  complaints = await open(page, home.peer('ana'), 'peers');
  await page.getByRole('button', { name: 'Change how carts are kept' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Copies of each cart: one less' }).click();
  await expect(dialog.getByText('One machine may break for good')).toBeVisible();
  await expect(dialog.getByText(/on 2 machines instead of 3: fewer may break/)).toBeVisible();
  // One step at a time.
  await expect(
    dialog.getByRole('button', { name: 'Copies of each cart: one less' }),
  ).toHaveAttribute('aria-disabled', 'true');
  await page.screenshot({ path: info.outputPath('keeping.png') });
  await confirm(dialog, 'Take this step');
  await expect(page.getByText('Each cart is kept on 2 of 4 machines.')).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a machine that is gone is retired from the admin’s page', async ({ page }, info) => {
  test.setTimeout(180_000);
  const gone = home.peer('ben');
  const peerId = (await own(gone))?.peerId ?? '';
  await gone.kill();
  const admin = home.peer('ana');
  const complaints = await open(page, admin, 'peers');
  const card = page.locator(`[data-peer="${peerId}"]`);
  await card.getByRole('button', { name: 'Retire ben' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('What only ben had is missing.', { exact: false })).toBeVisible();
  await confirm(dialog, 'Retire ben');
  await expect(card.getByText('Retired')).toBeVisible();
  await expect
    .poll(() => admin.call<unknown[]>('GET', '/ring/transfers'), { timeout: MOVED_MS })
    .toEqual([]);
  await everyoneShows(
    home.peers.filter(({ name }) => name !== 'ben'),
    'Home',
    TITLES,
  );
  await page.screenshot({ path: info.outputPath('retired.png'), fullPage: true });
  expect(complaints).toEqual([]);
});
