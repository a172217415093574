import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src-main/base/logger.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createHousehold, oneFamily, product, type Machine } from '../app/household.ts';

const name = 'Party';
const line = (title: string) => [{ product: product(title), quantity: 1, note: '' }];

describe('a version of a revoked device that was taken before the revocation was known', () => {
  /** The office holds what the lost machine wrote while the kitchen revoked it. */
  async function revokedApart(seed: string, before?: string) {
    const warnings: string[] = [];
    const logger = createLogger({
      level: 'warn',
      write: ({ message, fields }) => {
        warnings.push(`${message} ${String(fields['code'])}`);
      },
    });
    const home = createHousehold(seed, logger);
    const { machines, phrase } = await oneFamily(home, ['kitchen', 'office', 'lost']);
    const [kitchen, office, lost] = machines;
    if (!kitchen || !office || !lost) throw new Error('three machines');
    await home.run(kitchen.app.carts.create({ name }));
    await home.run(kitchen.app.carts.addLines({ name, lines: line('Cake') }));
    for (const one of [office, lost]) {
      await home.until(
        () => one.app.carts.list(),
        (carts) => carts[0]?.lines === 1,
      );
    }
    const [account] = kitchen.app.accounts.list();
    const id = account?.id as PartitionKey;
    home.cut([kitchen], [office, lost]);
    await home.pass(5000);
    const lines = { held: 1 };
    const goOn = async (from: Machine, to: Machine, title: string): Promise<void> => {
      await home.run(from.app.carts.addLines({ name, lines: line(title) }));
      lines.held++;
      await home.until(
        () => to.app.carts.list(),
        (carts) => carts[0]?.lines === lines.held,
      );
    };
    if (before !== undefined) await goOn(office, lost, before);
    await goOn(lost, office, 'FromLost');
    // What office meant to send is in nobody's memory any more.
    if (before !== undefined) await office.restart();
    const devices = kitchen.app.accounts.devices({ id });
    const key = devices.find((device) => device.name === 'lost')?.key ?? '';
    await home.run(kitchen.app.accounts.revokeDevice({ id, key, phrase }));
    home.heal();
    await home.pass(120_000);
    return { home, kitchen, office, lost, id, phrase, warnings };
  }

  it('is set aside, so that all hold the same again and it is not asked for for ever', async () => {
    const { home, kitchen, office, id, warnings } = await revokedApart('set aside');
    const titles = [];
    for (const one of [kitchen, office]) {
      const cart = await home.run(one.app.carts.show({ name }));
      titles.push(cart.lines.map((l) => l.product.title).join());
    }
    expect(titles).toEqual(['Cake', 'Cake']);
    const digests = [kitchen, office].map((one) => one.store.items.accountDigest(id));
    const [a, b] = await home.run(Promise.all(digests));
    expect(a).toBe(b);
    // What was set aside is whole, and on the disk of the machine that had it.
    const found = await office.store.records.list('found');
    expect(found).toHaveLength(1);
    const [version] = found.map(({ value }) => readEnvelope(value));
    expect(version?.key.partitionKey).toBe(id);
    expect(found[0]?.name).toBe(`${id}/${version?.hash}`);
    expect(warnings.some((one) => one.startsWith('a version of a revoked device'))).toBe(true);
    warnings.length = 0;
    await home.pass(120_000);
    expect(warnings).toEqual([]);
    await home.stopAll();
  });

  it('gives back what it had taken the place of, where only that machine had met it', async () => {
    const { home, kitchen, office } = await revokedApart('given back', 'FromOffice');
    for (const one of [kitchen, office]) {
      const { lines, conflict } = await home.run(one.app.carts.show({ name }));
      expect(lines.map(({ product: { title } }) => title).sort()).toEqual(['Cake', 'FromOffice']);
      expect(conflict).toBe(false);
    }
    await home.stopAll();
  });

  it('does not keep other accounts from being compared', async () => {
    const { home, kitchen, office, warnings } = await revokedApart('others go on');
    expect(warnings.filter((one) => one.startsWith('a loop failed'))).toEqual([]);
    const { phrase } = await home.run(office.app.accounts.create({ name: 'Ben' }));
    await home.run(kitchen.app.accounts.logIn({ phrase }));
    await home.pass(60_000);
    const accounts = kitchen.app.accounts.list();
    for (const { id } of accounts) {
      const digests = [kitchen, office].map((one) =>
        one.store.items.accountDigest(id as PartitionKey),
      );
      const [a, b] = await home.run(Promise.all(digests));
      expect(a).toBe(b);
    }
    await home.stopAll();
  });
});
