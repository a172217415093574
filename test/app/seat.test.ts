import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

let home: Household;
beforeEach(() => {
  home = createHousehold('seat');
});
afterEach(() => home.stopAll());

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const ownOf = async ({ app }: Machine) => {
  const own = (await home.run(app.ring.members())).find((one) => one.own);
  if (own === undefined) throw new Error('a member sees itself');
  return own;
};
const settled = (machine: Machine) =>
  home.until(
    () => ownOf(machine),
    ({ wanted, state }) => wanted === undefined && state === 'up',
  );

describe("a machine's seat", () => {
  it('grows and shrinks while everybody goes on, and nothing is lost', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop', 'attic']);
    const [kitchen, office, , attic] = machines as [Machine, Machine, Machine, Machine];
    await home.run(kitchen.app.membership.settings({ n: 2, r: 1, w: 2 }));
    for (const name of ['Home', 'Party', 'Garden', 'Office', 'Camp', 'School']) {
      await home.run(kitchen.app.carts.create({ name }));
    }
    const before = (await ownOf(attic)).share;
    const plan = await home.run(attic.app.membership.plan({ kind: 'seat', capacity: 4 }));
    expect(plan.moves.every(({ to }) => to.name === 'attic')).toBe(true);
    expect(plan.partitions).toBeGreaterThan(0);
    expect((await ownOf(attic)).capacity).toBe(1);

    const asked = await home.run(attic.app.membership.seat({ capacity: 4, zone: 'roof' }));
    expect(asked).toMatchObject({ capacity: 1, wanted: { capacity: 4, zone: 'roof' } });
    const lines = [{ product: product('Tea'), quantity: 1, note: '' }];
    await home.run(office.app.carts.addLines({ name: 'Home', lines }));
    const grown = await settled(attic);
    expect(grown).toMatchObject({ capacity: 4, zone: 'roof' });
    expect(grown.share).toBeGreaterThan(before + 0.2);
    const planned = plan.shares.find(({ name }) => name === 'attic')?.after;
    expect(grown.share).toBeCloseTo(planned ?? 0, 5);

    await home.run(attic.app.membership.seat({ capacity: 0 }));
    expect((await settled(attic)).share).toBe(0);
    for (const { app } of machines) {
      const carts = await home.until(
        () => app.carts.list(),
        (list) => list.length === 6,
      );
      expect(carts.map(({ name }) => name)).toContain('School');
    }
    const read = await home.run(
      office.app.carts.show({ name: 'Home', consistency: 'strict', account: undefined }),
    );
    expect(read.lines.map((line) => line.product.title)).toEqual(['Tea']);
  });

  it('stays over a restart', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [, office] = machines as [Machine, Machine];
    await home.run(office.app.membership.seat({ capacity: 2.004, zone: 'study' }));
    await settled(office);
    await office.restart();
    expect(await settled(office)).toMatchObject({ capacity: 2, zone: 'study' });
  });

  it('is called off by asking for what it has', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop']);
    const [kitchen, office] = machines as [Machine, Machine];
    home.cut([kitchen, machines[2] as Machine], [office]);
    const asked = await home.run(office.app.membership.seat({ capacity: 0 }));
    expect(asked.wanted).toEqual({ capacity: 0, zone: '' });
    expect((await home.run(office.app.membership.seat({ capacity: 1 }))).wanted).toBeUndefined();
    home.heal();
  });

  it('is not given up by the only machine that keeps anything, or changed by one that leaves', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop']);
    const [kitchen, office, laptop] = machines as [Machine, Machine, Machine];
    home.cut([kitchen], [office, laptop]);
    await home.run(kitchen.app.membership.leave(undefined));
    const refused = home.run(kitchen.app.membership.seat({ capacity: 3 }));
    await expect(refused).rejects.toThrow(code('BAD_REQUEST'));
    home.heal();
    await home.until(
      () => ownOf(kitchen),
      ({ state }) => state === 'left',
    );
    await home.run(laptop.app.membership.seat({ capacity: 0 }));
    await settled(laptop);
    const last = home.run(office.app.membership.seat({ capacity: 0 }));
    await expect(last).rejects.toThrow(code('BAD_REQUEST'));
  });
});

describe('a join', () => {
  it('is looked at before it is made, and comes as it was said', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop', 'attic']);
    const [kitchen] = machines as [Machine];
    await home.run(kitchen.app.membership.settings({ n: 2, r: 1, w: 2 }));
    const newcomer = await home.machine('shed');
    const change = { kind: 'join', peerId: newcomer.peerId(), name: 'shed' } as const;
    const plan = await home.run(kitchen.app.membership.plan(change));
    expect(plan.moves.every(({ to }) => to.name === 'shed')).toBe(true);
    const guess = await home.run(kitchen.app.membership.plan({ kind: 'join' }));
    const shareIn = (of: typeof plan): number =>
      of.shares.find(({ before }) => before === 0)?.after ?? 0;
    expect(shareIn(guess)).toBeGreaterThan(0.3);
    expect(shareIn(guess)).toBeLessThan(0.5);
    const { link } = await home.run(kitchen.app.ring.invite({ expiresInMs: 60_000, admin: false }));
    await home.run(newcomer.app.ring.join({ link }));
    expect((await settled(newcomer)).share).toBeCloseTo(shareIn(plan), 2);
  });
});
