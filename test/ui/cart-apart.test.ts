import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { apart, line, RUI, brl } from './fixture-views.ts';
import { openPage } from './pages.ts';

/** The cart's own list while a choice is open: the union, and the same as the dialog says of it. */

const row = (title: string): HTMLElement => {
  const found = [...document.querySelectorAll<HTMLElement>('[data-line]')].find((one) =>
    one.textContent.includes(title),
  );
  if (!found) throw new Error(`no line ${title}`);
  return found;
};
const struck = (title: string): boolean =>
  getComputedStyle(row(title).querySelector('.title') ?? document.body).textDecorationLine ===
  'line-through';

describe('the list of a cart that was written apart', () => {
  it('strikes what one side removed, says who, and does not count it', async () => {
    await openPage({ carts: [apart(Date.now())] });
    await expect.element(page.getByText('Removed on this machine')).toBeVisible();
    expect(struck('Batteries')).toBe(true);
    expect(['Rice', 'Milk', 'Butter', 'Oranges'].map(struck)).toEqual([false, false, false, false]);
    expect(page.getByRole('textbox', { name: 'Quantity of Batteries' }).query()).toBeNull();
    // Rice 29.90, Coffee 2 × 18.90, Milk 6 × 5.49, Beans 5 × 8.49, Eggs 3 × 12.99.
    await expect.element(page.getByText('R$182.06', { exact: true })).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'Total for now' })).toBeVisible();
    await expect.element(page.getByText(/^The total waits for your choice\./u)).toBeVisible();
  });

  it('brings a removed line back in the dialog, where nothing else is decided by that', async () => {
    const { peer } = await openPage({ carts: [apart(Date.now())] });
    await page.getByRole('button', { name: 'Bring back: Batteries' }).click();
    const back = page
      .getByRole('group', { name: 'What stays of Batteries' })
      .getByRole('radio', { name: /^Bring back/u });
    await expect.element(back).toBeChecked();
    await expect.element(back).toHaveFocus();
    await expect.element(page.getByText('2 lines need your choice')).toBeVisible();
    expect(peer.asked.filter(({ what }) => what === 'carts.resolve')).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    // The next time it is opened for all of it.
    await page.getByRole('button', { name: 'Put side by side' }).click();
    await expect.element(back).not.toBeChecked();
  });

  it('strikes a line at once when this machine takes it out meanwhile', async () => {
    const { peer } = await openPage({ carts: [apart(Date.now())] });
    await expect.element(page.getByText('Rice', { exact: true })).toBeVisible();
    const next = apart(Date.now());
    const rice = line('Rice', {
      ...{ group: 'removed' as const, by: [RUI], missingFrom: [RUI] },
      product: { title: 'Rice', price: brl(2990) },
    });
    peer.showCart({
      ...next,
      context: 'without rice',
      lines: next.lines.map((one) => (one.product.title === 'Rice' ? rice : one)),
    });
    await expect.poll(() => struck('Rice')).toBe(true);
    await expect.element(page.getByText('R$152.16', { exact: true })).toBeVisible();
  });
});

describe('the same list, when what only one side changed is to be shown as it is', () => {
  const shownLines = (): string[] =>
    [...document.querySelectorAll('[data-line] .title')].map((one) => one.textContent);

  it('leaves out what one side removed and shows what one side changed, and asks the rest', async () => {
    const { peer, app } = await openPage({ carts: [apart(Date.now())] });
    await expect.element(page.getByText('Removed on this machine')).toBeVisible();
    app.preferences.setSuggested(true);
    await expect.poll(shownLines).not.toContain('Batteries');
    await expect
      .element(page.getByRole('textbox', { name: 'Quantity of Black beans' }))
      .toHaveValue('3');
    // Rice 29.90, Coffee 2 × 18.90, Milk 6 × 5.49, Beans 3 × 8.49, Eggs 3 × 12.99.
    await expect.element(page.getByText('R$165.08', { exact: true })).toBeVisible();
    // Milk, butter and the eggs are questions still.
    await expect.element(page.getByText(/^The total waits for your choice about/u)).toBeVisible();
    await expect.element(page.getByText(/shown as it is\. The other lines wait/u)).toBeVisible();
    await page.getByRole('button', { name: 'Put side by side' }).click();
    await expect.element(page.getByText('2 lines need your choice')).toBeVisible();
    await expect
      .element(page.getByRole('group', { name: 'What stays of Batteries' }))
      .toBeInTheDocument();
    expect(peer.asked.filter(({ what }) => what === 'carts.resolve')).toEqual([]);
  });

  it('says that all fits where nothing is left to ask, and still writes nothing by itself', async () => {
    const cart = apart(Date.now());
    const easy = ({ group, productGroup }: (typeof cart.lines)[number]): boolean =>
      group !== 'choose' && productGroup === undefined;
    const { peer, app } = await openPage({
      carts: [{ ...cart, lines: cart.lines.filter(easy) }],
    });
    app.preferences.setSuggested(true);
    await expect.element(page.getByText(/^What was done apart fits together/u)).toBeVisible();
    await expect
      .element(page.getByRole('heading', { name: 'Total', exact: true }))
      .toBeInTheDocument();
    expect(page.getByText(/^The total waits/u).query()).toBeNull();
    await expect.element(page.getByRole('button', { name: 'Check out' })).toBeDisabled();
    expect(peer.asked.filter(({ what }) => what === 'carts.resolve')).toEqual([]);
  });

  it('is turned on in the settings, and stays on', async () => {
    const { app } = await openPage({}, '#/settings');
    const box = page.getByRole('checkbox', { name: 'Show what only one side changed as it is' });
    await expect.element(box).not.toBeChecked();
    await box.click();
    await expect.element(box).toBeChecked();
    expect(app.preferences.suggested).toBe(true);
    expect(window.localStorage.getItem('carrossel.preferences')).toContain('"suggested":true');
  });
});
