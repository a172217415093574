import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, type Household } from './household.ts';
import { eur, line, listOf, name, shopping } from './order-family.ts';

let home: Household;
let checkout: ReturnType<typeof shopping>['checkout'];
let family: ReturnType<typeof shopping>['family'];
let settled: ReturnType<typeof shopping>['settled'];
beforeEach(() => {
  home = createHousehold('orders');
  ({ checkout, family, settled } = shopping(home));
});
afterEach(() => home.stopAll());

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
