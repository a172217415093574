import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiError } from '../../src-renderer/api-error.ts';
import {
  fieldsIn,
  FIRST_WISH,
  queryOf,
  shortValue,
} from '../../src-renderer/state/look-up-query.ts';
import { item, larder } from './fixture-look-up.ts';
import { ACCOUNT, status } from './fixture-views.ts';
import { openPage } from './pages.ts';

const select = (name: string) => page.getByRole('combobox', { name, exact: true });
const field = (name: string) => page.getByLabelText(name);
const run = () => page.getByRole('button', { name: 'Look it up' }).click();
const rows = () =>
  [...document.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll(':scope > *')].map((cell) =>
      cell.textContent.replaceAll(/\s+/gu, ' ').trim(),
    ),
  );
const names = () => [...document.querySelectorAll('tbody th')].map((one) => one.textContent.trim());

describe('look things up', () => {
  it('is reached from what changed and from one’s data', async () => {
    await openPage({}, '#/activity');
    await page.getByRole('link', { name: 'Look things up' }).click();
    await expect.element(page.getByRole('heading', { name: 'Look things up' })).toBeVisible();
  });

  it('shows all items by their names, page by page, with what each says', async () => {
    const { peer } = await openPage({ items: larder() }, '#/look-up');
    await expect.element(page.getByText(/^50 items, and there are more/u)).toBeVisible();
    await expect.element(page.getByText('2 versions, written apart')).toBeVisible();
    await expect.element(page.getByText('deleted', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.element(page.getByText('64 items, as this machine has it')).toBeVisible();
    expect(names()).toHaveLength(64);
    expect(new Set(names()).size).toBe(64);
    await expect.element(page.getByRole('button', { name: 'Show more' })).not.toBeInTheDocument();
    await page.getByText('Product 59', { exact: true }).click();
    await expect.element(page.getByText(/"amount": 6000/u)).toBeVisible();
    expect(peer.asked.filter(({ what }) => what === 'items.query')).toHaveLength(2);
  });

  it('asks for a beginning, a range, and from the end', async () => {
    const { peer } = await openPage({ items: larder() }, '#/look-up');
    await select('What').selectOptions('What I type');
    await field('The name begins with').fill('product#00');
    await page.getByText('Only a part of the names').click();
    await field('From').fill('product#003');
    await field('Up to').fill('product#006');
    await page.getByRole('checkbox', { name: 'Begin at the end' }).click();
    await run();
    await expect.poll(names).toEqual(['product#005', 'product#004', 'product#003']);
    expect(peer.asked.at(-1)).toMatchObject({
      input: {
        ...{ account: ACCOUNT, prefix: 'product#00', reverse: true },
        ...{ from: 'product#003', to: 'product#006' },
      },
    });
    await field('The name begins with').fill('nothing');
    await run();
    await expect.element(page.getByText('Nothing of that name')).toBeVisible();
  });

  it('counts in groups, by a field and by a part of the name, with sum, least and most', async () => {
    const { peer } = await openPage({ items: larder() }, '#/look-up');
    await select('What').selectOptions('Products of the catalogue');
    await select('Count in groups').selectOptions('By a field of the value');
    await run();
    await expect.element(page.getByText(/Which field/u)).toBeVisible();
    await field('Field').fill('category');
    await field('Number to count with (optional)').fill('price');
    await page.getByRole('checkbox', { name: 'Smallest' }).click();
    await page.getByRole('checkbox', { name: 'Largest' }).click();
    await run();
    await expect.element(page.getByText(/^60 items in 3 groups/u)).toBeVisible();
    const money = (cells: readonly string[]) =>
      cells.map((one) => one.replaceAll(/[^\d.a-z]/giu, ''));
    expect(rows().map(money)).toEqual([
      ['Cleaningandeverythingofthehouse', '20', 'R610.00', 'R2.00', 'R59.00'],
      ['Garden', '20', 'R630.00', 'R3.00', 'R60.00'],
      ['Pantry', '20', 'R590.00', 'R1.00', 'R58.00'],
    ]);
    // The status comes anew, with the account in it: what was asked for stays.
    peer.tell({ type: 'ring' });
    const asks = () => peer.asked.filter(({ what }) => what === 'system.status').length;
    await expect.poll(asks).toBeGreaterThan(1);
    await expect.element(page.getByText(/^60 items in 3 groups/u)).toBeVisible();
    await select('What').selectOptions('Everything');
    await select('Count in groups').selectOptions('By the 1st part of the name');
    await field('Number to count with (optional)').fill('stock');
    await run();
    await expect.element(page.getByText(/^63 items in 3 groups/u)).toBeVisible();
    expect(rows().map(([name, count, sum]) => [name, count, sum])).toEqual([
      ['cart', '1', '–'],
      ['order', '2', '–'],
      ['product', '60', '1,770'],
    ]);
  });

  it('is used with the keyboard alone', async () => {
    await openPage({ items: larder() }, '#/look-up');
    await expect.element(page.getByText(/^50 items, and there are more/u)).toBeVisible();
    const what = document.querySelector('select');
    what?.focus();
    await userEvent.keyboard('O');
    await userEvent.keyboard('{Tab}');
    await userEvent.keyboard('{Tab}{Tab}');
    expect(document.activeElement?.textContent).toContain('Look it up');
    await userEvent.keyboard('{Enter}');
    await expect.poll(names).toHaveLength(2);
  });

  it('says what went wrong, and tries again', async () => {
    const { peer } = await openPage({ items: larder() }, '#/look-up');
    await expect.poll(names).toHaveLength(50);
    peer.failNext('items.query', new ApiError('LIMIT_EXCEEDED', 'Too many groups.'));
    await run();
    await expect.element(page.getByText('It could not be looked up')).toBeVisible();
    expect(names()).toEqual([]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByText('It could not be looked up')).not.toBeInTheDocument();
    expect(names()).toHaveLength(50);
    // What is there stays when the next page does not come.
    peer.failNext('items.query', new ApiError('TIMEOUT', 'Too slow.'));
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.element(page.getByText('It could not be looked up')).toBeVisible();
    expect(names()).toHaveLength(50);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(names).toHaveLength(64);
  });

  it('asks the account that is chosen', async () => {
    const { accounts } = status();
    const second = { ...accounts[0]!, id: 'b2'.repeat(32), name: 'Shop', current: false };
    const both = status({ accounts: [...accounts, second] });
    const { peer } = await openPage({ status: both }, '#/look-up');
    await select('Account').selectOptions('Shop');
    await expect
      .poll(() => peer.asked.findLast(({ what }) => what === 'items.query')?.input)
      .toMatchObject({ account: second.id });
  });
});

describe('what is asked of the peer', () => {
  it('takes a field of the value for that, whatever it is called', () => {
    const wish = { ...FIRST_WISH, grouping: 'field', field: 'month', number: 'value.n' } as const;
    expect(queryOf('a', wish)).toMatchObject({ groupBy: 'value.month', sum: 'value.n' });
    expect(queryOf('a', { ...wish, grouping: 'month', number: '' })).toMatchObject({
      groupBy: 'month',
    });
    expect(queryOf('a', { ...wish, grouping: 'part2' })).toMatchObject({ groupBy: 'key.2' });
  });

  it('offers the fields there are, and those to count with', () => {
    const eur = { amount: 1, currency: 'EUR' };
    const { all, numbers } = fieldsIn([
      item('order#1', { cart: { name: 'x' }, total: [eur], 'a.b': 1 }),
      item('n#1', { n: 1, price: eur, deep: { a: { b: { c: 1 } } } }, [1], null, 'text'),
    ]);
    expect(all).toEqual([
      ...['cart', 'cart.name', 'deep', 'deep.a', 'deep.a.b', 'kept', 'n', 'price', 'total'],
    ]);
    expect(numbers).toEqual(['kept', 'n', 'price', 'total']);
  });

  it('calls a value by its name, or shows it as it is', () => {
    expect(shortValue({ cart: { name: 'Groceries' }, total: [] })).toBe('Groceries');
    expect(shortValue({ title: 'Tea', price: 1 })).toBe('Tea');
    expect(shortValue([1, 2])).toBe('[1,2]');
    expect(shortValue('x'.repeat(100))).toHaveLength(91);
    expect(shortValue(null)).toBe('null');
  });
});
