import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { createHousehold, joinRing, type Household } from './household.ts';
import { code, eur, line, listOf, name, titles, shopping } from './order-family.ts';

let home: Household;
let checkout: ReturnType<typeof shopping>['checkout'];
let family: ReturnType<typeof shopping>['family'];
let settled: ReturnType<typeof shopping>['settled'];
beforeEach(() => {
  home = createHousehold('orders');
  ({ checkout, family, settled } = shopping(home));
});
afterEach(() => home.stopAll());

describe('a checkout', () => {
  it('takes the lines out of the cart into an order, all or the ones chosen', async () => {
    const [kitchen] = await family(['kitchen']);
    const review = await home.run(kitchen.app.orders.review({ name }));
    expect(review).toMatchObject({ totals: [eur(750)], pay: [eur(750)], vouchers: [], dues: [] });
    const soap = review.lines.find(({ product: { title } }) => title === 'Soap')!;
    const first = await checkout(kitchen, {
      lines: [soap.id],
      context: review.context,
      pay: [eur(500)],
    });
    expect(first.order).toMatchObject({
      state: 'standing',
      cart: { name },
      device: 'kitchen',
      own: true,
      paid: [eur(500)],
      lines: [{ id: soap.id, kept: true, amount: eur(500) }],
    });
    expect(titles(first.cart)).toEqual(['Milk']);
    expect((await checkout(kitchen)).cart.lines).toEqual([]);
    await expect(checkout(kitchen)).rejects.toThrow(code('NOTHING_TO_ORDER'));
    const list = await home.run(listOf(kitchen));
    expect(list).toMatchObject({ open: 0, orders: [{ lines: 1 }, { lines: 1 }] });
    await kitchen.restart();
    expect(await home.run(listOf(kitchen))).toEqual(list);
  });

  it('is refused when cart or sums are not what the person was shown', async () => {
    const [kitchen] = await family(['kitchen']);
    const { context } = await home.run(kitchen.app.orders.review({ name }));
    await expect(checkout(kitchen, { pay: [eur(1)] })).rejects.toThrow(code('STALE_CONTEXT'));
    await home.run(kitchen.app.carts.addLines({ name, lines: [line('Tea', 300)] }));
    await expect(checkout(kitchen, { context })).rejects.toThrow(code('STALE_CONTEXT'));
    expect((await home.run(listOf(kitchen))).orders).toEqual([]);
  });

  it('is refused while a choice is open', async () => {
    const [kitchen, office] = await family(['kitchen', 'office']);
    home.cut([kitchen], [office]);
    await home.pass(5000);
    await home.run(kitchen.app.carts.addLines({ name, lines: [line('Tea', 300)] }));
    await home.run(office.app.carts.addLines({ name, lines: [line('Rice', 300)] }));
    home.heal();
    await home.until(
      () => kitchen.app.carts.show({ name }),
      ({ conflict }) => conflict,
    );
    await expect(checkout(kitchen)).rejects.toThrow(code('CONFLICT_OPEN'));
  });

  it('shows a line that stands in an order as ordered, and orders it no second time', async () => {
    const [kitchen, office] = await family(['kitchen', 'office']);
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const milk = (await home.run(office.app.carts.show({ name }))).lines.find(
      ({ product: { title } }) => title === 'Milk',
    )!;
    const { order } = await checkout(kitchen);
    await home.run(office.app.carts.setLine({ name, id: milk.id, quantity: 3 }));
    home.heal();
    const cart = await home.until(
      () => office.app.carts.show({ name }),
      ({ conflict, lines }) => conflict && lines.every(({ ordered }) => ordered !== undefined),
    );
    expect(cart.totals).toEqual([]);
    const kept = [{ id: milk.id, product: milk.product, quantity: 3, note: '' }];
    const resolve = { name, context: cart.context, lines: kept };
    const settledCart = (await home.run(office.app.carts.resolve(resolve))).cart;
    expect(settledCart).toMatchObject({ totals: [], lines: [{ ordered: order.id }] });
    await expect(checkout(office, { lines: [milk.id] })).rejects.toThrow(code('LINE_ORDERED'));
    await expect(checkout(office)).rejects.toThrow(code('NOTHING_TO_ORDER'));
  });
});

