import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { FixturePeer } from './fixture-peer.ts';
import { LAPTOP, orderedTwice } from './fixture-orders.ts';
import { apart, groceries, status } from './fixture-views.ts';
import { openPage } from './pages.ts';

/** WCAG 2.2 AA and best practice, for each screen in both appearances, wide and narrow. */
async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document.body, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
  });
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join()).join(' ')}`,
  );
}

interface Screen {
  readonly name: string;
  readonly state: Partial<FixturePeer['state']>;
  readonly hash?: string;
  readonly title: RegExp;
  readonly open?: string;
}
const SCREENS: readonly Screen[] = [
  {
    name: 'first run',
    state: { status: status({ ring: null, accounts: [] }) },
    title: /Welcome/u,
  },
  { name: 'account', state: { status: status({ accounts: [] }) }, title: /Whose carts/u },
  { name: 'no cart', state: {}, title: /No cart yet/u },
  { name: 'cart', state: { carts: [groceries()] }, title: /Groceries/u },
  {
    name: 'conflict dialog',
    state: { carts: [apart(0)] },
    title: /Groceries/u,
    open: 'Put side by side',
  },
  { name: 'share dialog', state: { carts: [groceries()] }, title: /Groceries/u, open: 'Share' },
  { name: 'machines', state: {}, hash: '#/peers', title: /^Machines$/u },
  { name: 'invite', state: {}, hash: '#/peers', title: /^Machines$/u, open: 'Invite a machine' },
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
  { name: 'settings', state: {}, hash: '#/settings', title: /^Settings$/u },
];
const LOOKS = [
  { theme: 'light', width: 1100 },
  { theme: 'dark', width: 380 },
] as const;

describe.each(LOOKS)('in $theme at $width pixels', ({ theme, width }) => {
  it.each(SCREENS)('$name can be used by everybody', async ({ state, hash, title, open }) => {
    const { app } = await openPage(state, hash);
    await page.viewport(width, 800);
    app.preferences.setTheme(theme);
    await expect.element(page.getByRole('heading', { name: title }).first()).toBeInTheDocument();
    if (open !== undefined) {
      await page.getByRole('button', { name: open, exact: true }).click();
      await expect.element(page.getByRole('dialog')).toBeVisible();
    }
    await expect.poll(() => document.getAnimations().length).toBe(0);
    expect(await violations()).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
  });
});
