import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { PastCart } from '../../src-renderer/wall.ts';
import { apart, brl, cart, groceries, line } from './fixture-views.ts';
import { openPage } from './pages.ts';

const asked = (peer: { asked: readonly { what: string; input: unknown }[] }, what: string) =>
  peer.asked.filter((one) => one.what === what).map(({ input }) => input);
const titles = (): string[] =>
  [...document.querySelectorAll('[data-line] .title')].map((one) => one.textContent ?? '');
const press = (keys: string) => userEvent.keyboard(keys);
const UNDO = '{Control>}z{/Control}';
const REDO = '{Control>}{Shift>}Z{/Shift}{/Control}';

describe('undo and redo', () => {
  it('take back an added, a changed and a removed line, and do them again', async () => {
    await openPage({ carts: [cart({ lines: [line('Rice'), line('Beans')] })] });
    const what = page.getByLabelText('What do you need?');
    await what.fill('Milk');
    await press('{Enter}');
    await expect.poll(titles).toEqual(['Rice', 'Beans', 'Milk']);
    await page.getByRole('button', { name: 'One more: Rice' }).click();
    const quantity = page.getByRole('textbox', { name: 'Quantity of Rice' });
    await expect.element(page.getByRole('button', { name: 'Undo: Rice changed' })).toBeVisible();
    await page.getByRole('button', { name: 'Remove Rice' }).click();
    await expect.poll(titles).toEqual(['Beans', 'Milk']);
    await press(UNDO);
    await expect.poll(titles).toEqual(['Rice', 'Beans', 'Milk']);
    await expect.element(quantity).toHaveValue('2');
    await press(UNDO);
    await expect.element(quantity).toHaveValue('1');
    await press(UNDO);
    await expect.poll(titles).toEqual(['Rice', 'Beans']);
    await press(UNDO);
    await press(REDO);
    await expect.poll(titles).toEqual(['Rice', 'Beans', 'Milk']);
    await press(REDO);
    await expect.element(quantity).toHaveValue('2');
    await press(REDO);
    await expect.poll(titles).toEqual(['Beans', 'Milk']);
  });

  it('leave what others did since, and say when nothing is left to take back', async () => {
    const { peer } = await openPage({ carts: [cart({ lines: [line('Rice', { quantity: 2 })] })] });
    await page.getByRole('button', { name: 'One more: Rice' }).click();
    await expect.element(page.getByRole('button', { name: 'Undo: Rice changed' })).toBeVisible();
    peer.showCart(cart({ lines: [line('Rice', { quantity: 9 }), line('Tea')] }));
    await expect.poll(titles).toEqual(['Rice', 'Tea']);
    await press(UNDO);
    await expect.element(page.getByText('Taken back: Rice changed')).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Quantity of Rice' })).toHaveValue('9');
    await expect.element(page.getByRole('button', { name: 'Undo', exact: true })).toBeDisabled();
  });

  it('leave the text that is being typed to the browser', async () => {
    await openPage({ carts: [cart({ lines: [line('Rice')] })] });
    await page.getByRole('button', { name: 'Remove Rice' }).click();
    await expect.poll(titles).toEqual([]);
    await page.getByLabelText('What do you need?').fill('Mil');
    await press(UNDO);
    expect(titles()).toEqual([]);
  });

  it('take back the settling of a cart', async () => {
    const { peer } = await openPage({ carts: [apart(Date.now())] });
    await page.getByRole('button', { name: 'Put side by side' }).click();
    await page.getByRole('button', { name: /^Take all: Everything/u }).click();
    await page.getByRole('button', { name: 'Save this cart' }).click();
    await expect.element(page.getByText('Settled. All machines get this cart.')).toBeVisible();
    const settled = titles().length;
    await page.getByRole('log').getByRole('button', { name: 'Undo' }).click();
    await expect.element(page.getByText('Taken back: Cart settled')).toBeVisible();
    expect(titles().length).toBeGreaterThanOrEqual(settled);
    expect(asked(peer, 'carts.put').length + asked(peer, 'carts.addLines').length).toBe(1);
  });
});

