import { expect, test, type Page } from '@playwright/test';
import {
  everyoneConnected,
  everyoneSeesConflict,
  everyoneShows,
  makeHousehold,
  watchConsole,
  type Household,
} from './support/household.ts';
import { whyNoLab } from './support/network-lab.ts';

/** What was written apart is put right by keyboard alone, on a page over real peers. */

const CART = 'Groceries';
const noLab = whyNoLab();

test.describe('with no mouse', () => {
  test.skip(noLab !== undefined, noLab ?? '');
  let home: Household;
  test.beforeAll(async () => {
    home = await makeHousehold({ names: ['kitchen', 'desk'], apart: true });
  });
  test.afterAll(() => home.close());

  test('a person opens the page, chooses, saves, and takes it back', async ({ page }, info) => {
    const complaints = watchConsole(page);
    const [kitchen, desk] = [home.peer('kitchen'), home.peer('desk')];
    await test.step('two machines write one cart apart', async () => {
      await kitchen.call('POST', '/carts', { name: CART });
      await kitchen.add(CART, 'Rice', 1);
      await kitchen.add(CART, 'Beans', 1);
      await everyoneShows(home.peers, CART, ['Beans', 'Rice']);
      home.lab?.isolate('desk');
      await expect
        .poll(async () => (await desk.members()).filter((m) => m.connected && !m.own).length)
        .toBe(0);
      const { lines } = await kitchen.cart(CART);
      const idOf = (title: string) => lines.find((one) => one.product.title === title)?.id ?? '';
      await kitchen.call('PATCH', `/carts/${CART}/lines/${idOf('Rice')}`, { quantity: 5 });
      await kitchen.call('PATCH', `/carts/${CART}/lines/${idOf('Beans')}`, { quantity: 2 });
      await desk.call('DELETE', `/carts/${CART}/lines/${idOf('Rice')}`);
      await desk.call('PATCH', `/carts/${CART}/lines/${idOf('Beans')}`, { quantity: 9 });
      home.lab?.heal();
      await everyoneConnected(home.peers);
      await everyoneSeesConflict(home.peers, CART, true);
    });

    await test.step('the choice is made with Tab, digits and Enter', async () => {
      await page.goto(desk.pageUrl);
      await expect(page.getByText(/Written apart on/).first()).toBeVisible();
      await tabTo(page, /Put side by side/);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeVisible();
      await tabTo(page, /Save this cart/);
      // Too early: the keyboard is led to the first open question.
      await page.keyboard.press('Enter');
      // Neither is what the cart shows while it is open: taking it back has to show that again.
      await answer(page, { Rice: /Leave out/, Beans: /2/ });
      await page.screenshot({ path: info.outputPath('answered.png') });
      await expect.poll(() => focused(page)).toMatch(/Save this cart/);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeHidden();
      await everyoneSeesConflict(home.peers, CART, false);
      await expect.poll(() => quantities(home)).toEqual(['Beans 2', 'Beans 2']);
    });

    await test.step('Ctrl+Z takes it back, on the other machine too', async () => {
      await page.keyboard.press('Control+z');
      await expect(page.getByText('Taken back: Cart settled')).toBeVisible();
      await expect.poll(() => quantities(home)).toEqual(['Beans 9, Rice 5', 'Beans 9, Rice 5']);
      expect(complaints).toEqual([]);
    });
  });
});

const quantities = (home: Household): Promise<string[]> =>
  Promise.all(
    home.peers.map(async (peer) => {
      const { lines } = await peer.cart(CART);
      return lines
        .map(({ product, quantity }) => `${product.title} ${quantity}`)
        .sort()
        .join(', ');
    }),
  );

/** What has the focus, as a screen reader would name it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
  });

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`Tab does not come to ${String(name)}`);
}

/** Each question in the order in which the keyboard is led to it: the digit of what is wanted. */
async function answer(page: Page, wanted: Readonly<Record<string, RegExp>>): Promise<void> {
  const question = () =>
    page.evaluate(() => {
      const group = document.activeElement?.closest('fieldset');
      const options = [...(group?.querySelectorAll('label') ?? [])].map((one) => one.textContent);
      return { title: group?.getAttribute('data-question') ?? '', options };
    });
  const left = new Set(Object.keys(wanted));
  while (left.size > 0) {
    await expect.poll(async () => left.has((await question()).title)).toBe(true);
    const { title, options } = await question();
    const digit = options.findIndex((text) => wanted[title]?.test(text ?? '')) + 1;
    expect(digit, `${title}: ${options.join(' | ')}`).toBeGreaterThan(0);
    await page.keyboard.press(String(digit));
    await page.keyboard.press('Enter');
    left.delete(title);
  }
}
