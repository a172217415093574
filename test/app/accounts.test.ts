import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createHousehold,
  joinRing,
  oneFamily,
  product,
  type Household,
  type Machine,
} from './household.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const name = 'Groceries';
const milk = [{ product: product('Milk'), quantity: 1, note: '' }];

describe('accounts', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('accounts');
  });
  afterEach(() => home.stopAll());

  it('needs a ring before an account, and an account before a cart', async () => {
    const kitchen = await home.machine('kitchen');
    await expect(home.run(kitchen.app.accounts.create({ name: 'Anna' }))).rejects.toThrow(
      code('NO_RING'),
    );
    await home.run(kitchen.app.ring.create({ name: '', n: 'auto', r: 2, w: 2 }));
    await expect(home.run(kitchen.app.carts.create({ name }))).rejects.toThrow(code('NO_ACCOUNT'));
  });

  it('says which account the words on a paper open, and which are no phrase', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen']);
    const { accounts } = machines[0]!.app;
    const said = (words: string) => accounts.checkPhrase({ phrase: words }).account?.id;
    const [first] = accounts.list();
    expect(said(` ${phrase.toUpperCase()} `)).toBe(first?.id);
    const made = await home.run(accounts.create({ name: 'Shop' }));
    expect(said(made.phrase)).toBe(made.account.id);
    expect(said(`${'abandon '.repeat(11)}about`)).toBeUndefined();
    expect(() => said(phrase.slice(0, -1))).toThrow(code('INVALID_PHRASE'));
  });

  it('logs in by phrase on another machine, whose name then stands among the devices', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen', 'office']);
    expect(phrase.split(' ')).toHaveLength(12);
    for (const { app } of machines) {
      const [account] = app.accounts.list();
      expect(account).toMatchObject({ name: 'Anna' });
      const devices = await home.until(
        () => Promise.resolve(app.accounts.devices({ id: account!.id })),
        (list) => list.length === 2,
      );
      expect(devices.map((device) => device.name).sort()).toEqual(['kitchen', 'office']);
      expect(devices.filter(({ own }) => own)).toHaveLength(1);
    }
    await expect(
      home.run(machines[0]!.app.accounts.logIn({ phrase: 'twelve wrong words' })),
    ).rejects.toThrow(code('INVALID_PHRASE'));
  });

  it('logs in with nobody reachable, and both parts agree when they meet', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines;
    const office = await home.machine('office');
    await joinRing(home, kitchen!, office);
    home.cut([kitchen!], [office]);
    await home.pass(5000);
    await home.run(kitchen!.app.carts.create({ name }));
    await home.run(office.app.accounts.logIn({ phrase }));
    await home.run(office.app.carts.create({ name }));
    await home.run(office.app.carts.addLines({ name, lines: milk }));
    home.heal();
    const cart = await home.until(
      () => kitchen!.app.carts.show({ name }),
      ({ siblings }) => siblings.length === 2,
    );
    expect(cart.lines).toMatchObject([{ product: { title: 'Milk' }, group: 'added' }]);
    expect(await home.run(kitchen!.app.carts.list())).toHaveLength(1);
  });

  it('tells when two devices were taken off apart: each still knows the newest key', async () => {
    const names = ['kitchen', 'office', 'laptop', 'tablet'];
    const { machines, phrase } = await oneFamily(home, names);
    const [kitchen, office] = machines as [(typeof machines)[0], (typeof machines)[0]];
    const { id } = kitchen.app.accounts.list()[0]!;
    const devices = await home.until(
      () => Promise.resolve(office.app.accounts.devices({ id })),
      (list) => list.length === 4,
    );
    const keyOf = (device: string) => devices.find((one) => one.name === device)!.key;
    const codes = async ({ app }: typeof kitchen) =>
      (await app.system.status()).notices.map((notice) => notice.code);
    home.cut([kitchen], machines.slice(1));
    await home.pass(5000);
    await home.run(kitchen.app.accounts.revokeDevice({ id, key: keyOf('laptop'), phrase }));
    await home.run(office.app.accounts.revokeDevice({ id, key: keyOf('tablet'), phrase }));
    expect(await home.run(codes(kitchen))).not.toContain('NEW_SEALING_KEY_NEEDED');
    home.heal();
    for (const machine of [kitchen, office]) {
      await home.until(
        () => codes(machine),
        (found) => found.includes('NEW_SEALING_KEY_NEEDED'),
      );
    }
  });

  it('takes a device off: what it writes from then on reaches nobody, and it cannot read on', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen', 'office', 'laptop']);
    const [kitchen, office, laptop] = machines.map(({ app }) => app);
    await home.run(kitchen!.carts.create({ name }));
    const [account] = kitchen!.accounts.list();
    const id = account!.id;
    const devices = await home.until(
      () => Promise.resolve(kitchen!.accounts.devices({ id })),
      (list) => list.length === 3,
    );
    const key = devices.find((device) => device.name === 'laptop')!.key;
    await expect(home.run(kitchen!.accounts.revokeDevice({ id, key }))).rejects.toThrow(
      code('BAD_REQUEST'),
    );
    const after = await home.run(kitchen!.accounts.revokeDevice({ id, key, phrase }));
    expect(after.find((device) => device.key === key)).toMatchObject({ revoked: true });
    await home.until(
      () => Promise.resolve(laptop!.accounts.devices({ id })),
      (list) => list.some(({ revoked }) => revoked),
    );
    await expect(home.run(laptop!.carts.addLines({ name, lines: milk }))).rejects.toThrow(
      code('DEVICE_REVOKED'),
    );
    await home.run(office!.carts.addLines({ name, lines: milk }));
    await home.until(
      () => kitchen!.carts.show({ name }),
      ({ lines }) => lines.length === 1,
    );
    // The laptop owns a copy (three storing members) but has no key for what came after.
    await home.pass(5000);
    await expect(home.run(laptop!.carts.show({ name }))).rejects.toThrow(code('SEALED'));
    // With the phrase it is let in again, as a new device.
    await home.run(laptop!.accounts.logIn({ phrase }));
    expect((await home.run(laptop!.carts.show({ name }))).lines).toHaveLength(1);
  });

  it('tells a machine that was added apart from a revocation that it lacks the new key', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    const phone = await home.machine('phone');
    await joinRing(home, kitchen, phone);
    const [account] = kitchen.app.accounts.list();
    const id = account!.id;
    const devices = await home.until(
      () => Promise.resolve(kitchen.app.accounts.devices({ id })),
      (list) => list.length === 2,
    );
    const key = devices.find((device) => device.name === 'office')!.key;
    home.cut([kitchen], [office, phone]);
    await home.pass(5000);
    await home.run(phone.app.accounts.logIn({ phrase }));
    await home.run(kitchen.app.accounts.revokeDevice({ id, key, phrase }));
    await home.run(kitchen.app.carts.create({ name }));
    home.heal();
    const noticesOfPhone = async () =>
      (await phone.app.system.status()).notices.filter((one) => one.code === 'SEALING_KEY_MISSING');
    expect(await home.run(noticesOfPhone())).toEqual([]);
    const finding = async (): Promise<string> => {
      const { findings } = await phone.app.system.doctor();
      return findings.find(({ check }) => check === 'accounts')?.advice ?? '';
    };
    const advice = await home.until(finding, (said) => said !== '');
    expect(advice).toContain('Log in again');
    expect((await home.run(noticesOfPhone()))[0]?.details).toMatchObject({ account: id });
    await home.run(phone.app.accounts.logIn({ phrase }));
    expect(await home.run(finding())).toBe('');
    expect(await home.run(noticesOfPhone())).toEqual([]);
    expect((await home.run(phone.app.carts.show({ name }))).lines).toEqual([]);
  });

  it('keeps several accounts apart and makes new carts in the one in use', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { accounts, carts } = machines[0]!.app;
    await home.run(carts.create({ name: 'Of Anna' }));
    const { account: bob } = await home.run(accounts.create({ name: 'Bob' }));
    expect(bob.current).toBe(true);
    await home.run(carts.create({ name: 'Of Bob' }));
    const listed = await home.run(carts.list());
    expect(listed.map((cart) => [cart.name, cart.account === bob.id])).toEqual([
      ['Of Bob', true],
      ['Of Anna', false],
    ]);
    await home.run(accounts.use({ id: accounts.list().find((one) => one.id !== bob.id)!.id }));
    expect(accounts.list()[0]).toMatchObject({ name: 'Anna', current: true });
    expect(await home.run(carts.show({ name: 'Of Bob', account: 'Bob' }))).toMatchObject({
      account: bob.id,
    });
  });
});
