import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ACCOUNT, brl, cart, groceries, safety } from './fixture-views.ts';
import { openPage } from './pages.ts';

const asked = (peer: { asked: readonly { what: string; input: unknown }[] }, what: string) =>
  peer.asked.filter((one) => one.what === what).map(({ input }) => input);

describe('the cart', () => {
  it('takes a line by keyboard alone and is ready for the next', async () => {
    const { peer } = await openPage({ carts: [cart()] });
    const what = page.getByLabelText('What do you need?');
    await what.fill('Milk');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('Milk', { exact: true })).toBeVisible();
    await expect.element(what).toHaveFocus();
    await expect.element(what).toHaveValue('');
    expect(asked(peer, 'carts.addLines')).toEqual([
      {
        name: 'c1',
        account: ACCOUNT,
        lines: [{ product: { title: 'Milk' }, quantity: 1, note: '' }],
      },
    ]);
  });

  it('takes price, unit, category and note, and says what is wrong with a price', async () => {
    const { peer } = await openPage({ carts: [cart()] });
    await page.getByRole('button', { name: 'Price, note, category' }).click();
    await page.getByLabelText('What do you need?').fill('Rice');
    await page.getByLabelText('Price each (BRL)').fill('29,9x');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect.element(page.getByText('Write a price like 12.50')).toBeVisible();
    expect(asked(peer, 'carts.addLines')).toEqual([]);
    await page.getByLabelText('Price each (BRL)').fill('29,90');
    await page.getByLabelText('Category').fill('Pantry');
    await page.getByLabelText('Note').fill('the long one');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect.element(page.getByText('R$29.90 each')).toBeVisible();
    expect(asked(peer, 'carts.addLines')).toMatchObject([
      {
        lines: [
          {
            product: { title: 'Rice', category: 'Pantry', price: brl(2990) },
            note: 'the long one',
          },
        ],
      },
    ]);
  });

  it('shows a quantity at once and writes the last of quick ones', async () => {
    const { peer } = await openPage({ carts: [groceries()] });
    const more = page.getByRole('button', { name: 'One more: Rice' });
    await more.click();
    await more.click();
    await more.click();
    await expect.element(page.getByRole('textbox', { name: 'Quantity of Rice' })).toHaveValue('4');
    await expect.poll(() => asked(peer, 'carts.setLine').at(-1)).toMatchObject({ quantity: 4 });
  });

  it('gives a removed line back', async () => {
    const { peer } = await openPage({ carts: [groceries()] });
    await page.getByRole('button', { name: 'Remove Black beans' }).click();
    await expect.element(page.getByText('Black beans removed')).toBeVisible();
    await expect.element(page.getByText(/R\$8\.49 each/u)).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.element(page.getByText(/R\$8\.49 each/u)).toBeVisible();
    expect(asked(peer, 'carts.addLines')).toMatchObject([
      { lines: [{ product: { title: 'Black beans' }, quantity: 3 }] },
    ]);
  });

  it('keeps what was typed when adding fails, and says why in words', async () => {
    const { peer } = await openPage({ carts: [cart()] });
    peer.failNext('carts.addLines', new ORPCError('DISK_FULL'));
    const what = page.getByLabelText('What do you need?');
    await what.fill('Milk');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/The disk of this machine is full/u)).toBeVisible();
    await expect.element(what).toHaveValue('Milk');
  });

  it('says live where it is kept', async () => {
    const { peer } = await openPage({ carts: [groceries()] });
    await expect.element(page.getByText('On 3 of 3 machines').first()).toBeVisible();
    peer.showCart({
      ...groceries(),
      safety: safety({ state: 'pending', copies: 1, waitingFor: ["Ana's laptop"] }),
    });
    await expect
      .element(page.getByText("Saved here; Ana's laptop will get it when it is back").first())
      .toBeVisible();
  });

  it('stays on its cart when the list of carts changes', async () => {
    const { peer } = await openPage({ carts: [groceries()] });
    await expect.element(page.getByRole('heading', { name: 'Groceries', level: 1 })).toBeVisible();
    peer.showCart(cart({ id: 'c0', name: 'Aaa' }));
    await expect.element(page.getByRole('link', { name: /^Aaa/u })).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'Groceries', level: 1 })).toBeVisible();
  });

  it('tells when the peer is gone and goes on when it is back', async () => {
    const { peer } = await openPage({ carts: [groceries()] });
    await expect.element(page.getByRole('heading', { name: 'Groceries', level: 1 })).toBeVisible();
    peer.cut();
    await expect.element(page.getByText(/does not answer. Trying again/u)).toBeVisible();
    peer.state.carts = [{ ...groceries(), name: 'Groceries again' }];
    peer.mend();
    await expect.element(page.getByRole('heading', { name: 'Groceries again' })).toBeVisible();
    await expect.element(page.getByText(/does not answer. Trying again/u)).not.toBeInTheDocument();
  });
});
