import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, joinRing, oneFamily, product, type Household } from './household.ts';
import type { Change } from '../../src-main/app/views.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const founding = { name: 'Home', n: 'auto' as const, r: 2, w: 2 };

describe('ring administration', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('ring');
  });
  afterEach(() => home.stopAll());

  it('starts a ring with a phrase that is shown once', async () => {
    const kitchen = await home.machine('kitchen');
    expect(() => kitchen.app.ring.show()).toThrow(code('NO_RING'));
    const { ring, phrase } = await home.run(kitchen.app.ring.create(founding));
    expect(phrase.split(' ')).toHaveLength(12);
    expect(ring).toMatchObject({
      name: 'Home',
      admin: true,
      members: 1,
      connected: 1,
      setting: { n: 'auto', r: 2, w: 2, q: 1024 },
      effective: { n: 1, r: 1, w: 1 },
      automatic: { n: 1, r: 1, w: 1, readsLocally: true },
      mostCopies: 64,
    });
    await expect(home.run(kitchen.app.ring.create(founding))).rejects.toThrow(code('RING_EXISTS'));
  });

  it('does not say that it is in none to who asks while it stops', async () => {
    const kitchen = await home.machine('kitchen');
    await home.run(kitchen.app.ring.create(founding));
    const { app } = kitchen;
    await kitchen.stop();
    const late = home.run(app.ring.invite({ expiresInMs: 60_000, admin: false }));
    await expect(late).rejects.toThrow(code('ABORTED'));
  });

  it('lets one machine in by a link, and shows both as members on both', async () => {
    const kitchen = await home.machine('kitchen');
    const office = await home.machine('office');
    await home.run(kitchen.app.ring.create(founding));
    await joinRing(home, kitchen, office);
    expect(await home.run(kitchen.app.ring.invites())).toMatchObject([{ used: true }]);
    for (const { app } of [kitchen, office]) {
      const members = await home.until(
        () => app.ring.members(),
        (list) => list.length === 2 && list.every(({ capacity }) => capacity === 1),
      );
      expect(members.map((one) => [one.name, one.admin, one.share]).sort()).toEqual([
        ['kitchen', true, 1],
        ['office', false, 1],
      ]);
    }
    await expect(
      home.run(office.app.ring.invite({ expiresInMs: 60_000, admin: false })),
    ).rejects.toThrow(code('NOT_ADMIN'));
  });

  it('refuses a used, an expired, a closed and a wrong invite', async () => {
    const kitchen = await home.machine('kitchen');
    const office = await home.machine('office');
    const stranger = await home.machine('stranger');
    await home.run(kitchen.app.ring.create(founding));
    const invite = (expiresInMs: number) =>
      home.run(kitchen.app.ring.invite({ expiresInMs, admin: false }));
    const join = (link: string) => home.run(stranger.app.ring.join({ link }));
    const used = await invite(60_000);
    await home.run(office.app.ring.join({ link: used.link }));
    await expect(join(used.link)).rejects.toThrow(code('INVITE_USED'));
    const open = await invite(600_000);
    const short = await invite(1000);
    await home.pass(1500);
    await expect(join(short.link)).rejects.toThrow(code('INVITE_EXPIRED'));
    const closed = await invite(60_000);
    await home.run(kitchen.app.ring.closeInvite({ id: closed.id }));
    await expect(join(closed.link)).rejects.toThrow(code('INVITE_CLOSED'));
    await expect(join(`${open.link.slice(0, 40)}xx`)).rejects.toThrow(code('INVALID_LINK'));
    expect(stranger.app.hasRing()).toBe(false);
    await join(open.link);
  });

  it('passes a join on to the machine that made the invite, and to nobody else', async () => {
    const kitchen = await home.machine('kitchen');
    const office = await home.machine('office');
    const laptop = await home.machine('laptop');
    await home.run(kitchen.app.ring.create(founding));
    await joinRing(home, kitchen, office);
    const { link } = await home.run(kitchen.app.ring.invite({ expiresInMs: 60_000, admin: false }));
    await home.pass(100);
    // The newcomer reaches the office only; the office reaches the kitchen.
    home.unreachable(laptop, kitchen);
    const { ring } = await home.run(laptop.app.ring.join({ link }));
    expect(ring).toMatchObject({ name: 'Home' });
    await home.until(
      () => office.app.ring.members(),
      (list) => list.length === 3,
    );
    const late = await home.machine('late');
    const second = await home.run(kitchen.app.ring.invite({ expiresInMs: 60_000, admin: false }));
    home.unreachable(late, kitchen);
    home.cut([kitchen], [office, laptop]);
    await home.pass(5000);
    await expect(home.run(late.app.ring.join({ link: second.link }))).rejects.toThrow(
      code('INVITER_UNREACHABLE'),
    );
  });

  it('puts a member out at once, and only an admin above it may', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office', 'laptop']);
    const [kitchen, office, laptop] = machines;
    const peerId = laptop!.peerId();
    await expect(home.run(office!.app.ring.revoke({ peerId }))).rejects.toThrow(code('NOT_ADMIN'));
    await home.run(kitchen!.app.ring.revoke({ peerId }));
    for (const { app } of [kitchen!, office!]) {
      await home.until(
        () => app.ring.members(),
        (list) => list.some((one) => one.peerId === peerId && one.state === 'revoked'),
      );
      expect(app.ring.show()).toMatchObject({ members: 2 });
    }
    await home.until(
      () => kitchen!.app.ring.members(),
      (list) => list.every((one) => one.connected === (one.peerId !== peerId)),
    );
  });

  it('makes a new key and joins anew, with the account after the phrase', async () => {
    const { machines, phrase } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines;
    const before = office!.peerId();
    const { peerId } = await home.run(office!.app.ring.newPeerKey(undefined));
    expect(peerId).not.toBe(before);
    expect(office!.app.hasRing()).toBe(false);
    const invite = await home.run(kitchen!.app.ring.invite({ expiresInMs: 60_000, admin: false }));
    await home.run(office!.app.ring.join({ link: invite.link }));
    await expect(home.run(office!.app.carts.create({ name: 'Party' }))).rejects.toThrow(
      code('DEVICE_UNKNOWN'),
    );
    await home.run(office!.app.accounts.logIn({ phrase }));
    await home.run(office!.app.carts.create({ name: 'Party' }));
    await home.until(
      () => kitchen!.app.carts.list(),
      (carts) => carts.length === 1,
    );
  });

  it('tells of itself: status, notices and what the doctor finds', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const { system } = machines[0]!.app;
    const status = await home.run(system.status());
    expect(status).toMatchObject({
      name: 'kitchen',
      peerId: machines[0]!.peerId(),
      ring: { members: 2, connected: 2, steadyMember: false },
      accounts: [{ name: 'Anna' }],
      notices: [{ code: 'STEADY_MEMBER_MISSING' }],
    });
    const { findings } = await home.run(system.doctor());
    expect(new Set(findings.map(({ check }) => check)).size).toBe(7);
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    expect(system.health()).toEqual({ ok: true, peerId: machines[0]!.peerId() });
  });

  it('streams what changes', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines;
    const events = kitchen!.app.system.events();
    expect((await events.next()).value).toEqual({ type: 'hello' });
    await home.run(office!.app.carts.create({ name: 'Party' }));
    await home.run(
      office!.app.carts.addLines({
        name: 'Party',
        lines: [{ product: product('Cake'), quantity: 1, note: '' }],
      }),
    );
    const seen: Change[] = [];
    while (!seen.some(({ type }) => type === 'cart')) {
      const { value } = await home.run(events.next());
      if (value !== undefined) seen.push(value);
    }
    expect(seen.find(({ type }) => type === 'cart')).toMatchObject({ conflict: false });
    await kitchen!.restart();
    let last = await home.run(events.next());
    while (last.done !== true) last = await home.run(events.next());
  });
});
