import { afterEach, expect, it } from 'vitest';
import { createHousehold, oneFamily, type Household, type Machine } from './household.ts';

let home: Household;
afterEach(() => home.stopAll());

const DAY_MS = 24 * 3600_000;

it('proposes a member for retirement when nobody heard of it for a week', async () => {
  home = createHousehold('silent');
  const { machines } = await oneFamily(home, ['kitchen', 'office']);
  const [kitchen, office] = machines as [Machine, Machine];
  const silent = async () => {
    const { notices } = await home.run(kitchen.app.system.status());
    return notices.filter(({ code }) => code === 'SILENT_MEMBER');
  };
  await home.pass(15 * 60_000);
  const left = office.peerId();
  await office.stop();
  expect(await silent()).toEqual([]);
  // The machine itself is off meanwhile: time that passed, and nothing more.
  await kitchen.stop();
  await home.pass(8 * DAY_MS);
  await kitchen.start();
  expect(await silent()).toEqual([]);
  await home.pass(11 * 60_000);
  expect(await silent()).toMatchObject([{ details: { peer: left, name: 'office', days: 8 } }]);
  await office.start();
  await home.until(
    () => kitchen.app.ring.members(),
    (members) => members.every(({ connected }) => connected),
  );
  expect(await silent()).toEqual([]);
});
