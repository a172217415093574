import { expect, test, type Page } from '@playwright/test';
import { everyoneConnected, everyoneShows, makeHousehold } from './support/household.ts';
import type { PeerProcess } from './support/peer-process.ts';

/** Two real peers order apart from one cart: one voucher, the same on both, and one answer. */

const CART = 'Groceries';
const MILK = { title: 'Milk', category: 'Dairy', price: { amount: 250, currency: 'EUR' } };

interface Balance {
  readonly vouchers: readonly { readonly id: string; readonly left: number }[];
}

const balance = (peer: PeerProcess) => peer.call<Balance>('GET', '/vouchers');
const order = (peer: PeerProcess) => peer.call('POST', `/carts/${CART}/checkout`, {});

async function openOrders(page: Page, peer: PeerProcess): Promise<void> {
  await page.goto(peer.pageUrl);
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: /Orders/ })
    .click();
}

test('two peers that ordered apart agree on one voucher, and on the answer', async ({ page }) => {
  const home = await makeHousehold({ names: ['kitchen', 'shop'] });
  try {
    const kitchen = home.peer('kitchen');
    await kitchen.call('POST', '/carts', { name: CART });
    const lines = [{ product: MILK, quantity: 2, note: '' }];
    await kitchen.call('POST', `/carts/${CART}/lines`, { lines });
    await everyoneShows(home.peers, CART, ['Milk']);

    await test.step('each orders while the other is off', async () => {
      await kitchen.stop();
      await order(home.peer('shop'));
      await home.peer('shop').stop();
      await order(await home.restart('kitchen'));
      await home.restart('shop');
      await everyoneConnected(home.peers);
    });

    const vouchers = await test.step('both show the same one voucher', async () => {
      for (const peer of home.peers) {
        await expect
          .poll(async () => (await balance(peer)).vouchers.length, { timeout: 20_000 })
          .toBe(1);
      }
      const [one, other] = await Promise.all(home.peers.map(balance));
      expect(one).toEqual(other);
      expect(one?.vouchers[0]?.left).toBe(500);
      return one?.vouchers ?? [];
    });

    await test.step('the page says so calmly, on both', async () => {
      for (const peer of home.peers) {
        await openOrders(page, peer);
        await expect(page.getByText(/Ordered twice, on/)).toBeVisible();
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await expect(page.getByText('€5.00', { exact: true }).first()).toBeVisible();
      }
    });

    await test.step('an answer given on one is there on the other', async () => {
      await page.getByRole('button', { name: 'Put side by side' }).click();
      await page.getByRole('button', { name: 'Keep both' }).click();
      await page.getByRole('button', { name: 'Decide' }).click();
      await expect(page.getByText(/Ordered twice, on/)).toHaveCount(0);
      for (const peer of home.peers) {
        await expect
          .poll(async () => (await balance(peer)).vouchers, { timeout: 20_000 })
          .toEqual([]);
      }
      expect(vouchers).toHaveLength(1);
    });
  } finally {
    await home.close();
  }
});
