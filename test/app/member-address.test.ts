import { expect, it } from 'vitest';
import { createHousehold, oneFamily } from './household.ts';

it('a member is shown where it listens, and by which interface it is reached', async () => {
  const home = createHousehold('member address');
  const { machines } = await oneFamily(home, ['kitchen', 'laptop']);
  const [kitchen] = machines.map(({ app }) => app);
  const members = await home.until(
    () => kitchen!.ring.members(),
    (all) => all.every(({ connected }) => connected),
  );
  const addresses = members.filter(({ own }) => !own).map(({ address }) => address);
  expect(addresses).toEqual(['/ip4/10.0.0.1/tcp/4001']);
  const { findings } = await home.run(kitchen!.system.doctor());
  const reached = findings.filter(({ check }) => check === 'reachability');
  expect(reached.map(({ found }) => found)).toEqual([
    expect.stringMatching(/^laptop answers at 10\.0\.0\.1:4001 over eth0 in [\d.]+ ms\.$/),
  ]);
  await home.stopAll();
});
