import { expect, it } from 'vitest';
import { createHousehold } from './household.ts';
import { line, listOf, name } from './order-family.ts';

it('no order is forgotten that could not be read the first time', async () => {
  const home = createHousehold('orders on a disk that fails');
  const kitchen = await home.machine('kitchen', undefined, { syncMs: [1, 1] });
  await home.run(kitchen.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 }));
  await home.run(kitchen.app.accounts.create({ name: 'Anna' }));
  await home.run(kitchen.app.carts.create({ name }));
  await home.run(kitchen.app.carts.addLines({ name, lines: [line('Milk', 250)] }));
  await home.run(kitchen.app.orders.checkout({ name }));
  const before = await home.run(listOf(kitchen));
  expect(before.orders).toHaveLength(1);
  // Nothing is in memory after a start.
  await kitchen.restart();
  kitchen.diskFaults.failReads(Infinity);
  await expect(home.run(listOf(kitchen))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  kitchen.diskFaults.failReads(0);
  expect(await home.run(listOf(kitchen))).toEqual(before);
  await home.stopAll();
});
