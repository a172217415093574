import { afterEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

const name = 'Groceries';
const line = (title: string) => [{ product: product(title), quantity: 1, note: '' }];
const titles = (cart: { lines: { product: { title: string } }[] }) =>
  cart.lines.map((one) => one.product.title).sort();

/** What the disk in memory is made of. */
interface Content {
  readonly values: Map<string, Uint8Array>;
  readonly keys: string[];
  birthmarks: Set<string>;
  outside: number | undefined;
}

/** Everything the store could tell a restored disk by, too: a virtual machine's snapshot. */
function snapshotOf({ disk }: Machine): () => void {
  const { content } = disk as unknown as { readonly content: Content };
  const values = new Map(content.values);
  const keys = [...content.keys];
  const birthmarks = new Set(content.birthmarks);
  const { outside } = content;
  return () => {
    content.values.clear();
    for (const [key, value] of values) content.values.set(key, value);
    content.keys.splice(0, content.keys.length, ...keys);
    Object.assign(content, { outside, birthmarks: new Set(birthmarks) });
  };
}

describe('a machine put back bit for bit that writes before it meets anybody', () => {
  let home: Household;
  afterEach(() => home.stopAll());

  it.each([
    { writes: ['Eggs'], restarts: 0 },
    { writes: ['Eggs', 'Butter'], restarts: 0 },
    { writes: ['Eggs'], restarts: 1 },
    { writes: ['Eggs', 'Butter'], restarts: 2 },
  ])('swallows nothing: $writes, $restarts restarts', async ({ writes, restarts }) => {
    home = createHousehold('bit for bit');
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    await home.run(kitchen.app.carts.create({ name }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Milk') }));
    const seen = (lines: number) =>
      home.until(
        () => office.app.carts.list(),
        (carts) => carts[0]?.lines === lines,
      );
    await seen(1);
    await home.pass(3000);
    const putBack = snapshotOf(kitchen);
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
    await seen(2);
    await kitchen.stop();
    putBack();
    home.cut([kitchen], [office]);
    await kitchen.start();
    for (const title of writes) {
      await home.run(kitchen.app.carts.addLines({ name, lines: line(title) }));
    }
    for (let i = 0; i < restarts; i++) await kitchen.restart();
    home.heal();
    await home.pass(60_000);
    for (const { app } of [kitchen, office]) {
      const cart = await home.run(app.carts.show({ name }));
      expect(titles(cart)).toEqual(['Bread', 'Milk', ...writes].sort());
    }
    const { notices } = await home.run(kitchen.app.system.status());
    expect(notices.map((notice) => notice.code)).toContain('EPOCH_RENEWED');
  });
});
