import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src-main/base/app-error.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createHousehold, oneFamily, product } from './household.ts';

const name = 'Groceries';

describe('a household that writes together and apart', () => {
  it.each(['one', 'two', 'three', 'four', 'five', 'six'])(
    'loses no line, agrees when it is whole, and settles by one resolution (seed %s)',
    async (seed) => {
      const home = createHousehold(seed);
      const random = createSeededRandom(`steps ${seed}`);
      const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop']);
      await home.run(machines[0]!.app.carts.create({ name }));
      await home.pass(3000);
      const added = new Set<string>();
      const removed = new Set<string>();
      for (let step = 0; step < 40; step++) {
        const { app } = random.pick(machines);
        const { carts } = app;
        const roll = random.fraction();
        if (roll < 0.08) {
          const [alone, ...others] = machines.toSorted(() => random.fraction() - 0.5);
          home.cut([alone!], others);
        } else if (roll < 0.16) home.heal();
        else if (roll < 0.2) await random.pick(machines).restart();
        else if (roll < 0.6) {
          const title = `line ${step}`;
          const lines = [{ product: product(title), quantity: 1, note: '' }];
          await home.run(carts.addLines({ name, lines }));
          added.add(title);
        } else {
          const cart = await home.run(carts.show({ name, consistency: 'local' }));
          const line = random.pick([...cart.lines, undefined]);
          if (line === undefined) continue;
          const { id } = line;
          const edit =
            roll < 0.85
              ? carts.setLine({ name, id, quantity: 1 + random.below(9) })
              : carts.removeLine({ name, id });
          try {
            await home.run(edit);
            if (roll >= 0.85) removed.add(line.product.title);
          } catch (error) {
            if (!isAppError(error, 'LINE_NOT_FOUND')) throw error;
          }
        }
        await home.pass(random.below(3000));
      }
      home.heal();
      const read = () =>
        Promise.all(machines.map(({ app }) => app.carts.show({ name, consistency: 'local' })));
      const same = await home.until(read, (carts) => {
        const [first, ...rest] = carts.map(({ context, lines }) =>
          JSON.stringify([context.length, lines]),
        );
        return rest.every((one) => one === first);
      });
      const shown = new Set(same[0]!.lines.map((line) => line.product.title));
      for (const title of added) expect(shown.has(title) || removed.has(title), title).toBe(true);

      const [cart] = same;
      const lines = cart!.lines.map(({ id, product: what, quantity, note }) => ({
        ...{ id, product: what, quantity, note },
      }));
      await home.run(machines[1]!.app.carts.resolve({ name, context: cart!.context, lines }));
      const settled = await home.until(read, (carts) => carts.every((one) => !one.conflict));
      for (const one of settled) {
        expect(one.siblings).toHaveLength(1);
        expect(one.lines.map((line) => line.product.title).sort()).toEqual([...shown].sort());
      }
      await home.stopAll();
    },
  );
});
