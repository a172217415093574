import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household } from './household.ts';

const name = 'Groceries';
const code = (code: string) => expect.objectContaining({ code }) as Error;

describe('carts on one machine', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('one machine');
  });
  afterEach(() => home.stopAll());

  it('creates a cart, adds, changes and removes lines, and deletes it', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { carts } = machines[0]!.app;
    const made = await home.run(carts.create({ name }));
    expect(made.cart).toMatchObject({ name, lines: [], conflict: false, shared: false });
    await expect(home.run(carts.create({ name: ' groceries ' }))).rejects.toThrow(
      code('CART_EXISTS'),
    );
    const lines = [
      { product: product('Milk', 129), quantity: 2, note: '' },
      { product: product('Bread'), quantity: 1, note: 'dark' },
    ];
    const added = await home.run(carts.addLines({ name, lines }));
    expect(added.cart.lines.map(({ product: { title }, group }) => [title, group])).toEqual([
      ['Milk', 'same'],
      ['Bread', 'same'],
    ]);
    expect(added.cart.totals).toEqual([{ amount: 258, currency: 'EUR' }]);
    const [milk, bread] = added.cart.lines;
    await home.run(carts.setLine({ name, id: milk!.id, quantity: 3 }));
    const after = await home.run(carts.removeLine({ name, id: bread!.id }));
    expect(after.cart.lines).toMatchObject([{ id: milk!.id, quantity: 3 }]);
    await expect(home.run(carts.removeLine({ name, id: bread!.id }))).rejects.toThrow(
      code('LINE_NOT_FOUND'),
    );
    await home.run(carts.remove({ name }));
    await expect(home.run(carts.show({ name }))).rejects.toThrow(code('CART_NOT_FOUND'));
    expect(await home.run(carts.list())).toEqual([]);
    expect((await home.run(carts.create({ name }))).cart.lines).toEqual([]);
  });

  it('finds a cart by its id too, and tells what is safe in a ring of one', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { carts } = machines[0]!.app;
    const { cart } = await home.run(carts.create({ name }));
    expect(await home.run(carts.show({ name: cart.id }))).toMatchObject({
      id: cart.id,
      safety: { state: 'complete', copies: 1, owners: 1, waitingFor: [] },
    });
  });

  it('keeps carts, accounts and the ring across a restart', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines;
    const lines = [{ product: product('Milk'), quantity: 1, note: '' }];
    await home.run(kitchen!.app.carts.create({ name }));
    await home.run(kitchen!.app.carts.addLines({ name, lines }));
    await kitchen!.restart();
    expect(kitchen!.app.hasRing()).toBe(true);
    expect(kitchen!.app.accounts.list()).toMatchObject([{ name: 'Anna', current: true }]);
    const cart = await home.run(kitchen!.app.carts.show({ name }));
    expect(cart.lines).toMatchObject([{ product: { title: 'Milk' } }]);
  });

  it('writes the whole cart with a context, and refuses one it does not know', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { carts } = machines[0]!.app;
    const first = await home.run(
      carts.put({
        name,
        context: '',
        resolve: false,
        lines: [{ product: product('Milk'), quantity: 1, note: '' }],
      }),
    );
    expect(first.cart.name).toBe(name);
    const [milk] = first.cart.lines;
    const { cart } = await home.run(
      carts.put({
        name,
        context: first.cart.context,
        resolve: false,
        lines: [
          { id: milk!.id, product: product('Milk'), quantity: 4, note: '' },
          { product: product('Eggs'), quantity: 12, note: '' },
        ],
      }),
    );
    expect(cart.siblings).toHaveLength(1);
    expect(cart.lines).toMatchObject([{ id: milk!.id, quantity: 4 }, { quantity: 12 }]);
    await expect(
      home.run(carts.put({ name, context: 'AAAA', resolve: false, lines: [] })),
    ).rejects.toThrow(code('UNKNOWN_CONTEXT'));
  });
});

