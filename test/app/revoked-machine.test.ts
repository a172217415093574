import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import {
  createHousehold,
  joinRing,
  oneFamily,
  product,
  type Household,
  type Machine,
} from './household.ts';

describe('a machine whose trust was taken back', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('revoked machine');
  });
  afterEach(() => home.stopAll());

  it('is told so: as a notice, by the doctor and in its list of members', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'laptop']);
    const [kitchen, laptop] = machines;
    const before = await laptop!.app.system.status();
    expect(before.notices.map(({ code }) => code)).toEqual(['STEADY_MEMBER_MISSING']);
    await home.run(kitchen!.app.ring.revoke({ peerId: laptop!.peerId() }));
    // As the network brings it to a machine that comes back (network/farewell.ts).
    const told = kitchen!.services().members.revocationsOf(laptop!.peerId());
    await home.run(laptop!.services().members.addRevocations(told));
    const { notices } = await laptop!.app.system.status();
    expect(notices).toEqual([{ code: 'REVOKED', details: {} }]);
    const { findings } = await home.run(laptop!.app.system.doctor());
    const ring = findings.filter(({ check }) => check === 'ring');
    expect(ring).toMatchObject([{ level: 'error' }]);
    expect(ring[0]?.advice).toMatch(/new key.*invite/);
    expect(findings.map(({ found, advice }) => `${found} ${advice}`).join()).not.toMatch(
      /firewall/,
    );
    const members = await laptop!.app.ring.members();
    expect(members.find(({ own }) => own)).toMatchObject({ state: 'revoked', admin: false });
    // The others are not told it of themselves.
    expect((await kitchen!.app.system.status()).notices).toEqual([]);
  });

  it('is cut off by who hears of it, before anything else is said on that connection', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop']);
    const [kitchen, office, laptop] = machines as [Machine, Machine, Machine];
    await home.until(
      () => office.app.ring.members(),
      (members) => members.every(({ connected }) => connected),
    );
    home.cut([kitchen], [office, laptop]);
    await home.pass(5000);
    await home.run(kitchen.app.ring.revoke({ peerId: laptop.peerId() }));
    const { members, transport } = office.services();
    expect(transport.isConnected(laptop.peerId())).toBe(true);
    const knew: boolean[] = [];
    transport.on('up', ({ peer }) => {
      if (peer === kitchen.peerId()) knew.push(!members.isMember(laptop.peerId()));
    });
    home.heal();
    await home.until(
      () => Promise.resolve(knew),
      (told) => told.length > 0,
    );
    expect(knew).toEqual([true]);
    expect(transport.isConnected(laptop.peerId())).toBe(false);
  });

  it('hears of an account that it was taken off while away, though it keeps none of it', async () => {
    const first = await home.machine('kitchen');
    await home.run(first.app.ring.create({ name: 'Home', n: 2, r: 2, w: 2 }));
    const { phrase, account } = await home.run(first.app.accounts.create({ name: 'Anna' }));
    const machines = [first];
    for (const name of ['office', 'laptop']) {
      const next = await home.machine(name);
      await joinRing(home, first, next);
      await home.run(next.app.accounts.logIn({ phrase }));
      machines.push(next);
    }
    const { id } = account;
    const { owners } = first.services().replication.listOf(id as PartitionKey);
    const away = machines.find((one) => !owners.includes(one.peerId()));
    const [here] = machines.filter((one) => one !== away);
    if (away === undefined || here === undefined) throw new Error('two keep it, one does not');
    await home.until(
      () => Promise.resolve(here.app.accounts.devices({ id })),
      (list) => list.length === 3,
    );
    home.cut([away], [...machines.filter((one) => one !== away)]);
    await home.pass(5000);
    await home.run(away.app.items.put({ sortKey: 'note', value: 'too late' }));
    const { key } = here.app.accounts.devices({ id }).find(({ name }) => name === away.name)!;
    await home.run(here.app.accounts.revokeDevice({ id, key, phrase }));
    home.heal();
    const shown = await home.until(
      () => away.app.system.status(),
      ({ notices }) => notices.some(({ code }) => code === 'DEVICE_REVOKED'),
    );
    expect(shown.notices).toContainEqual({
      code: 'DEVICE_REVOKED',
      details: { account: id, name: 'Anna' },
    });
    // What it wrote meanwhile reaches nobody: it is set aside there for the person, and rests.
    await home.until(
      () => away.store.items.outboxSize(),
      (size) => size === 0,
    );
    expect(await home.run(away.store.records.list('found'))).toHaveLength(1);
  });

  it('shows an account that it was taken off as such, and refuses to write to it', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen', 'laptop']);
    const [kitchen, laptop] = machines.map(({ app }) => app);
    await home.run(kitchen!.carts.create({ name: 'Groceries' }));
    await home.until(
      () => laptop!.carts.list(),
      (carts) => carts.length === 1,
    );
    const { id } = kitchen!.accounts.list()[0]!;
    const { key } = kitchen!.accounts.devices({ id }).find(({ name }) => name === 'laptop')!;
    expect(laptop!.accounts.list()).toMatchObject([{ revoked: false }]);
    await home.run(kitchen!.accounts.revokeDevice({ id, key, phrase }));
    await home.pass(5000);
    expect(laptop!.accounts.list()).toMatchObject([{ id, revoked: true }]);
    expect(kitchen!.accounts.list()).toMatchObject([{ id, revoked: false }]);
    const lines = [{ product: product('Rice'), quantity: 1, note: '' }];
    const code = expect.objectContaining({ code: 'DEVICE_REVOKED' }) as Error;
    const write = home.run(laptop!.carts.addLines({ name: 'Groceries', lines }));
    await expect(write).rejects.toThrow(code);
    await expect(home.run(laptop!.carts.create({ name: 'New' }))).rejects.toThrow(code);
    await expect(home.run(laptop!.items.put({ sortKey: 'a', value: 1 }))).rejects.toThrow(code);
    const shown = await laptop!.system.status();
    expect(shown.notices).toContainEqual({
      code: 'DEVICE_REVOKED',
      details: { account: id, name: 'Anna' },
    });
  });
});
