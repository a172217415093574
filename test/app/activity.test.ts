import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

let home: Household;
beforeEach(() => {
  home = createHousehold('activity');
});
afterEach(() => home.stopAll());

const activity = (machine: Machine, limit = 50) => home.run(machine.app.stream.activity({ limit }));

describe('what changed lately', () => {
  it('says who did what, without the values, from first to removed', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'desk']);
    const [kitchen, desk] = [machines[0]!, machines[1]!];
    const { cart } = await home.run(kitchen.app.carts.create({ name: 'Party' }));
    await home.run(
      kitchen.app.carts.addLines({
        name: 'Party',
        lines: [{ product: product('Cake'), quantity: 1, note: '' }],
      }),
    );
    await home.run(kitchen.app.items.put({ sortKey: 'product#1', value: { title: 'Rice' } }));
    await home.until(
      () => desk.app.stream.activity({ limit: 50 }),
      ({ changes }) => changes.length === 3,
    );
    const { context } = await home.run(desk.app.carts.show({ name: 'Party' }));
    await home.run(desk.app.carts.remove({ name: 'Party', context }));
    const { changes, hour, more } = await activity(desk);
    expect(
      changes.map(({ what, kind, name, own, device }) => [what, kind, name, own, device]),
    ).toEqual([
      ['removed', 'cart', 'Party', true, 'desk'],
      ['added', 'product', 'Rice', false, 'kitchen'],
      ['changed', 'cart', 'Party', false, 'kitchen'],
      ['added', 'cart', 'Party', false, 'kitchen'],
    ]);
    expect(changes[0]?.sortKey).toBe(`cart#${cart.id}`);
    expect(JSON.stringify(changes)).not.toContain('Cake');
    expect([hour.reduce((sum, n) => sum + n, 0), more]).toEqual([4, false]);
    expect((await activity(desk, 2)).changes).toEqual(changes.slice(0, 2));
  });

  it('tells a choice from its making, and goes on over a restart', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'desk']);
    const [kitchen, desk] = [machines[0]!, machines[1]!];
    home.cut([kitchen], [desk]);
    await home.run(kitchen.app.items.put({ sortKey: 'note#1', value: 1 }));
    await home.run(desk.app.items.put({ sortKey: 'note#1', value: 2 }));
    home.heal();
    await home.until(
      () => kitchen.app.stream.activity({ limit: 50 }),
      ({ changes }) => changes[0]?.what === 'apart',
    );
    await kitchen.restart();
    const { context } = await home.run(kitchen.app.items.get({ sortKey: 'note#1' }));
    await home.run(kitchen.app.items.put({ sortKey: 'note#1', value: 3, context }));
    const { changes } = await activity(kitchen);
    expect(changes.map(({ what }) => what)).toEqual(['settled', 'apart', 'added']);
  });

  it('gives the newest where all of them are more than one page of the stream', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { app } = machines[0]!;
    const large = 'x'.repeat(90_000);
    for (let n = 1; n <= 60; n++) {
      await home.run(app.items.put({ sortKey: 'note#1', value: `${n} ${large}` }));
    }
    const { changes } = await home.run(app.stream.recent({ limit: 55 }));
    expect(changes).toHaveLength(55);
    expect(String(changes[0]?.after[0]?.value).slice(0, 2)).toBe('60');
    expect((await activity(machines[0]!)).changes).toHaveLength(50);
  });
});