describe('carts on two machines of one person', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('two machines');
  });
  afterEach(() => home.stopAll());

  it('shows on each what the other wrote', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines;
    await home.run(kitchen!.app.carts.create({ name }));
    const lines = [{ product: product('Milk'), quantity: 1, note: '' }];
    await home.until(
      () => office!.app.carts.list(),
      (carts) => carts.length === 1,
    );
    const { safety } = await home.run(office!.app.carts.addLines({ name, lines }));
    expect(safety).toMatchObject({ copies: 2, owners: 2, waitingFor: [] });
    const seen = await home.until(
      () => kitchen!.app.carts.show({ name, consistency: 'local' }),
      (cart) => cart.lines.length === 1,
    );
    expect(seen.siblings).toMatchObject([{ device: 'office', own: false }]);
  });

  it('takes on one machine the context that another has given', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
    await home.run(kitchen.app.carts.create({ name }));
    const { cart: seen } = await home.run(
      kitchen.app.carts.addLines({
        name,
        lines: [{ product: product('Milk'), quantity: 1, note: '' }],
      }),
    );
    const [milk] = seen.lines;
    const { cart } = await home.run(
      office.app.carts.put({
        name,
        context: seen.context,
        resolve: false,
        lines: [{ id: milk!.id, product: product('Milk'), quantity: 2, note: '' }],
      }),
    );
    expect(cart).toMatchObject({ conflict: false, lines: [{ id: milk!.id, quantity: 2 }] });
    // What was shown and has been replaced since stands beside what replaced it.
    const stale = { name, context: seen.context, resolve: false, lines: [] };
    const apart = await home.run(kitchen.app.carts.put(stale));
    expect(apart.cart.siblings).toHaveLength(2);
    expect(apart.cart.lines).toMatchObject([{ id: milk!.id, group: 'choose' }]);
  });

  it('puts side by side what was written apart, and agrees once a person has chosen', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
    await home.run(kitchen.app.carts.create({ name }));
    const lines = ['Milk', 'Bread'].map((title) => ({
      product: product(title, 129),
      quantity: 1,
      note: '',
    }));
    const { cart: start } = await home.run(kitchen.app.carts.addLines({ name, lines }));
    const [milk, bread] = start.lines;
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts[0]?.lines === 2,
    );
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const alone = await home.run(kitchen.app.carts.setLine({ name, id: milk!.id, quantity: 3 }));
    expect(alone.safety).toMatchObject({ state: 'pending', copies: 1, waitingFor: ['office'] });
    await home.run(office.app.carts.setLine({ name, id: milk!.id, quantity: 5 }));
    await home.run(office.app.carts.removeLine({ name, id: bread!.id }));
    const eggs = [{ product: product('Eggs'), quantity: 6, note: '' }];
    await home.run(office.app.carts.addLines({ name, lines: eggs }));

    home.heal();
    const shown = [];
    for (const { app } of [kitchen, office]) {
      const cart = await home.until(
        () => app.carts.show({ name }),
        ({ conflict }) => conflict,
      );
      expect(cart.siblings.map(({ device }) => device).sort()).toEqual(['kitchen', 'office']);
      const groups = cart.lines.map(({ product: { title }, group, quantity }) => [
        ...[title, group, quantity],
      ]);
      expect(groups.sort()).toEqual([
        ['Bread', 'removed', 1],
        ['Eggs', 'added', 6],
        ['Milk', 'choose', 5],
      ]);
      // What one side removed counts nothing unless it is brought back.
      expect(cart.totals).toEqual([{ amount: 5 * 129, currency: 'EUR' }]);
      const [listed] = await home.run(app.carts.list());
      expect(listed).toMatchObject({ lines: 2, totals: cart.totals });
      shown.push(cart);
    }
    const keep = shown[0]!.lines
      .filter(({ group }) => group !== 'removed')
      .map(({ id, product: what, quantity, note }) => ({ id, product: what, quantity, note }));
    const put = { name, context: shown[0]!.context, lines: keep };
    await expect(home.run(kitchen.app.carts.put({ ...put, resolve: false }))).rejects.toThrow(
      code('CONFLICT_OPEN'),
    );
    await home.run(kitchen.app.carts.resolve(put));
    for (const { app } of [kitchen, office]) {
      const cart = await home.until(
        () => app.carts.show({ name }),
        ({ conflict }) => !conflict,
      );
      expect(cart.siblings).toHaveLength(1);
      expect(cart.lines.map(({ quantity }) => quantity).sort()).toEqual([5, 6]);
    }
  });

  it('keeps a choice open while somebody edits, with no more siblings than before', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
    await home.run(kitchen.app.carts.create({ name }));
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts.length === 1,
    );
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const line = (title: string) => [{ product: product(title), quantity: 1, note: '' }];
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Milk') }));
    await home.run(office.app.carts.addLines({ name, lines: line('Eggs') }));
    home.heal();
    await home.until(
      () => kitchen.app.carts.show({ name }),
      ({ conflict }) => conflict,
    );
    const { cart } = await home.run(kitchen.app.carts.addLines({ name, lines: line('Tea') }));
    expect(cart.conflict).toBe(true);
    expect(cart.siblings).toHaveLength(2);
    expect(cart.lines.map(({ product: { title } }) => title).sort()).toEqual([
      ...['Eggs', 'Milk', 'Tea'],
    ]);
    const eggs = cart.lines.find(({ product: { title } }) => title === 'Eggs');
    const edited = await home.run(kitchen.app.carts.setLine({ name, id: eggs!.id, quantity: 12 }));
    expect(edited.cart).toMatchObject({ conflict: true });
    expect(edited.cart.siblings).toHaveLength(2);
  });

  it('deletes without a context only what this machine itself wrote last', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
    const line = (title: string) => [{ product: product(title), quantity: 1, note: '' }];
    await home.run(kitchen.app.carts.create({ name }));
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts.length === 1,
    );
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Milk') }));
    const seen = await home.until(
      () => office.app.carts.show({ name }),
      (cart) => cart.lines.length === 1,
    );
    await expect(home.run(office.app.carts.remove({ name }))).rejects.toThrow(code('BAD_REQUEST'));
    expect(await home.run(kitchen.app.carts.list())).toMatchObject([{ lines: 1 }]);
    await home.run(office.app.carts.remove({ name, context: seen.context }));
    expect(await home.run(office.app.carts.list())).toEqual([]);
  });

  it('streams a cart as it changes, until it is deleted', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
    await home.run(kitchen.app.carts.create({ name }));
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts.length === 1,
    );
    const watch = await home.run(office.app.carts.watch({ name }));
    expect((await home.run(watch.next())).value).toMatchObject({ lines: [] });
    const lines = [{ product: product('Milk', 129), quantity: 1, note: '' }];
    await home.run(kitchen.app.carts.addLines({ name, lines }));
    for (;;) {
      const { value } = await home.run(watch.next());
      if (value?.lines.length === 1) break;
    }
    await home.run(kitchen.app.carts.remove({ name }));
    let last = await home.run(watch.next());
    while (last.done !== true) last = await home.run(watch.next());
    expect(last.done).toBe(true);
  });
});
