import { expect, test } from '@playwright/test';
import {
  everyoneConnected,
  everyoneSeesConflict,
  everyoneShows,
  makeHousehold,
  type Household,
} from './support/household.ts';
import { whyNoLab } from './support/network-lab.ts';

/**
 * The main job, the whole way: one cart on three machines, written apart, put right by a person.
 */

const CART = 'Groceries';
const noLab = whyNoLab();

test.describe('three machines of one person', () => {
  test.skip(noLab !== undefined, noLab ?? '');
  let home: Household;
  test.beforeAll(async () => {
    home = await makeHousehold({ names: ['kitchen', 'desk', 'shop'], apart: true });
  });
  test.afterAll(() => home.close());

  test('keep one cart, notice what was written apart, and agree again', async ({ page }, info) => {
    const [kitchen, desk, shop] = ['kitchen', 'desk', 'shop'].map((name) => home.peer(name));
    if (!kitchen || !desk || !shop) throw new Error('three peers');
    await kitchen.call('POST', '/carts', { name: CART });
    await test.step('a line added on each appears on the others', async () => {
      await kitchen.add(CART, 'Rice', 1);
      await everyoneShows(home.peers, CART, ['Rice']);
      await desk.add(CART, 'Beans', 2);
      await everyoneShows(home.peers, CART, ['Beans', 'Rice']);
      await shop.add(CART, 'Coffee', 3);
      await everyoneShows(home.peers, CART, ['Beans', 'Coffee', 'Rice']);
      await expect.poll(async () => (await kitchen.cart(CART)).safety.copies).toBe(3);
    });

    await test.step('cut apart, both sides write the same cart and keep it', async () => {
      home.lab?.isolate('shop');
      await expect
        .poll(async () => (await shop.members()).filter((m) => m.connected && !m.own).length)
        .toBe(0);
      const rice = (await kitchen.cart(CART)).lines.find((l) => l.product.title === 'Rice');
      await kitchen.call('PATCH', `/carts/${CART}/lines/${rice?.id ?? ''}`, { quantity: 5 });
      await kitchen.add(CART, 'Milk');
      await shop.call('DELETE', `/carts/${CART}/lines/${rice?.id ?? ''}`);
      const written = await shop.add(CART, 'Bread');
      expect(written.safety.state).toBe('pending');
      await everyoneShows([kitchen, desk], CART, ['Beans', 'Coffee', 'Milk', 'Rice']);
      await everyoneShows([shop], CART, ['Beans', 'Bread', 'Coffee']);
    });

    await test.step('healed: all three show the conflict, with both devices named', async () => {
      home.lab?.heal();
      await everyoneConnected(home.peers);
      await everyoneSeesConflict(home.peers, CART, true);
      for (const peer of home.peers) {
        const cart = await peer.cart(CART);
        expect(cart.siblings.map((s) => s.device).sort()).toEqual(['kitchen', 'shop']);
        expect(cart.lines.map((l) => l.product.title).sort()).toEqual([
          'Beans',
          'Bread',
          'Coffee',
          'Milk',
          'Rice',
        ]);
        const groupOf = (title: string) => cart.lines.find((l) => l.product.title === title)?.group;
        expect(groupOf('Beans')).toBe('same');
        expect(groupOf('Milk')).toBe('added');
        expect(groupOf('Bread')).toBe('added');
        // Changed here, removed there: only a person can say.
        expect(groupOf('Rice')).toBe('choose');
      }
    });

    await test.step('the page shows the union in groups and saves the choice', async () => {
      await page.goto(desk.pageUrl);
      await page
        .getByRole('button', { name: /put side by side/i })
        .first()
        .click();
      const dialog = page.getByRole('dialog');
      await expect(dialog).toBeVisible();
      for (const text of ['Rice', 'Milk', 'Bread', 'Beans', 'Coffee', 'kitchen', 'shop']) {
        await expect(dialog).toContainText(text);
      }
      await page.screenshot({ path: info.outputPath('conflict-dialog.png') });
      await dialog.getByText('Keep: 5').click();
      await dialog.getByRole('button', { name: /save/i }).click();
      await expect(dialog).toBeHidden();
    });

    await test.step('all three agree and no conflict is left', async () => {
      await everyoneSeesConflict(home.peers, CART, false);
      const views = await Promise.all(home.peers.map((peer) => peer.cart(CART)));
      const told = views.map((v) => v.lines.map((l) => [l.id, l.quantity]));
      expect(views[0]?.lines.find((l) => l.product.title === 'Rice')?.quantity).toBe(5);
      expect(told[0]).toHaveLength(5);
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
      await expect.poll(async () => (await desk.cart(CART)).safety.state).toBe('complete');
    });
  });
});
