import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type { OrderLedgers } from './order-sums.ts';
import { sumsOf } from './order-sums.ts';
import {
  createHousehold,
  joinRing,
  oneFamily,
  product,
  type Household,
  type Machine,
} from './household.ts';

const name = 'Groceries';
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const line = (title: string, cents?: number) => ({
  product: { ...product(title, cents), category: title === 'Soap' ? 'Home' : 'Food' },
  quantity: 1,
  note: '',
});
const eur = (amount: number) => ({ amount, currency: 'EUR' });

let home: Household;
beforeEach(() => {
  home = createHousehold('orders');
});
afterEach(() => home.stopAll());

const titles = (of: { lines: readonly { product: { title: string } }[] }) =>
  of.lines.map((one) => one.product.title).sort();
const checkout = (machine: Machine, input: object = {}) =>
  home.run(machine.app.orders.checkout({ name, ...input }));
const listOf = (machine: Machine) => machine.app.orders.list({ limit: 100 });

/** A family with one cart that all machines hold. */
async function family(names: readonly string[], lines = [line('Milk', 250), line('Soap', 500)]) {
  const { machines } = await oneFamily(home, names);
  await home.run(machines[0]!.app.carts.create({ name }));
  await home.run(machines[0]!.app.carts.addLines({ name, lines }));
  for (const { app } of machines) {
    await home.until(
      () => app.carts.list(),
      (carts) => carts[0]?.lines === lines.length,
    );
  }
  return machines as [Machine, Machine, Machine];
}

/** All machines hold this many orders, and the same of each. */
async function settled(machines: readonly Machine[], orders: number) {
  const seen: OrderLedgers[] = [];
  for (const machine of machines) {
    await home.until(
      () => listOf(machine),
      (list) => list.orders.length === orders,
    );
  }
  // Decisions and carts may be a moment behind.
  await home.pass(40_000);
  for (const machine of machines) seen.push(await home.run(sumsOf(machine.app)));
  for (const one of seen) expect(one.balance).toEqual(seen[0]!.balance);
  for (const one of seen) expect(one.difference).toEqual({});
  return seen[0]!;
}

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

