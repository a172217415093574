import { expect, it } from 'vitest';
import { createHousehold, joinRing, product } from './household.ts';

const name = 'Groceries';

it('a machine that lost what its log-in wrote says so, and the phrase lets it in again', async () => {
  const home = createHousehold('log-in lost');
  const kitchen = await home.machine('kitchen');
  await home.run(kitchen.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 }));
  const { phrase, account } = await home.run(kitchen.app.accounts.create({ name: 'Anna' }));
  const office = await home.machine('office');
  await joinRing(home, kitchen, office);
  await home.run(kitchen.app.carts.create({ name }));

  // Nobody else hears of the log-in; then the disk is put back to before it. The keys are beside.
  const before = office.disk.copy();
  home.cut([kitchen], [office]);
  await home.pass(5000);
  await home.run(office.app.accounts.logIn({ phrase }));
  const told = async (): Promise<readonly string[]> =>
    (await office.app.system.status()).notices.map(({ code }) => code);
  expect(await home.run(told())).not.toContain('DEVICE_UNKNOWN');
  await office.stop();
  office.disk.putBack(before);
  await office.start();
  home.heal();
  await home.pass(60_000);

  const lines = [{ product: product('Milk'), quantity: 1, note: '' }];
  await expect(home.run(office.app.carts.create({ name: 'Other' }))).rejects.toMatchObject({
    code: 'SEALED',
  });
  expect(await home.run(told())).toContain('DEVICE_UNKNOWN');
  const { findings } = await home.run(office.app.system.doctor());
  const finding = findings.find(({ check, level }) => check === 'accounts' && level !== 'ok');
  expect(finding?.advice).toContain('log in again with the account phrase');

  await home.run(office.app.accounts.logIn({ phrase }));
  expect(await home.run(told())).not.toContain('DEVICE_UNKNOWN');
  await home.run(office.app.carts.addLines({ name, lines }));
  const shown = await home.until(
    () => kitchen.app.carts.show({ name }),
    (cart) => cart.lines.length === 1,
  );
  expect(shown).toMatchObject({ account: account.id, conflict: false });
  await home.stopAll();
});
