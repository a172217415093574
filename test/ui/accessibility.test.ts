import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { FixturePeer } from './fixture-peer.ts';
import { busyDay } from './fixture-activity.ts';
import { larder } from './fixture-look-up.ts';
import { LAPTOP, orderedTwice } from './fixture-orders.ts';
import { currentGroceries, outOfStep, pastGroceries, shopLeaves } from './fixture-ring.ts';
import { apart, groceries, status } from './fixture-views.ts';
import { openPage } from './pages.ts';

/** WCAG 2.2 AA and best practice, for each screen in both appearances and languages. */
async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document.body, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
  });
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join()).join(' ')}`,
  );
}

/** Animations that come to an end: what moves between machines goes on as long as it moves. */
const movesStill = (): number =>
  document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).length;

interface Screen {
  readonly name: string;
  readonly state: Partial<FixturePeer['state']>;
  readonly hash?: string;
  readonly title: RegExp;
  /** The way in that is chosen first. */
  readonly way?: RegExp;
  /** A button that has to be there. */
  readonly until?: string;
  readonly open?: string;
  /** What is unfolded, the second of its name. */
  readonly unfold?: RegExp;
  /** What a person does there first. */
  readonly prepare?: () => Promise<void>;
}
const SCREENS: readonly Screen[] = [
  {
    name: 'first run',
    state: { status: status({ ring: null, accounts: [] }) },
    title: /Welcome/u,
  },
  {
    name: 'rings nearby',
    state: {
      status: status({ ring: null, accounts: [] }),
      rings: [{ peerId: 'p1', name: 'Home' }],
    },
    title: /Welcome/u,
    way: /A ring nearby/u,
    until: 'Ask to join',
  },
  {
    name: 'scan',
    state: { status: status({ ring: null, accounts: [] }) },
    title: /Welcome/u,
    way: /Join a ring/u,
    open: 'Scan a QR code',
  },
  { name: 'account', state: { status: status({ accounts: [] }) }, title: /Whose carts/u },
  { name: 'no cart', state: {}, title: /No cart yet/u },
  { name: 'cart', state: { carts: [groceries()] }, title: /Groceries/u },
  {
    name: 'cart written apart',
    state: { carts: [apart(Date.now() - 3_600_000)] },
    title: /Groceries/u,
    until: 'Bring back: Batteries',
  },
  {
    name: 'conflict dialog',
    state: { carts: [apart(Date.now() - 3_600_000)] },
    title: /Groceries/u,
    open: 'Put side by side',
  },
  { name: 'share dialog', state: { carts: [groceries()] }, title: /Groceries/u, open: 'Share' },
  { name: 'machines', state: {}, hash: '#/peers', title: /^Machines$/u },
  {
    name: 'machines, one leaves',
    state: { carts: [groceries()], transfers: shopLeaves() },
    hash: '#/peers',
    title: /^Machines$/u,
  },
  {
    name: 'retire a machine',
    state: {},
    hash: '#/peers',
    title: /^Machines$/u,
    open: 'Retire Shop server',
  },
  {
    name: 'how carts are kept',
    state: {},
    hash: '#/peers',
    title: /^Machines$/u,
    open: 'Change how carts are kept',
  },
  {
    name: 'another share of the ring',
    state: {},
    hash: '#/settings',
    title: /^Settings$/u,
    way: /Twice as much/u,
    until: 'Change it',
  },
  { name: 'invite', state: {}, hash: '#/peers', title: /^Machines$/u, open: 'Invite a machine' },
  {
    name: 'newcomers nearby',
    state: {
      door: {
        newcomers: [{ id: 'n1', name: 'phone', digits: '042137', state: 'waiting' }],
        full: false,
      },
    },
    hash: '#/peers',
    title: /^Machines$/u,
    open: 'Nearby',
  },
  {
    name: 'checkout',
    state: { carts: [groceries()], orders: orderedTwice() },
    title: /Groceries/u,
    open: 'Check out',
  },
  { name: 'no orders', state: {}, hash: '#/orders', title: /Nothing ordered yet/u },
  { name: 'orders', state: { orders: orderedTwice() }, hash: '#/orders', title: /^Orders$/u },
  {
    name: 'ordered twice',
    state: { orders: orderedTwice() },
    hash: '#/orders',
    title: /^Orders$/u,
    open: 'Put side by side',
  },
  {
    name: 'an order',
    state: { orders: orderedTwice() },
    hash: `#/orders/${LAPTOP}`,
    title: /^Order 0a0a/u,
  },
  { name: 'no activity', state: {}, hash: '#/activity', title: /^Activity$/u },
  {
    name: 'activity',
    state: { carts: [groceries()], ...busyDay() },
    hash: '#/activity',
    title: /^Activity$/u,
    unfold: /^Last runs/u,
  },
  { name: 'settings', state: {}, hash: '#/settings', title: /^Settings$/u },
  {
    name: 'a paper is checked',
    state: {},
    hash: '#/settings',
    title: /^Settings$/u,
    open: 'Check my paper',
  },
  {
    name: 'look things up',
    state: { items: larder() },
    hash: '#/look-up',
    title: /^Look things up$/u,
    until: 'Show more',
  },
  { name: 'nothing to look up', state: {}, hash: '#/look-up', title: /Nothing of that name/u },
  {
    name: 'look things up in groups',
    state: { items: larder() },
    hash: '#/look-up',
    title: /^Look things up$/u,
    until: 'Show more',
    prepare: async () => {
      const choose = (name: string, option: string) =>
        page.getByRole('combobox', { name, exact: true }).selectOptions(option);
      await choose('What', 'Products of the catalogue');
      await choose('Count in groups', 'By a field of the value');
      await page.getByLabelText('Field').fill('category');
      await page.getByLabelText('Number to count with (optional)').fill('price');
      for (const name of ['Smallest', 'Largest']) await page.getByLabelText(name).click();
      await page.getByText('Only a part of the names').click();
      await page.getByRole('button', { name: 'Look it up' }).click();
      await expect.element(page.getByText(/^60 items in 3 groups/u)).toBeVisible();
    },
  },
  { name: 'in step', state: {}, hash: '#/in-step', title: /in step/u },
  {
    name: 'out of step',
    state: { inStep: outOfStep() },
    hash: '#/in-step',
    title: /in step/u,
  },
  {
    name: 'earlier versions',
    state: { carts: [groceries()], past: [currentGroceries(), pastGroceries()] },
    title: /Groceries/u,
    open: 'Earlier versions',
  },
  { name: 'new cart', state: {}, title: /No cart yet/u, open: 'New cart' },
  { name: 'shared cart', state: {}, title: /No cart yet/u, open: 'Open a shared cart' },
  { name: 'cart is gone', state: {}, hash: '#/cart/a1/c9', title: /not there any more/u },
];
const LOOKS = [
  { theme: 'light', locale: 'en', width: 1100 },
  { theme: 'dark', locale: 'en', width: 380 },
  { theme: 'light', locale: 'pt-BR', width: 380 },
  { theme: 'dark', locale: 'pt-BR', width: 2560 },
] as const;

