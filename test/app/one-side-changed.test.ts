import { expect, it } from 'vitest';
import { createHousehold, oneFamily, product } from './household.ts';

const name = 'Groceries';

it('says what a line comes to that only one side changed, beside the larger quantity', async () => {
  const home = createHousehold('one side');
  const { machines } = await oneFamily(home, ['kitchen', 'office']);
  const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
  await home.run(kitchen.app.carts.create({ name }));
  const lines = [{ product: product('Rice'), quantity: 4, note: '' }];
  const { cart: start } = await home.run(kitchen.app.carts.addLines({ name, lines }));
  await home.until(
    () => office.app.carts.list(),
    (carts) => carts[0]?.lines === 1,
  );
  home.cut([kitchen], [office]);
  await home.pass(5000);
  await home.run(kitchen.app.carts.setLine({ name, id: start.lines[0]!.id, quantity: 2 }));
  const tea = [{ product: product('Tea'), quantity: 1, note: '' }];
  await home.run(office.app.carts.addLines({ name, lines: tea }));
  home.heal();
  const cart = await home.until(
    () => office.app.carts.show({ name }),
    ({ conflict }) => conflict,
  );
  const [rice, added] = cart.lines;
  expect(rice).toMatchObject({ group: 'changed', quantity: 4, settled: { quantity: 2 } });
  expect(added).toMatchObject({ group: 'added', quantity: 1 });
  expect(added?.settled).toBeUndefined();
  await home.stopAll();
});
