import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

const name = 'Groceries';
const line = (title: string) => [{ product: product(title), quantity: 1, note: '' }];
const titles = (cart: { lines: { product: { title: string } }[] }) =>
  cart.lines.map((one) => one.product.title).sort();
const codesOf = async (home: Household, machine: Machine) =>
  (await home.run(machine.app.system.status())).notices.map(({ code }) => code);

describe('a machine whose store was damaged', () => {
  let home: Household;
  let kitchen: Machine;
  let office: Machine;
  beforeEach(async () => {
    home = createHousehold('damaged');
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    [kitchen, office] = machines as [Machine, Machine];
    await home.run(kitchen.app.carts.create({ name }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Milk') }));
    await home.until(
      () => office.app.carts.show({ name }),
      ({ lines, safety }) => lines.length === 1 && safety.state === 'complete',
    );
  });
  afterEach(() => home.stopAll());

  it('is whole again after a restart: what it cannot read comes back from the others', async () => {
    const { epoch } = (await home.run(kitchen.app.system.status())).store;
    await home.run(kitchen.app.ring.invite({ expiresInMs: 60_000, admin: false }));
    await kitchen.stop();
    const hurt = await damage(kitchen, 'i');
    expect(hurt).toBeGreaterThan(2);
    await kitchen.start();
    await home.until(
      () => kitchen.app.carts.list(),
      (carts) => carts[0]?.lines === 1,
    );
    const cart = await home.run(kitchen.app.carts.show({ name }));
    expect(titles(cart)).toEqual(['Milk']);
    expect(cart.conflict).toBe(false);
    // Whether somebody used it may have been in what was lost.
    const invites = await home.run(kitchen.app.ring.invites());
    expect(invites.filter(({ used }) => !used)).toEqual([]);
    const { store } = await home.run(kitchen.app.system.status());
    expect(store).toMatchObject({ state: 'sound', repair: { unreadable: hurt } });
    expect(store.epoch).not.toBe(epoch);
    expect(await codesOf(home, kitchen)).toContain('STORE_REPAIRED');
    expect(await codesOf(home, kitchen)).not.toContain('EPOCH_RENEWED');
    const { findings } = await home.run(kitchen.app.system.doctor());
    const told = findings.filter(({ check }) => check === 'store');
    expect(told.at(-1)!.found).toContain('came back from other machines');
    expect(told.at(-1)!.advice).toContain('is kept in memory 1');
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
    await home.until(
      () => office.app.carts.show({ name }),
      ({ lines }) => lines.length === 2,
    );
  });

  it('stays in its ring, whichever copy of what says so is damaged', async () => {
    const { ringId } = kitchen.app.ring.show();
    // One after the other: the second is read from what the first left to be made again.
    for (const copy of ['rgidentity', 'rtring/identity']) {
      await kitchen.stop();
      expect(await damage(kitchen, 'r', (key) => key === copy)).toBe(1);
      await kitchen.start();
      expect(kitchen.app.ring.show().ringId).toBe(ringId);
    }
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Bread') }));
    await home.until(
      () => office.app.carts.show({ name }),
      ({ lines }) => lines.length === 2,
    );
  });

  it('keeps what it alone had written and can still read, and sends it', async () => {
    home.cut([kitchen], [office]);
    await home.pass(5000);
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Eggs') }));
    await kitchen.stop();
    await kitchen.disk.commit([{ key: 'mstate', value: null }]);
    await kitchen.start();
    expect(kitchen.store.health()).toMatchObject({ state: 'sound', renewed: 'repaired' });
    expect(titles(await home.run(kitchen.app.carts.show({ name })))).toEqual(['Eggs', 'Milk']);
    home.heal();
    const cart = await home.until(
      () => office.app.carts.show({ name }),
      ({ lines }) => lines.length === 2,
    );
    expect(cart.conflict).toBe(false);
  });

  it('refuses the damaged record while it runs, tells of it, and gives others no wrong one', async () => {
    const account = kitchen.app.accounts.list()[0]!.id as PartitionKey;
    await kitchen.stop();
    // Not the list of the account's devices: without that one it would not even start.
    await damage(kitchen, 'i', (key) => key.includes('cart#'));
    await kitchen.start();
    await home.run(kitchen.store.verify());
    expect((await home.run(kitchen.app.system.status())).store.state).toBe('damaged');
    expect(await codesOf(home, kitchen)).toContain('STORE_DAMAGED');
    const range = { partitionKey: account, prefix: 'cart#', limit: 10 };
    await expect(home.run(kitchen.store.items.scan(range))).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    const { findings } = await home.run(kitchen.app.system.doctor());
    expect(findings.find(({ check }) => check === 'store')).toMatchObject({ level: 'error' });
    expect(titles(await home.run(office.app.carts.show({ name })))).toEqual(['Milk']);
  });
});

/** Flips a byte in every record of the kind whose key is meant; how many. */
async function damage(
  { disk }: Machine,
  kind: string,
  isMeant: (key: string) => boolean = () => true,
): Promise<number> {
  const found = await disk.entries({ from: kind, to: `${kind}\xff\xff` }, { limit: 1000 });
  const hurt = found
    .filter(({ key }) => isMeant(key))
    .map(({ key, value }) => ({
      key,
      value: value.map((byte, i) => (i === value.length - 1 ? byte ^ 1 : byte)),
    }));
  await disk.commit(hurt);
  return hurt.length;
}
