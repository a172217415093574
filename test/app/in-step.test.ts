import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household } from './household.ts';

const name = 'Groceries';
const line = (title: string) => ({ product: product(title), quantity: 1, note: '' });

describe('is everything in step?', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('in step');
  });
  afterEach(() => home.stopAll());

  it('is exactly so once all hold the same, and not before', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'shop']);
    const [kitchen, office, shop] = machines;
    await home.run(kitchen!.app.carts.create({ name }));
    await home.until(
      () => kitchen!.app.picture.inStep(),
      (value) => value.allEqual,
    );
    home.cut([kitchen!, office!], [shop!]);
    await home.until(
      () => kitchen!.app.ring.members(),
      (all) => all.filter(({ connected }) => connected).length === 2,
    );
    await home.run(kitchen!.app.carts.addLines({ name, lines: [line('Milk')] }));
    const apart = await home.run(kitchen!.app.picture.inStep());
    expect(apart.allEqual).toBe(false);
    expect(apart.outbox).toBe(1);
    const one = (of: typeof apart, who: string) => of.members.find((m) => m.name === who);
    expect(one(apart, 'office')).toMatchObject({
      connected: true,
      networkInterface: 'eth0',
      accounts: [{ state: 'equal', items: [] }],
    });
    expect(one(apart, 'shop')).toMatchObject({
      connected: false,
      away: 'silent',
      accounts: [{ name: 'Anna', state: 'unknown' }],
    });
    home.heal();
    const healed = await home.until(
      () => kitchen!.app.picture.inStep(),
      (value) => value.allEqual,
    );
    expect(healed).toMatchObject({ outbox: 0 });
    expect(healed.members.map((m) => m.accounts[0]?.state)).toEqual(['equal', 'equal']);
  });

  it('is so again where nobody owns the account and the connection is a new one', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'shop', 'cellar']);
    const [kitchen] = machines;
    await home.run(kitchen!.app.membership.settings({ n: 1, r: 1, w: 1 }));
    await home.run(kitchen!.app.carts.create({ name }));
    const { place } = kitchen!.app.picture.ring({});
    const [asker, ...others] = machines.filter((one) => !place!.owners.includes(one.peerId()));
    home.cut(
      [asker!],
      machines.filter((one) => one !== asker),
    );
    await home.until(
      () => asker!.app.ring.members(),
      (all) => all.filter(({ connected }) => connected).length === 1,
    );
    home.heal();
    const told = await home.until(
      () => asker!.app.picture.inStep(),
      ({ members }) => members.every(({ connected }) => connected),
    );
    expect(others.length).toBeGreaterThan(1);
    for (const { accounts } of told.members) expect(accounts[0]?.state).not.toBe('unknown');
    await home.until(
      () => asker!.app.picture.inStep(),
      (value) => value.allEqual,
    );
  });

  it('names the item that differs, by what people call it', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines;
    const { cart } = await home.run(kitchen!.app.carts.create({ name }));
    await home.until(
      () => office!.app.carts.list(),
      (carts) => carts.length === 1,
    );
    // What a disk lost behind everybody's back: the comparison finds it, whoever wrote last.
    const [account] = kitchen!.app.accounts.list();
    const key = { partitionKey: account!.id as never, sortKey: `cart#${cart.id}` };
    await home.run(office!.store.items.drop([key]));
    const { allEqual, members } = await home.run(kitchen!.app.picture.inStep());
    expect(allEqual).toBe(false);
    expect(members[0]?.accounts[0]).toMatchObject({
      state: 'differs',
      items: [{ kind: 'cart', name, onlyHere: 1, onlyThere: 0 }],
    });
  });

  it('draws whose part is whose, and where the account is kept', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'shop']);
    const drawing = machines[0]!.app.picture.ring({});
    expect(drawing.members.toSorted()).toEqual(machines.map((one) => one.peerId()).toSorted());
    expect(drawing.place?.owners.toSorted()).toEqual(drawing.members.toSorted());
    expect(drawing.arcs[0]?.from).toBe(0);
    expect(drawing.arcs.at(-1)?.to).toBe(drawing.partitions);
    for (const [index, arc] of drawing.arcs.entries()) {
      expect(arc.from).toBe(drawing.arcs[index - 1]?.to ?? 0);
      expect(arc.member).not.toBe(drawing.arcs[index - 1]?.member);
    }
  });

  it('knows how much each machine keeps, as far as it keeps the same', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'shop']);
    const [kitchen] = machines;
    await home.run(kitchen!.app.carts.create({ name: 'Party' }));
    const { items } = await kitchen!.store.items.size();
    const kept = await home.run(kitchen!.app.picture.kept());
    expect(kept).toHaveLength(3);
    for (const one of kept) expect(one).toMatchObject({ accounts: 1, items, known: 1 });
    await home.run(kitchen!.app.membership.settings({ n: 2, r: 1, w: 1 }));
    const fewer = await home.run(kitchen!.app.picture.kept());
    const others = fewer.filter(({ peerId }) => peerId !== kitchen!.peerId());
    for (const { known } of others) {
      expect(known).toBeGreaterThan(0.2);
      expect(known).toBeLessThan(0.8);
    }
  });
});
