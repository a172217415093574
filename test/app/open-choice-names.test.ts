import { describe, expect, it } from 'vitest';
import { writtenBy } from '../../src-main/app/account.ts';
import { createHousehold, oneFamily, product } from './household.ts';

const name = 'Groceries';
const line = (title: string) => ({ product: product(title), quantity: 1, note: '' });

describe('who wrote a side of an open choice', () => {
  it('is still told after a third machine edited it', async () => {
    const home = createHousehold('names');
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'till']);
    const [kitchen, office, till] = machines;
    await home.run(kitchen!.app.carts.create({ name }));
    await home.run(kitchen!.app.carts.addLines({ name, lines: [line('Beans')] }));
    await home.pass(3000);
    home.cut([kitchen!], [office!, till!]);
    await home.run(kitchen!.app.carts.addLines({ name, lines: [line('Rice')] }));
    await home.run(office!.app.carts.addLines({ name, lines: [line('Milk')] }));
    home.heal();
    const read = () => till!.app.carts.show({ name, consistency: 'local' });
    const open = await home.until(read, ({ conflict }) => conflict);
    for (const title of ['Rice', 'Milk']) {
      const { id } = open.lines.find((one) => one.product.title === title)!;
      await home.run(till!.app.carts.setLine({ name, id, quantity: 7 }));
    }
    const { siblings } = await home.run(read());
    const sides = siblings.map(({ device, own }) => [device, own]).toSorted();
    expect(sides).toEqual([
      ['kitchen → till', false],
      ['office → till', false],
    ]);
  });

  it('names the first and the last two of many, and nobody twice in a row', () => {
    const names = ['a', 'a', 'b', 'b', 'c', 'd'];
    const told = names.reduce<string | undefined>(
      (before, own) => writtenBy(own, before),
      undefined,
    );
    expect(told).toBe('a → c → d');
  });
});
