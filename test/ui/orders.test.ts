import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { LAPTOP, order, orderedTwice, SHOP_ORDER, VOUCHER } from './fixture-orders.ts';
import { brl, groceries } from './fixture-views.ts';
import { openPage } from './pages.ts';

const button = (name: string | RegExp) => page.getByRole('button', { name });
const inputOf = (asked: readonly { what: string; input: unknown }[], what: string) =>
  asked.findLast((one) => one.what === what)?.input as Record<string, unknown>;

describe('a checkout', () => {
  it('uses vouchers unless told otherwise, and orders just what was agreed to', async () => {
    const { peer } = await openPage({ carts: [groceries()], orders: orderedTwice() });
    await button('Check out').click();
    const voucher = page.getByRole('checkbox', { name: /Rice 5 kg: .*62\.30 left/u });
    await expect.element(voucher).toBeChecked();
    const [first] = groceries().lines;
    await page
      .getByRole('checkbox', { name: new RegExp(first!.product.title, 'u') })
      .first()
      .click();
    const pay = () => document.querySelector('[data-pay]')?.textContent ?? '';
    const before = pay();
    await voucher.click();
    await expect.poll(pay).not.toBe(before);
    await button('Order now').click();
    await expect.element(page.getByRole('heading', { name: 'Order 0c0c0c0c' })).toBeVisible();
    const input = inputOf(peer.asked, 'orders.checkout');
    expect(input).toMatchObject({ vouchers: [], context: groceries().context });
    expect(input['lines']).not.toContain(first!.id);
    expect(input['pay']).toHaveLength(1);
  });

  it('cannot be made while the cart waits for a choice', async () => {
    await openPage({ carts: [{ ...groceries(), conflict: true }] });
    await expect.element(button('Check out')).toBeDisabled();
    await expect.element(page.getByText(/Choose first what stays/u)).toBeVisible();
  });

  it('leaves out what is ordered already, and shows where it stands', async () => {
    const cart = groceries();
    const [first, ...rest] = cart.lines;
    await openPage({ carts: [{ ...cart, lines: [{ ...first!, ordered: LAPTOP }, ...rest] }] });
    await expect
      .element(page.getByRole('link', { name: 'Ordered', exact: true }))
      .toHaveAttribute('href', `#/orders/${LAPTOP}`);
    await button('Check out').click();
    await expect.element(page.getByRole('checkbox', { name: /ordered already/u })).toBeDisabled();
  });
});

