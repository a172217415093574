import { expect, it } from 'vitest';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { createHousehold, joinRing, product } from '../app/household.ts';

const name = 'Party';

it('a fallback that is not logged in lets go of what nobody takes any more', async () => {
  const home = createHousehold('told of a revocation b');
  const kitchen = await home.machine('kitchen');
  await home.run(kitchen.app.ring.create({ name: 'Home', n: 3, r: 2, w: 2 }));
  const { phrase } = await home.run(kitchen.app.accounts.create({ name: 'Anna' }));
  const others = [];
  for (const one of ['hall', 'attic', 'cellar', 'shed']) {
    const next = await home.machine(one);
    await joinRing(home, kitchen, next);
    others.push(next);
  }
  const owners = kitchen.app.picture.ring({}).place?.owners ?? [];
  const [lost, shelf] = others.filter((one) => !owners.includes(one.peerId()));
  const [office, study] = others.filter((one) => one !== shelf && one !== lost);
  if (!shelf || !office || !lost || !study) throw new Error('of this seed the kitchen is no owner');
  for (const one of [office, lost]) await home.run(one.app.accounts.logIn({ phrase }));
  const id = kitchen.app.accounts.list()[0]?.id as PartitionKey;
  await home.run(kitchen.app.carts.create({ name }));
  await home.until(
    () => lost.app.carts.list(),
    (carts) => carts.length === 1,
  );

  home.cut([kitchen, office, study], [lost, shelf]);
  await home.pass(5000);
  const lines = [{ product: product('Too late'), quantity: 1, note: '' }];
  await home.run(lost.app.carts.addLines({ name, lines }));
  const hints = () => shelf.store.items.hintBytes();
  // It is no owner, and keeps it for those that are away.
  await home.until(hints, (bytes) => bytes > 0);
  lost.crash();
  const devices = kitchen.app.accounts.devices({ id });
  const key = devices.find((device) => device.name === lost.name)?.key ?? '';
  await home.run(kitchen.app.accounts.revokeDevice({ id, key, phrase }));
  home.heal();

  // What was refused is offered again after five minutes at the latest.
  await home.pass(400_000);
  expect(await home.run(hints())).toBe(0);
  const items = shelf.store.items.summaries({ partitionKey: id, limit: 10 });
  expect(await home.run(items)).toEqual([]);
  // What it let go lies where a person of the account finds it, were it to log in there.
  expect(await home.run(shelf.store.records.list('found'))).toHaveLength(1);
  await home.stopAll();
});