describe('orders made apart', () => {
  it('gives one voucher for a line ordered by three, the same on all, and asks', async () => {
    const machines = await family(['kitchen', 'office', 'phone']);
    home.cut(...machines.map((one) => [one]));
    await home.pass(5000);
    const made = [];
    for (const machine of machines) made.push((await checkout(machine)).order.id);
    home.heal();
    const { balance, groups } = await settled(machines, 3);
    const [first] = made.toSorted();
    expect(groups).toMatchObject([{ id: first, open: true, shared: [{}, {}] }]);
    expect(balance.vouchers).toHaveLength(4);
    expect(balance.left).toEqual([eur(1500)]);
    expect(balance.vouchers.some(({ order }) => order === first)).toBe(false);
    const { open } = await home.run(listOf(machines[2]));
    expect(open).toBe(1);
  });

  it('goes by a decision, and asks again when two cancelled different orders at once', async () => {
    const machines = await family(['kitchen', 'office']);
    const [kitchen, office] = machines;
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const a = (await checkout(kitchen)).order.id;
    const b = (await checkout(office)).order.id;
    home.heal();
    const before = await settled(machines.slice(0, 2), 2);
    const keep = (one: string) =>
      before.groups[0]!.shared.map(({ line: id, context }) => ({
        ...{ line: id, context, keep: [one] },
        cancel: [a, b].filter((other) => other !== one),
      }));
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const decided = await home.run(kitchen.app.orders.decide({ id: a, lines: keep(b) }));
    expect(decided.order).toMatchObject({ state: 'cancelled', open: false });
    await home.run(office.app.orders.decide({ id: a, lines: keep(a) }));
    home.heal();
    await home.pass(40_000);
    const after = await settled(machines.slice(0, 2), 2);
    expect(after.groups).toMatchObject([{ open: true }]);
    // Nobody has cancelled both: for now the rule holds, on both machines.
    expect(after.balance).toEqual(before.balance);
    const both = after.groups[0]!.shared.map(({ line: id, context }) => ({
      ...{ line: id, context, keep: [a, b], cancel: [] },
    }));
    await home.run(office.app.orders.decide({ id: b, lines: both }));
    await home.pass(40_000);
    const end = await settled(machines.slice(0, 2), 2);
    expect(end.groups).toMatchObject([{ open: false }]);
    expect(end.balance.vouchers).toEqual([]);
  });

  it('uses vouchers, keeps the rest, and makes a double use an amount due', async () => {
    const machines = await family(['kitchen', 'office']);
    const [kitchen, office] = machines;
    home.cut([kitchen], [office]);
    await home.pass(5000);
    await checkout(kitchen);
    await checkout(office);
    home.heal();
    const { balance } = await settled(machines.slice(0, 2), 2);
    expect(balance.left).toEqual([eur(750)]);
    const vouchers = balance.vouchers.map(({ id }) => id);
    await home.run(kitchen.app.carts.addLines({ name, lines: [line('Tea', 600)] }));
    await home.run(kitchen.app.carts.create({ name: 'Other' }));
    await home.run(
      kitchen.app.carts.addLines({ name: 'Other', lines: [line('Rice', 700), line('Salt', 50)] }),
    );
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts.length === 2 && carts.every(({ lines }) => lines > 0),
    );
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const tea = await checkout(kitchen, { vouchers });
    expect(tea.order.paid).toEqual([eur(0)]);
    expect((await home.run(kitchen.app.orders.vouchers({}))).left).toEqual([eur(150)]);
    const other = await checkout(office, { name: 'Other', vouchers, pay: [eur(0)] });
    expect(other.order.paid).toEqual([eur(0)]);
    home.heal();
    const apart = await settled(machines.slice(0, 2), 4);
    // 6.00 and 7.50 were claimed of 7.50: the order with the greater id owes what was not there.
    expect(apart.balance.due).toEqual([eur(600)]);
    expect(apart.balance.dues).toMatchObject([
      { order: [tea.order.id, other.order.id].sort()[1], open: 600 },
    ]);
    await home.run(office.app.carts.addLines({ name, lines: [line('Beans', 100)] }));
    const review = await home.run(office.app.orders.review({ name }));
    expect(review).toMatchObject({ totals: [eur(100)], pay: [eur(700)], dues: [{}] });
    await checkout(office, { pay: [eur(700)] });
    const end = await settled(machines.slice(0, 2), 5);
    expect(end.balance).toMatchObject({ due: [], dues: [{ open: 0, paid: 600 }] });
  });

  it('lets a line be ordered again once it was cancelled, and asks nothing', async () => {
    const machines = await family(['kitchen', 'office']);
    const [kitchen, office] = machines;
    const milk = (await home.run(office.app.carts.show({ name }))).lines[0]!;
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const { order } = await checkout(kitchen);
    await home.run(office.app.carts.setLine({ name, id: milk.id, quantity: 2 }));
    home.heal();
    const cart = await home.until(
      () => office.app.carts.show({ name }),
      ({ conflict, lines }) => conflict && lines.every(({ ordered }) => ordered !== undefined),
    );
    const cancel = [{ line: milk.id, keep: [], cancel: [order.id] }];
    await home.run(office.app.orders.decide({ id: order.id, lines: cancel }));
    const keep = [{ id: milk.id, product: milk.product, quantity: 2, note: '' }];
    await home.run(office.app.carts.resolve({ name, context: cart.context, lines: keep }));
    const { vouchers } = await home.run(office.app.orders.vouchers({}));
    expect(vouchers).toMatchObject([{ left: milk.product.price!.amount, order: order.id }]);
    await checkout(office, { vouchers: vouchers.map(({ id }) => id) });
    const { groups, balance } = await settled(machines.slice(0, 2), 2);
    expect(groups).toEqual([]);
    expect(balance.left).toEqual([]);
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
