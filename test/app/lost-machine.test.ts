import { expect, it } from 'vitest';
import { createHousehold, oneFamily, product } from './household.ts';

it('a machine taken off an account goes off the carts shared with others, too', async () => {
  const home = createHousehold('lost machine');
  const { machines, phrase } = await oneFamily(home, ['kitchen', 'laptop']);
  const [kitchen, laptop] = machines.map(({ app }) => app);
  const name = 'Party';
  await home.run(kitchen!.carts.create({ name }));
  await home.run(kitchen!.carts.share({ name, expiresInMs: 3_600_000 }));
  await home.until(
    () => laptop!.carts.list(),
    (carts) => carts.some((cart) => cart.name === name && cart.shared),
  );
  const [personal] = kitchen!.accounts.list().filter(({ shared }) => !shared);
  const { id } = personal!;
  const key = kitchen!.accounts.devices({ id }).find((device) => device.name === 'laptop')!.key;
  await home.run(kitchen!.accounts.revokeDevice({ id, key, phrase }));
  await home.pass(5000);
  const lines = [{ product: product('Stolen'), quantity: 1, note: '' }];
  await expect(home.run(laptop!.carts.addLines({ name, lines }))).rejects.toThrow(
    expect.objectContaining({ code: 'DEVICE_REVOKED' }) as Error,
  );
  const after = [{ product: product('Cake'), quantity: 1, note: '' }];
  await home.run(kitchen!.carts.addLines({ name, lines: after }));
  await home.pass(5000);
  const seen = await laptop!.carts
    .show({ name, consistency: 'local' })
    .then((cart) => cart.lines.map((line) => line.product.title))
    .catch(() => []);
  expect(seen).toEqual([]);
});
