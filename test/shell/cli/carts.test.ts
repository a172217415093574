import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CartView, LineView } from '../../../src-main/app/views.ts';
import { emptyCart, lineView, NOON, sibling } from '../sample-carts.ts';
import { openCommandLine, ran, testIo, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

const cartNow = (): CartView => {
  const [cart] = [...line.app.memory.carts.values()];
  if (!cart) throw new Error('no cart');
  return cart;
};

/** Kitchen and laptop wrote apart: one line the same, one of each kind of difference. */
function putConflict(): void {
  const rice = lineView({ product: { title: 'Rice 5 kg' }, quantity: 1, note: '' }, 0);
  const by = (versions: string[], group: LineView['group'], one: LineView): LineView => ({
    ...one,
    group,
    by: versions,
  });
  const held = (version: string, quantity: number, one: LineView, superseded = false) => ({
    versions: [version],
    product: one.product,
    quantity,
    note: one.note,
    wallMs: NOON,
    superseded,
  });
  const coffee = lineView({ product: { title: 'Coffee' }, quantity: 2, note: '' }, 1);
  const beans = lineView({ product: { title: 'Beans' }, quantity: 5, note: '' }, 2);
  const sugar = lineView({ product: { title: 'Sugar' }, quantity: 1, note: '' }, 3);
  const milk = lineView({ product: { title: 'Milk' }, quantity: 3, note: '' }, 4);
  line.app.memory.carts.set('c1', {
    ...emptyCart('c1', 'Groceries'),
    conflict: true,
    totals: [{ amount: 1250, currency: 'EUR' }],
    siblings: [
      sibling('v-a', 'kitchen', true, NOON, 4),
      sibling('v-b', 'laptop', false, NOON + 120_000, 4),
    ],
    lines: [
      { ...by(['v-b'], 'added', coffee), missingFrom: ['v-a'], variants: [held('v-b', 2, coffee)] },
      {
        ...by(['v-a'], 'changed', beans),
        variants: [held('v-a', 2, beans), held('v-b', 5, beans, true)],
        settled: { product: beans.product, quantity: 2, note: '', wallMs: NOON },
      },
      { ...rice, variants: [{ ...held('v-a', 1, rice), versions: ['v-a', 'v-b'] }] },
      { ...by(['v-b'], 'removed', sugar), missingFrom: ['v-b'], variants: [held('v-a', 1, sugar)] },
      {
        ...by(['v-a', 'v-b'], 'choose', milk),
        variants: [held('v-a', 3, milk), held('v-b', 2, milk)],
      },
    ],
  });
}

describe('adding, changing, removing', () => {
  it('makes the first cart by itself and shows what is in it', async () => {
    const words = ['--quantity', '2', '--price', '21.90', '--currency', 'BRL'];
    const added = await line.run('cart', 'add', 'Rice 5 kg', ...words, '--note', 'the long one');
    expect(added).toEqual({
      status: 0,
      out: 'Added 2 × Rice 5 kg. "Groceries" now has 1 line, R$43.80; on all 3 machines that keep it.',
      err: '',
    });
    await line.run('cart', 'add', 'Coffee', '--price', '8,5');
    expect((await line.run('cart', 'show')).out).toMatchInlineSnapshot(`
      "Groceries · 2 lines · R$52.30 · on all 3 machines that keep it · asked of the other machines

        #  Quantity  Item         Price    Total  Note
        1         2  Rice 5 kg  R$21.90  R$43.80  the long one
        2         1  Coffee      R$8.50   R$8.50"
    `);
  });

  it('finds lines by number, title and beginning, and says what it cannot find', async () => {
    for (const title of ['Rice', 'Ricotta', 'Coffee']) await line.run('cart', 'add', title);
    expect((await line.run('cart', 'set', '1', '--quantity', '4')).status).toBe(0);
    expect((await line.run('cart', 'set', 'cof', '--title', 'Dark coffee')).status).toBe(0);
    expect(cartNow().lines.map((one) => [one.product.title, one.quantity])).toEqual([
      ['Rice', 4],
      ['Ricotta', 1],
      ['Dark coffee', 1],
    ]);
    expect(await line.run('cart', 'set', 'Ric', '--quantity', '4')).toMatchObject({
      status: 1,
      err: expect.stringContaining('More than one line') as string,
    });
    expect(await line.run('cart', 'remove', 'Sugar')).toMatchObject({
      status: 1,
      err: 'carrossel: There is no line "Sugar" in "Groceries". (LINE_NOT_FOUND)',
    });
    expect((await line.run('cart', 'remove', '1', 'Dark coffee')).status).toBe(0);
    expect(cartNow().lines.map((one) => one.product.title)).toEqual(['Ricotta']);
  });

  it('asks which cart when there is more than one', async () => {
    await line.run('cart', 'create', 'Groceries');
    await line.run('cart', 'create', 'Office');
    expect(await line.run('cart', 'add', 'Pens')).toMatchObject({
      status: 1,
      err: 'carrossel: Say which cart with --cart NAME: "Groceries" and "Office". (BAD_REQUEST)',
    });
    expect((await line.run('cart', 'add', 'Pens', '--cart', 'office')).status).toBe(0);
    expect((await line.run('cart', 'show', 'Nothing')).err).toContain('CART_NOT_FOUND');
    expect((await line.run('cart', 'delete', 'Office')).out).toContain('Deleted "Office"');
    expect((await line.run('cart', 'list')).out).toMatchInlineSnapshot(`
      "Cart       Lines  Total  Saved                   State
      Groceries      0         Nov 12, 2026, 12:00 PM  on all 3 machines that keep it"
    `);
  });

  it('takes the currency of the cart, else of who types, else asks', async () => {
    const add = (env: Record<string, string>, ...words: string[]) =>
      ran(
        ['cart', 'add', 'Rice', '--price', '2', ...words, '--data', line.dataDir],
        testIo({ env }),
      );
    const price = () => cartNow().lines.at(-1)?.product.price?.currency;
    expect(await add({ LANG: 'C.UTF-8' })).toMatchObject({
      status: 2,
      err: expect.stringContaining('--currency') as string,
    });
    expect((await add({ CARROSSEL_CURRENCY: 'euro' })).status).toBe(2);
    expect((await add({ LANG: 'pt_BR.UTF-8', LC_MONETARY: 'de_AT' })).status).toBe(0);
    expect(price()).toBe('EUR');
    expect((await add({ LANG: 'pt_BR.UTF-8' })).status).toBe(0);
    expect(price()).toBe('EUR');
    expect((await add({}, '--currency', 'BRL')).status).toBe(0);
    expect((await add({ LC_ALL: 'en_US', CARROSSEL_CURRENCY: 'CHF' })).status).toBe(0);
    expect(price()).toBe('CHF');
  });

  it('does not let a title drive the terminal', async () => {
    await line.run('cart', 'add', 'Ric\u001b[2Je\u202e');
    expect((await line.run('cart', 'show')).out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('a cart written apart', () => {
  beforeEach(putConflict);

  it('is shown as the union in groups, with who did what', async () => {
    expect((await line.run('cart', 'show')).out).toMatchInlineSnapshot(`
      "Groceries · 5 lines · €12.50 until you choose · on all 3 machines that keep it · asked of the other machines

      Written apart by kitchen (this machine) and laptop: 2 versions stand side by side.
      Nothing is lost; below is all of it together.

           Version of              Saved
        A  kitchen (this machine)  Nov 12, 2026, 12:00 PM  4 lines
        B  laptop                  Nov 12, 2026, 12:02 PM  4 lines

      The same in every version
        1  1  Rice 5 kg

      Added on one side
        2  2  Coffee  added in B

      Changed on one side
        3  5  Beans  changed in A: A: 2; B: 5

      Removed on one side (kept here until you choose)
        4  1  Sugar  removed in B

      Changed on more than one side: please choose
        5  3  Milk  A: 3; B: 2

      Choose, and it is one cart again:
        carrossel cart resolve --cart "Groceries" --keep union       everything above
        carrossel cart resolve --cart "Groceries" --keep suggested   what one side changed or removed counts
        carrossel cart resolve --cart "Groceries" --keep device "laptop"   the version of one machine
        add --drop N or --quantity N=COUNT to change single lines of it"
    `);
    expect((await line.run('cart', 'list')).out).toContain('waits for a choice');
  });

  it('is shown with what only one side changed, under the same numbers', async () => {
    expect((await line.run('cart', 'show', '--suggested')).out).toMatchInlineSnapshot(`
      "Groceries

        #  Quantity  Item
        1         1  Rice 5 kg
        2         2  Coffee
        3         2  Beans
        5         3  Milk

      This is how it comes together if what only one side changed counts; nothing is saved yet.
      To choose about still: 5.
        carrossel cart show "Groceries"   all of it, side by side"
    `);
    expect(cartNow().conflict).toBe(true);
    // Coffee, added on both sides, is one more question.
    const cart = cartNow();
    const lines = cart.lines.map((one) =>
      one.product.title === 'Coffee' ? { ...one, productGroup: 'coffee' } : one,
    );
    line.app.memory.carts.set('c1', { ...cart, lines });
    expect((await line.run('cart', 'show', '--suggested')).out).toContain('still: 2 and 5.');
  });

  const settled = async (...words: string[]): Promise<[string, number][]> => {
    const { status, err } = await line.run('cart', 'resolve', ...words);
    expect([status, err]).toEqual([0, 'Settled, on all 3 machines that keep it.']);
    expect(cartNow().conflict).toBe(false);
    return cartNow().lines.map((one) => [one.product.title, one.quantity]);
  };

  it('is settled with everything', async () => {
    expect(Object.fromEntries(await settled('--keep', 'union'))).toEqual({
      'Rice 5 kg': 1,
      Coffee: 2,
      Beans: 5,
      Sugar: 1,
      Milk: 3,
    });
  });

  it('is settled with what one side changed or removed', async () => {
    expect(Object.fromEntries(await settled('--keep', 'suggested'))).toEqual({
      'Rice 5 kg': 1,
      Coffee: 2,
      Beans: 2,
      Milk: 3,
    });
  });

  it('is settled with the version of one machine, and with single lines decided', async () => {
    const words = ['--keep', 'device', 'laptop', '--drop', '1', '--quantity', 'Milk=7'];
    expect(Object.fromEntries(await settled(...words))).toEqual({ Coffee: 2, Beans: 5, Milk: 7 });
  });

  it('is settled by a whole answer from a program', async () => {
    const { out } = await line.run('cart', 'show', '--json');
    const cart = JSON.parse(out) as CartView;
    const lines = cart.lines.slice(0, 1).map(({ id, product }) => ({ id, product, quantity: 9 }));
    const input = JSON.stringify({ context: cart.context, lines });
    const words = ['cart', 'resolve', '--answer', '-', '--json', '--data', line.dataDir];
    expect((await ran(words, testIo({ input }))).status).toBe(0);
    expect(cartNow().lines).toMatchObject([{ product: { title: 'Coffee' }, quantity: 9 }]);
    const stale = JSON.stringify({ context: 'older', lines: [] });
    const refused = await ran(words, testIo({ input: stale }));
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.err)).toMatchObject({ error: { code: 'STALE_CONTEXT' } });
  });

  it('is not settled by a wrong command', async () => {
    expect(await line.run('cart', 'resolve')).toMatchObject({ status: 2 });
    expect(await line.run('cart', 'resolve', '--keep', 'all')).toMatchObject({ status: 2 });
    expect(await line.run('cart', 'resolve', '--keep', 'device', 'attic')).toMatchObject({
      status: 2,
      err: expect.stringContaining('A kitchen (this machine) and B laptop') as string,
    });
    expect(cartNow().conflict).toBe(true);
  });
});
