import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restampLines } from '../../src-main/app/reissuer.ts';
import type { CartLine } from '../../src-main/domain/cart.ts';
import { containsDot, type CausalContext } from '../../src-main/domain/causal-context.ts';
import type { ActorId, PartitionKey } from '../../src-main/domain/ids.ts';
import type { MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

const name = 'Groceries';
const line = (title: string) => [{ product: product(title), quantity: 1, note: '' }];
const titles = (cart: { lines: { product: { title: string } }[] }) =>
  cart.lines.map((one) => one.product.title).sort();

describe('a machine whose store was put back or copied', () => {
  let home: Household;
  let kitchen: Machine;
  let office: Machine;
  beforeEach(async () => {
    home = createHousehold('restored');
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    [kitchen, office] = machines as [Machine, Machine];
    await home.run(kitchen.app.carts.create({ name }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Milk') }));
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts[0]?.lines === 1,
    );
  });
  afterEach(() => home.stopAll());

  it('swallows nothing that was written after the backup', async () => {
    const backup = kitchen.disk.copy();
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts[0]?.lines === 2,
    );
    await kitchen.stop();
    kitchen.disk.putBack(backup);
    home.cut([kitchen], [office]);
    await kitchen.start();
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Eggs') }));
    home.heal();
    for (const { app } of [kitchen, office]) {
      const cart = await home.until(
        () => app.carts.show({ name }),
        ({ lines }) => lines.length === 3,
      );
      expect(titles(cart)).toEqual(['Bread', 'Eggs', 'Milk']);
    }
    const { notices } = await home.run(kitchen.app.system.status());
    expect(notices.map((notice) => notice.code)).toContain('EPOCH_RENEWED');
  });

  /**
   * Bread is written, which makes so many lines; then the disk is put back from before that, and
   * Eggs are written, apart; and the office gets what both lives wrote.
   * @param back puts back the whole disk, birthmark and all: nothing tells of the other life
   */
  async function liveTwice(lines: number, back: () => void): Promise<void> {
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
    await home.until(
      () => office.app.carts.list(),
      (carts) => carts[0]?.lines === lines,
    );
    await kitchen.stop();
    back();
    home.cut([kitchen], [office]);
    await kitchen.start();
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Eggs') }));
    await deliverTwins(kitchen, office);
  }

  it('keeps the lines of both when one name stands for two versions, and tells of it', async () => {
    // Of a machine that was switched off: else the two lives are far apart (decision 0521).
    await kitchen.stop();
    const back = snapshot(kitchen);
    await kitchen.start();
    await liveTwice(2, back);
    const { notices } = await home.run(office.app.system.status());
    expect(notices.map((notice) => notice.code)).toContain('DUPLICATE_DOT');
    const { cart } = await home.run(office.app.carts.addLines({ name, lines: line('Salt') }));
    expect(titles(cart)).toEqual(['Bread', 'Eggs', 'Milk', 'Salt']);
    const after = await home.run(office.app.system.status());
    expect(after.notices.map((notice) => notice.code)).not.toContain('DUPLICATE_DOT');
  });

  it('never gives one name twice when the snapshot is of a running machine', async () => {
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Butter') }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Flour') }));
    await liveTwice(4, snapshot(kitchen));
    const { notices } = await home.run(office.app.system.status());
    expect(notices.map((notice) => notice.code)).not.toContain('DUPLICATE_DOT');
    const { cart } = await home.run(office.app.carts.addLines({ name, lines: line('Salt') }));
    expect(titles(cart)).toEqual(['Bread', 'Butter', 'Eggs', 'Flour', 'Milk', 'Salt']);
  });

  it('issues again what had not left it, once, and under names of its own', async () => {
    home.cut([kitchen], [office]);
    await home.pass(5000);
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Eggs') }));
    const copy = kitchen.disk.copy();
    await kitchen.stop();
    kitchen.disk.putBack(copy);
    await kitchen.start();
    home.heal();
    const cart = await home.until(
      () => office.app.carts.show({ name }),
      ({ lines }) => lines.length > 1,
    );
    expect(titles(cart)).toEqual(['Bread', 'Eggs', 'Milk']);
    expect(cart).toMatchObject({ conflict: false });
    await home.pass(40_000);
    expect(titles(await home.run(kitchen.app.carts.show({ name })))).toEqual(titles(cart));
  });
});

/** What kitchen holds of its account's items as it is, past everything that would mend it. */
async function deliverTwins(from: Machine, to: Machine): Promise<void> {
  const partitionKey = from.app.accounts.list()[0]!.id as PartitionKey;
  const range = { partitionKey, prefix: 'cart#', limit: 10 };
  for (const { key, siblings } of await from.store.items.scan(range)) {
    await to.store.items.merge(key, siblings);
  }
}

/** The disk as it is now; the answer puts it back, bit by bit. */
function snapshot({ disk }: Machine): () => void {
  const { content } = disk as MemoryDisk & {
    content: {
      keys: string[];
      values: Map<string, Uint8Array>;
      outside: number | undefined;
      birthmarks: Set<string>;
    };
  };
  const { keys, values, outside, birthmarks } = structuredClone(content);
  return () => {
    content.values.clear();
    for (const [key, value] of values) content.values.set(key, value);
    content.keys.splice(0, content.keys.length, ...keys);
    content.outside = outside;
    content.birthmarks = birthmarks;
  };
}

describe('lines of a cart that is issued again', () => {
  const old = 'aa'.repeat(16) as ActorId;
  const fresh = 'bb'.repeat(16) as ActorId;
  const other = 'cc'.repeat(16) as ActorId;
  const dot = fc.record({
    actor: fc.constantFrom(old, other),
    counter: fc.integer({ min: 1, max: 20 }),
  });

  it('name only versions that the new one has seen, keep their content, and have ids apart', () => {
    const lines = fc.uniqueArray(
      fc.record({ id: fc.record({ dot, index: fc.nat(9) }), dot, quantity: fc.nat(9) }),
      { selector: ({ id }) => `${id.dot.actor}${id.dot.counter}.${id.index}`, maxLength: 20 },
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 20 }), (drawn, confirmed) => {
        const cart = {
          name,
          lines: drawn.map((one): CartLine => ({
            ...one,
            at: 1,
            product: { title: 'x' },
            note: '',
          })),
        };
        const everything: CausalContext = new Map([
          [old, [[1, 20]]],
          [other, [[1, 20]]],
        ]);
        const kept: CausalContext = new Map([
          ...(confirmed > 0 ? [[old, [[1, confirmed]]] as const] : []),
          [other, [[1, 20]]],
        ]);
        const next = { dot: { actor: fresh, counter: 1 }, context: kept };
        const before = { dot: { actor: old, counter: 21 }, context: everything };
        const after = restampLines(cart, before, next);
        expect(after.lines.map(({ quantity }) => quantity)).toEqual(
          drawn.map(({ quantity }) => quantity),
        );
        const seen = (one: { actor: ActorId; counter: number }): boolean =>
          one.actor === fresh || containsDot(kept, one);
        expect(after.lines.every((one) => seen(one.dot) && seen(one.id.dot))).toBe(true);
        const ids = after.lines.map(({ id }) => `${id.dot.actor}.${id.dot.counter}.${id.index}`);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});
