import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, type Household, type Machine } from './household.ts';

let home: Household;
beforeEach(() => {
  home = createHousehold('catalogue');
});
afterEach(() => home.stopAll());

const HEAD = 'title,price,currency,category\n';

describe('a catalogue', () => {
  it('is previewed, written, and completes what is typed on every machine', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    const rows = Array.from({ length: 60 }, (_, i) => `Product ${i},1.50,EUR,Food`);
    const text = `${HEAD}${rows.join('\n')}\nBad,many,EUR,\n`;
    const { catalogue, items } = kitchen.app;
    expect(await home.run(catalogue.preview({ text }))).toMatchObject({
      ...{ good: 60, bad: 1, fresh: 60, changed: 0 },
      problems: [{ line: 62, problem: 'price' }],
    });
    const query = { prefix: 'product#', limit: 100, reverse: false };
    expect((await home.run(items.query(query))).items).toEqual([]);
    expect(await home.run(catalogue.import({ text }))).toEqual({
      ...{ written: 60, changed: 0, there: 0, bad: 1 },
    });
    const written = await home.run(items.query(query));
    expect(written.items).toHaveLength(60);
    expect(written.items.every(({ sortKey }) => !sortKey.includes('Product'))).toBe(true);
    const suggested = await home.until(
      () => office.app.history.suggestions(),
      (all) => all.length === 60,
    );
    expect(suggested.map(({ product }) => product)).toContainEqual({
      ...{ title: 'Product 7', category: 'Food', price: { amount: 150, currency: 'EUR' } },
    });
    // Again: nothing; with another price: that one, also from the other machine.
    const again = await home.run(office.app.catalogue.import({ text }));
    expect(again).toEqual({ written: 0, changed: 0, there: 60, bad: 1 });
    const dearer = text.replace('Product 7,1.50', 'product  7,1.75');
    expect(await home.run(office.app.catalogue.preview({ text: dearer }))).toMatchObject({
      ...{ good: 60, fresh: 0, changed: 1 },
    });
    const changed = await home.run(office.app.catalogue.import({ text: dearer }));
    expect(changed).toEqual({ written: 1, changed: 1, there: 59, bad: 1 });
    expect((await home.run(office.app.items.query(query))).items).toHaveLength(60);
  });
});