describe('orders', () => {
  it('are listed with their state, and open one by one', async () => {
    await openPage({ orders: [order(LAPTOP)] }, '#/orders');
    await page.getByRole('link', { name: /Groceries/u }).click();
    await expect.element(page.getByRole('heading', { name: 'Order 0a0a0a0a' })).toBeVisible();
    await expect.element(page.getByRole('rowheader', { name: 'Coffee' })).toBeVisible();
  });

  it('show spending as charts with the same figures in a table', async () => {
    await openPage({ orders: [order(LAPTOP)] }, '#/orders');
    await expect
      .element(page.getByRole('img', { name: 'By month as a chart' }))
      .toBeInTheDocument();
    await expect.element(page.getByRole('row', { name: /Nov 2026.*84\.00/u })).toBeVisible();
    const pantry = page.getByRole('row', { name: /Pantry.*210\.30/u });
    await expect.element(pantry).toBeVisible();
    // The bars have all the room that the amounts leave.
    const bar = pantry.element().querySelector('svg')?.getBoundingClientRect();
    const amount = document.createRange();
    amount.selectNodeContents(pantry.element().querySelector('td') ?? pantry.element());
    const room = amount.getBoundingClientRect().left - (bar?.right ?? 0);
    expect(room).toBeGreaterThan(0);
    expect(room).toBeLessThan(32);
  });

  it('count what was kept by what a person chooses, as the peer groups it', async () => {
    const { peer } = await openPage({ orders: [order(LAPTOP)] }, '#/orders');
    const row = (name: RegExp) => page.getByRole('row', { name });
    await expect.element(row(/cart\.name two.*99\.00/u)).toBeVisible();
    await page.getByRole('combobox', { name: 'Also by' }).selectOptions('Machine');
    await expect.element(page.getByRole('figure', { name: 'By machine' })).toBeVisible();
    await expect.element(row(/device one.*45\.00/u)).toBeVisible();
    expect(inputOf(peer.asked, 'items.query')).toMatchObject({
      ...{ prefix: 'order#', groupBy: 'device', sum: 'kept' },
    });
  });

  it('say calmly that something was ordered twice, and take the answer line by line', async () => {
    const { peer } = await openPage({ orders: orderedTwice() }, '#/orders');
    await expect
      .element(page.getByText(/Ordered twice, on Shop server and Ana's laptop/u))
      .toBeVisible();
    expect(document.querySelector('[role="dialog"]')).toBeNull();
    await button('Put side by side').click();
    await button(/Keep all of Shop server/u).click();
    const coffee = page.getByRole('group', { name: 'Coffee' });
    await coffee.getByRole('checkbox', { name: /laptop/u }).click();
    await expect.element(page.getByText(/Back as vouchers: .*43\.80/u)).toBeVisible();
    await button('Decide').click();
    await expect.element(page.getByText('Decided. All machines see the same.')).toBeVisible();
    expect(inputOf(peer.asked, 'orders.decide')).toEqual({
      id: LAPTOP,
      lines: [
        {
          ...{ line: 'line Rice 5 kg', context: 'decided line Rice 5 kg' },
          ...{ keep: [SHOP_ORDER], cancel: [LAPTOP] },
        },
        {
          ...{ line: 'line Coffee', context: 'decided line Coffee' },
          ...{ keep: [SHOP_ORDER, LAPTOP], cancel: [] },
        },
      ],
    });
    await expect.poll(() => document.body.textContent).not.toMatch(/Ordered twice, on/u);
  });

  it('show what one of them left due, which the next checkout adds', async () => {
    const owing = order(LAPTOP, { due: [brl(1234)] });
    const { peer } = await openPage({ carts: [groceries()], orders: [owing] }, '#/orders');
    await expect.element(page.getByText(/^Due with your next order: .*12\.34$/u)).toBeVisible();
    await page
      .getByRole('main')
      .getByRole('link', { name: /Groceries/u })
      .click();
    await expect.element(page.getByText(/^Still due: .*12\.34$/u)).toBeVisible();
    await expect.element(page.getByText(/It is added to your next checkout/u)).toBeVisible();
    await page.getByRole('link', { name: 'Carts', exact: true }).click();
    await button('Check out').click();
    const sums = () => document.querySelector('[data-pay]')?.closest('dl')?.textContent ?? '';
    await expect.poll(sums).toMatch(/Due from order 0a0a0a0a\s*R\$\s?12\.34/u);
    const [total = 0, due = 0, pay = 0] = [...sums().matchAll(/R\$\s?([\d.,]+)/gu)].map(
      ([, text]) => Number(text?.replace(',', '')),
    );
    expect(due).toBe(12.34);
    expect(pay).toBeCloseTo(total + due, 2);
    await button('Order now').click();
    await expect.element(page.getByRole('heading', { name: 'Order 0c0c0c0c' })).toBeVisible();
    const agreed = inputOf(peer.asked, 'orders.checkout')['pay'] as { amount: number }[];
    expect(agreed.map(({ amount }) => amount)).toEqual([Math.round(pay * 100)]);
  });

  it('name the voucher that a cancelled line gave', async () => {
    await openPage({ orders: orderedTwice() }, `#/orders/${SHOP_ORDER}`);
    await expect.element(page.getByText(`Voucher ${VOUCHER.slice(0, 8)}`).first()).toBeVisible();
  });
});
