import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

const name = 'Groceries';
const line = (title: string) => [{ product: product(title), quantity: 2, note: '' }];

describe('versions that were set aside', () => {
  let home: Household;
  let kitchen: Machine;
  beforeEach(async () => {
    home = createHousehold('found');
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    [kitchen] = machines as [Machine];
    await home.run(kitchen.app.carts.create({ name }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Milk') }));
    // As the quarantine does it: first into the records, then out of the item.
    const partitionKey = kitchen.app.accounts.list()[0]!.id as PartitionKey;
    const range = { partitionKey, prefix: 'cart#', limit: 1 };
    const [{ siblings } = { siblings: [] }] = await kitchen.store.items.scan(range);
    const { hash, bytes } = siblings[0]!;
    await kitchen.store.records.put('found', `${partitionKey}/${hash}`, bytes);
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
  });
  afterEach(() => home.stopAll());

  const show = () => home.run(kitchen.app.carts.show({ name }));

  it('are listed with what they say, and who wrote them', async () => {
    const [found] = await home.run(kitchen.app.found.list());
    expect(found).toMatchObject({ accountName: 'Anna', sealed: false, deleted: false });
    expect(found).toMatchObject({ title: name, lines: [{ title: 'Milk', quantity: 2 }] });
    expect(found!.device).toBe('kitchen');
  });

  it('stand beside what is there when they are kept, and are found no more', async () => {
    const [found] = await home.run(kitchen.app.found.list());
    await home.run(kitchen.app.found.keep({ id: found!.id }));
    expect(await home.run(kitchen.app.found.list())).toEqual([]);
    const cart = await show();
    expect(cart.siblings).toHaveLength(2);
    expect(cart.lines.map((one) => one.product.title).sort()).toEqual(['Bread', 'Milk', 'Milk']);
    expect(new Set(cart.lines.map(({ id }) => id)).size).toBe(3);
  });

  it('are gone when they are dropped, and touch nothing else', async () => {
    const [found] = await home.run(kitchen.app.found.list());
    expect(await home.run(kitchen.app.found.drop({ id: found!.id }))).toEqual({ dropped: true });
    expect(await home.run(kitchen.app.found.list())).toEqual([]);
    expect((await show()).siblings).toHaveLength(1);
    await expect(home.run(kitchen.app.found.drop({ id: found!.id }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