describe('the order of lines', () => {
  const three = () => cart({ lines: [line('A'), line('B'), line('C')] });

  it('is changed by keyboard, told in words, written once, and taken back', async () => {
    const { peer } = await openPage({ carts: [three()] });
    const grip = page.getByRole('button', { name: 'Move A' });
    await expect.element(grip).toBeVisible();
    (grip.element() as HTMLElement).focus();
    await press(' ');
    await press('{ArrowDown}');
    await expect.element(page.getByText(/^A: place 2 of 3/u)).toBeInTheDocument();
    await expect.element(grip).toHaveFocus();
    await press('{ArrowDown}');
    expect(asked(peer, 'carts.arrange')).toEqual([]);
    await press(' ');
    await expect.poll(titles).toEqual(['B', 'C', 'A']);
    await expect.poll(() => asked(peer, 'carts.arrange').length).toBe(1);
    await expect.element(grip).toHaveFocus();
    expect(asked(peer, 'carts.arrange')).toMatchObject([{ lines: ['line B', 'line C', 'line A'] }]);
    await press(UNDO);
    await expect.poll(titles).toEqual(['A', 'B', 'C']);
  });

  it('stays as it was after Escape', async () => {
    const { peer } = await openPage({ carts: [three()] });
    const grip = page.getByRole('button', { name: 'Move C' });
    await expect.element(grip).toBeVisible();
    (grip.element() as HTMLElement).focus();
    await press(' {ArrowUp}{Escape}');
    await expect.poll(titles).toEqual(['A', 'B', 'C']);
    expect(asked(peer, 'carts.arrange')).toEqual([]);
  });

  it('is changed by dragging', async () => {
    const { peer } = await openPage({ carts: [three()] });
    const grip = (title: string) => page.getByRole('button', { name: `Move ${title}` });
    await userEvent.dragAndDrop(grip('A'), grip('C'));
    await expect.poll(titles).toEqual(['B', 'C', 'A']);
    expect(asked(peer, 'carts.arrange')).toHaveLength(1);
  });

  /** More than the page keeps in one piece. */
  const many = Array.from({ length: 35 }, (_, at) => line(`Thing ${at}`));

  it('is changed by keyboard from one piece of a long list into the next', async () => {
    const { peer } = await openPage({ carts: [cart({ lines: many })] });
    const grip = page.getByRole('button', { name: 'Move Thing 9', exact: true });
    await expect.poll(() => titles().length).toBe(35);
    const before = grip.element() as HTMLElement;
    before.focus();
    await press(' {ArrowDown}{ArrowDown}{ArrowDown}');
    await expect.element(page.getByText(/^Thing 9: place 13 of 35/u)).toBeInTheDocument();
    await expect.element(grip).toHaveFocus();
    expect(grip.element()).toBe(before);
    await press(' ');
    await expect.poll(() => asked(peer, 'carts.arrange').length).toBe(1);
    await expect.element(grip).toHaveFocus();
    expect(titles().slice(8, 13)).toEqual([8, 10, 11, 12, 9].map((at) => `Thing ${at}`));
  });

  it('is changed by dragging from one piece of a long list into another', async () => {
    const { peer } = await openPage({ carts: [cart({ lines: many })] });
    await expect.poll(() => titles().length).toBe(35);
    const grip = (at: number) =>
      page.getByRole('button', { name: `Move Thing ${at}`, exact: true });
    await userEvent.dragAndDrop(grip(8), grip(11));
    await expect.poll(() => titles()[11]).toBe('Thing 8');
    expect(asked(peer, 'carts.arrange')).toHaveLength(1);
  });

  it('is one list to a screen reader, and others who add to it take no focus', async () => {
    const { peer } = await openPage({ carts: [cart({ lines: many })] });
    const list = page.getByRole('region', { name: 'Lines of the cart' }).getByRole('list');
    await expect.poll(() => list.getByRole('listitem').length).toBe(35);
    expect(list.length).toBe(1);
    const grip = page.getByRole('button', { name: 'Move Thing 20', exact: true });
    (grip.element() as HTMLElement).focus();
    const others = Array.from({ length: 25 }, (_, at) => line(`Other ${at}`));
    peer.showCart(cart({ lines: [...many.slice(0, 15), ...others, ...many.slice(15)] }));
    await expect.poll(() => titles().length).toBe(60);
    await expect.element(grip).toHaveFocus();
  });
});