describe('orders among people and machines', () => {
  it('sends the order before its cart: a machine lost in between orders nothing twice', async () => {
    const [kitchen, office] = await family(['kitchen', 'office']);
    const arrived: string[] = [];
    office.store.items.on('changed', ({ key, local }) => {
      if (local) return;
      arrived.push(key.sortKey.replace(/#.*/, ''));
      // The moment the first of the batch is there, the machine it came from is gone for good.
      home.cut([kitchen], [office]);
    });
    const { order, cart } = await checkout(kitchen);
    expect(cart.lines).toEqual([]);
    await kitchen.stop();
    await home.pass(10_000);
    expect(arrived).toEqual(['order']);
    const left = await home.run(office.app.carts.show({ name }));
    expect(left.lines.map(({ ordered }) => ordered)).toEqual([order.id, order.id]);
    expect(left.totals).toEqual([]);
    await expect(checkout(office)).rejects.toThrow(code('NOTHING_TO_ORDER'));
    await home.run(office.app.carts.addLines({ name, lines: [line('Tea', 300)] }));
    const next = await checkout(office);
    expect(titles(next.order)).toEqual(['Tea']);
  });

  it('makes order and cart one batch: a machine that stops in it has done all or nothing', async () => {
    const [kitchen] = await family(['kitchen']);
    kitchen.store.items.issue = () => Promise.reject(new AppError('STORAGE_FAILED', 'Gone.'));
    await expect(checkout(kitchen)).rejects.toThrow(code('STORAGE_FAILED'));
    await kitchen.restart();
    expect((await home.run(listOf(kitchen))).orders).toEqual([]);
    expect((await home.run(kitchen.app.carts.show({ name }))).lines).toHaveLength(2);
    let batch = 0;
    const again = kitchen.store.items.issue.bind(kitchen.store.items);
    kitchen.store.items.issue = (requests) => {
      batch = requests.length;
      return again(requests);
    };
    await checkout(kitchen);
    expect(batch).toBe(2);
    await kitchen.restart();
    expect((await home.run(listOf(kitchen))).orders).toHaveLength(1);
    expect((await home.run(kitchen.app.carts.show({ name }))).lines).toEqual([]);
  });

  it('works in a shared cart: one order, one balance, for both people', async () => {
    const [kitchen] = await family(['kitchen']);
    const bob = await home.machine('bob');
    await joinRing(home, kitchen, bob);
    await home.run(bob.app.accounts.create({ name: 'Bob' }));
    const shared = await home.run(kitchen.app.carts.share({ name, expiresInMs: 60_000 }));
    await home.run(bob.app.carts.accept({ link: shared.link }));
    await home.until(
      () => bob.app.carts.show({ name }),
      ({ lines }) => lines.length === 2,
    );
    home.cut([kitchen], [bob]);
    await home.pass(5000);
    await checkout(kitchen);
    await checkout(bob);
    home.heal();
    const { balance, groups } = await settled([kitchen, bob], 2);
    expect(groups).toMatchObject([{ account: shared.cart.account, open: true }]);
    expect(balance.left).toEqual([eur(750)]);
  });

  it('exports every line as CSV that no spreadsheet runs', async () => {
    const evil = { ...line('=SUM("x")', 100), note: 'a,b' };
    const [kitchen] = await family(['kitchen'], [evil]);
    const { order } = await checkout(kitchen);
    const { csv } = await home.run(kitchen.app.orders.csv({}));
    const [head, row, ...more] = csv.split('\r\n');
    expect(more).toEqual([]);
    expect(head).toMatch(/^order,made,device,cart,line,title,sku,/);
    expect(row).toContain(`${order.id},`);
    expect(row).toContain(`,"'=SUM(""x"")",,Food,,1,100,EUR,yes,,"a,b"`);
  });

  it('tells what was spent on what is kept, by month and by category', async () => {
    const [kitchen] = await family(['kitchen']);
    const milk = (await home.run(kitchen.app.carts.show({ name }))).lines[0]!;
    const { order } = await checkout(kitchen);
    const spending = await home.run(kitchen.app.orders.spending({ timeZone: 'America/Sao_Paulo' }));
    expect(spending).toMatchObject({
      months: [{ orders: 1, totals: [eur(750)] }],
      categories: [
        { category: 'Home', totals: [eur(500)] },
        { category: 'Food', totals: [eur(250)] },
      ],
    });
    expect(spending.months[0]!.month).toMatch(/^\d{4}-\d{2}$/);
    const cancel = [{ line: milk.id, keep: [], cancel: [order.id] }];
    await home.run(kitchen.app.orders.decide({ id: order.id, lines: cancel }));
    expect((await home.run(kitchen.app.orders.spending({}))).totals).toEqual([eur(500)]);
    await expect(
      home.run(kitchen.app.orders.spending({ timeZone: 'Nowhere/At-all' })),
    ).rejects.toThrow(code('BAD_REQUEST'));
  });
});
