import { afterEach, expect, it } from 'vitest';
import { createHousehold, type Household, type Machine } from './household.ts';

let home: Household | undefined;
afterEach(async () => {
  await home?.stopAll();
  home = undefined;
});

/** Every moment of a creation, since each of its writes takes a millisecond. */
const LONGEST_MS = 40;

async function machineWithDisk(seed: string) {
  const h = (home = createHousehold(seed));
  const machine = await h.machine('kitchen', undefined, { syncMs: [1, 1] });
  await h.run(machine.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 }));
  return { h, machine };
}
const namesOf = ({ app }: Machine): readonly string[] =>
  app.accounts
    .list()
    .map(({ name }) => name)
    .sort();

it('an account whose creation failed on a full disk is not there, one that is there has its phrase', async () => {
  const { h, machine } = await machineWithDisk('full at any moment');
  const told = new Set<string>();
  let refused = 0;
  for (let at = 0; at < LONGEST_MS; at++) {
    const name = `Account ${String(at).padStart(2, '0')}`;
    const made = machine.app.accounts.create({ name }).then(
      ({ phrase }) => phrase.split(' ').length,
      () => undefined,
    );
    await h.pass(at);
    machine.diskFaults.setFull(true);
    const words = await h.run(made);
    machine.diskFaults.setFull(false);
    await h.pass(2000);
    if (words === 12) told.add(name);
    else refused++;
    expect(namesOf(machine)).toEqual([...told].sort());
    // Every account that is there is whole: it has its stream of changes.
    const { functions } = await h.run(machine.app.functions.list());
    expect(functions.length).toBeGreaterThan(0);
  }
  expect(refused).toBeGreaterThan(2);
  expect(told.size).toBeGreaterThan(2);
  await machine.restart();
  expect(namesOf(machine)).toEqual([...told].sort());
});
