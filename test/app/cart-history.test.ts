import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household } from './household.ts';

const name = 'Groceries';
const line = (title: string, quantity = 1) => ({ product: product(title), quantity, note: '' });
const titles = (cart: { lines: readonly { product: { title: string } }[] }) =>
  cart.lines.map((one) => one.product.title);

describe('the history of a cart', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('history');
  });
  afterEach(() => home.stopAll());

  it('keeps what was before, across a restart, and gives it back with new lines', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const kitchen = machines[0]!;
    await home.run(kitchen.app.carts.create({ name }));
    const { cart } = await home.run(
      kitchen.app.carts.addLines({ name, lines: [line('Milk'), line('Bread')] }),
    );
    const [milk, bread] = cart.lines;
    await home.run(kitchen.app.carts.removeLine({ name, id: milk!.id }));
    await kitchen.restart();
    const versions = await home.run(kitchen.app.history.list({ name }));
    expect(versions.map(({ lines, current }) => [lines, current])).toEqual([
      [1, true],
      [2, false],
      [0, false],
    ]);
    const past = await home.run(kitchen.app.history.show({ name, version: versions[1]!.version }));
    expect(titles(past)).toEqual(['Milk', 'Bread']);
    const now = await home.run(kitchen.app.carts.show({ name }));
    const back = await home.run(
      kitchen.app.carts.put({ name, context: now.context, lines: past.lines, resolve: true }),
    );
    expect(titles(back.cart)).toEqual(['Milk', 'Bread']);
    expect(back.cart.lines[0]!.id).not.toBe(milk!.id);
    expect(back.cart.lines[1]!.id).toBe(bread!.id);
    await expect(
      home.run(kitchen.app.history.show({ name, version: 'nothing' })),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('holds what other machines wrote, too, and names them', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines;
    await home.run(kitchen!.app.carts.create({ name }));
    await home.until(
      () => office!.app.carts.list(),
      (carts) => carts.length === 1,
    );
    await home.run(office!.app.carts.addLines({ name, lines: [line('Milk')] }));
    const versions = await home.until(
      () => kitchen!.app.history.list({ name }),
      (all) => all.length === 2,
    );
    expect(versions.map(({ device, own }) => [device, own])).toEqual([
      ['office', false],
      ['kitchen', true],
    ]);
  });

  it('suggests what was in carts before, the most used first, and the catalogue', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { carts, history, items } = machines[0]!.app;
    await home.run(carts.create({ name }));
    const { cart } = await home.run(
      carts.addLines({ name, lines: [line('Milk'), line('Bread'), line('milk')] }),
    );
    await home.run(carts.removeLine({ name, id: cart.lines[1]!.id }));
    await home.run(items.put({ sortKey: 'product#1', value: { title: 'Coffee', unit: 'pack' } }));
    await home.run(items.put({ sortKey: 'product#2', value: 'no product' }));
    const found = await home.run(history.suggestions());
    expect(found.map((one) => [one.product.title.toLowerCase(), one.times])).toEqual([
      ['milk', 2],
      ['bread', 1],
      ['coffee', 0],
    ]);
  });
});

describe('the order of a cart’s lines', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('order');
  });
  afterEach(() => home.stopAll());

  it('is the same on all machines and is no conflict with what was shopped apart', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'shop']);
    const [kitchen, office] = machines;
    await home.run(kitchen!.app.carts.create({ name }));
    const { cart } = await home.run(
      kitchen!.app.carts.addLines({ name, lines: [line('A'), line('B'), line('C')] }),
    );
    await home.until(
      () => office!.app.carts.list(),
      (carts) => carts[0]?.lines === 3,
    );
    const ids = cart.lines.map(({ id }) => id);
    home.cut([kitchen!], [office!]);
    const { cart: sorted } = await home.run(
      kitchen!.app.carts.arrange({ name, lines: ids.toReversed() }),
    );
    expect(titles(sorted)).toEqual(['C', 'B', 'A']);
    await home.run(office!.app.carts.arrange({ name, lines: [ids[1]!, ids[0]!, ids[2]!] }));
    await home.run(office!.app.carts.addLines({ name, lines: [line('D')] }));
    home.heal();
    const orders = await home.until(
      async () => {
        const seen = await Promise.all(machines.map((one) => one.app.carts.show({ name })));
        return seen.map((one) => ({ titles: titles(one).join(''), conflict: one.conflict }));
      },
      (seen) => new Set(seen.map(({ titles: t }) => t)).size === 1 && seen[0]!.titles.length === 4,
    );
    expect(orders.map(({ conflict }) => conflict)).toEqual([false, false, false]);
    expect(orders[0]!.titles).toMatch(/^(CBA|BAC)D$/u);
  });
});