/** Each screen in each look is kept as a picture, for people to look at. */
const picture = (name: string, { theme, locale, width }: (typeof LOOKS)[number]): string =>
  `../../dist/test-results/screens/${name.replaceAll(' ', '-')}-${locale}-${theme}-${width}.png`;

describe.each(LOOKS)('in $theme, $locale, at $width pixels', (look) => {
  it.each(SCREENS)('$name can be used by everybody', async (screen) => {
    const { name, state, hash, title, way, until, open, unfold, prepare } = screen;
    const { theme, locale, width } = look;
    const { app } = await openPage(state, hash);
    await page.viewport(width, 850);
    app.preferences.setTheme(theme);
    await expect.element(page.getByRole('heading', { name: title }).first()).toBeInTheDocument();
    if (way !== undefined) await page.getByRole('radio', { name: way }).click();
    if (until !== undefined) {
      await expect.element(page.getByRole('button', { name: until })).toBeVisible();
    }
    await prepare?.();
    if (unfold !== undefined) await page.getByText(unfold).nth(1).click();
    if (open !== undefined) {
      await page.getByRole('button', { name: open, exact: true }).first().click();
      await expect.element(page.getByRole('dialog')).toBeVisible();
    }
    app.preferences.setLocale(locale);
    await expect.poll(() => document.documentElement.lang).toBe(locale);
    await expect.poll(() => document.querySelector('.skeleton')).toBeNull();
    await expect.poll(movesStill).toBe(0);
    expect(await violations()).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
    // The whole page, where it is longer than the window.
    await page.viewport(width, Math.min(6000, document.documentElement.scrollHeight));
    await page.screenshot({ path: picture(name, look) });
  });
});