describe('completing what is typed', () => {
  const suggestions = [
    { product: { title: 'Pão francês', unit: 'kg', price: brl(1890) }, times: 4, wallMs: 1 },
    { product: { title: 'Papel toalha' }, times: 2, wallMs: 1 },
    { product: { title: 'Massa de pão' }, times: 1, wallMs: 1 },
  ];

  it('offers what was bought before and takes it with price and unit, by keyboard alone', async () => {
    const { peer } = await openPage({ carts: [cart()], suggestions });
    const what = page.getByRole('combobox', { name: 'What do you need?' });
    await what.click();
    await expect.poll(() => asked(peer, 'history.suggestions').length).toBe(1);
    await press('pao');
    await expect.element(page.getByRole('option')).toHaveLength(2);
    await press('{ArrowDown}');
    const active = what.element().getAttribute('aria-activedescendant') ?? '';
    expect(document.getElementById(active)?.textContent).toContain('Pão francês');
    await press('{Enter}');
    await expect.element(what).toHaveValue('Pão francês');
    await expect.element(what).toHaveAttribute('aria-expanded', 'false');
    await press('{Enter}');
    await expect.poll(titles).toEqual(['Pão francês']);
    expect(asked(peer, 'carts.addLines')).toMatchObject([
      { lines: [{ product: { title: 'Pão francês', unit: 'kg', price: brl(1890) } }] },
    ]);
  });

  it('closes with Escape and leaves what is typed', async () => {
    await openPage({ carts: [cart()], suggestions });
    const what = page.getByRole('combobox', { name: 'What do you need?' });
    await what.click();
    await press('pap');
    await expect.element(page.getByRole('option')).toHaveLength(1);
    await press('{Escape}');
    await expect.element(what).toHaveAttribute('aria-expanded', 'false');
    await expect.element(what).toHaveValue('pap');
  });
});

describe('earlier versions', () => {
  const past = (over: Partial<PastCart>): PastCart => ({
    version: 'v1',
    device: "Ana's laptop",
    own: false,
    wallMs: Date.now() - 600_000,
    deleted: false,
    current: false,
    lines: [],
    totals: [],
    ...over,
  });

  it('are looked at, brought back, and that is taken back again', async () => {
    const view = groceries();
    const [rice] = view.lines;
    const old = past({ lines: [{ ...rice!, quantity: 7 }, { ...line('Tea') }] });
    const now = past({ version: 'v2', current: true, wallMs: Date.now(), lines: view.lines });
    const { peer } = await openPage({ carts: [view], past: [now, old] });
    await page.getByRole('button', { name: 'Earlier versions' }).click();
    // As it was before the last change is shown without a click.
    await expect
      .element(page.getByRole('button', { name: /10 minutes ago/u }))
      .toHaveAttribute('aria-pressed', 'true');
    await expect.element(page.getByText('Different now')).toBeVisible();
    await expect.element(page.getByText('No longer there')).toBeVisible();
    await page.getByRole('button', { name: 'Bring this version back' }).click();
    await expect.poll(titles).toEqual(['Rice', 'Tea']);
    expect(asked(peer, 'carts.put')).toMatchObject([
      { context: view.context, lines: [{ quantity: 7 }, { product: { title: 'Tea' } }] },
    ]);
    await press(UNDO);
    await expect
      .poll(() => titles().toSorted())
      .toEqual(view.lines.map(({ product }) => product.title).toSorted());
  });

  it('are the one there is, where there is only one, and none is said to be none', async () => {
    const view = groceries();
    const now = past({ version: 'v2', current: true, wallMs: Date.now(), lines: view.lines });
    const { peer } = await openPage({ carts: [view], past: [now] });
    await page.getByRole('button', { name: 'Earlier versions' }).click();
    await expect.element(page.getByRole('dialog').getByText('Rice')).toBeVisible();
    await expect
      .element(page.getByRole('button', { name: 'Bring this version back' }))
      .toBeDisabled();
    await press('{Escape}');
    peer.state.past = [];
    await page.getByRole('button', { name: 'Earlier versions' }).click();
    await expect.element(page.getByText('This machine has seen no earlier version.')).toBeVisible();
  });
});
