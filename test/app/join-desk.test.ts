import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeExpecting } from '../../src-main/app/join-messages.ts';
import { joinForwardMessage as joinForward } from '../../src-main/network/messages/join-forward.ts';
import { createHousehold, joinRing, oneFamily, type Household, type Machine } from './household.ts';

const HOUR_MS = 3600 * 1000;
const MONTH_MS = 31 * 24 * HOUR_MS;

describe('a member that may open its door to newcomers', () => {
  let home: Household;
  let kitchen: Machine;
  let office: Machine;
  beforeEach(async () => {
    home = createHousehold('join desk');
    const { machines } = await oneFamily(home, ['kitchen']);
    [kitchen] = machines as [Machine];
    office = await home.machine('office');
  });
  afterEach(() => home.stopAll());

  /** Says to `to` that `from` has an invite open, as its app would. */
  async function say(from: Machine, to: Machine, forMs: number): Promise<void> {
    const request = {
      newcomer: from.peerId(),
      conversation: new Uint8Array(16),
      message: encodeExpecting(forMs),
    };
    const body = joinForward.encodeRequest(request);
    const { transport } = from.services();
    await home.run(transport.request(to.peerId(), joinForward.verb, body, { timeoutMs: 5000 }));
  }
  /** The invite by which office came is still answered for an hour after its end. */
  async function untilInvitesAreForgotten(): Promise<void> {
    for (const { id } of await home.run(kitchen.app.ring.invites())) {
      await home.run(kitchen.app.ring.closeInvite({ id }));
    }
    if (kitchen.welcomesStrangers()) await home.pass(HOUR_MS + 120_000);
    expect(kitchen.welcomesStrangers()).toBe(false);
  }

  it('takes nobody’s word but an admin’s', { timeout: 60_000 }, async () => {
    await joinRing(home, kitchen, office);
    await untilInvitesAreForgotten();
    await say(office, kitchen, MONTH_MS);
    expect(kitchen.welcomesStrangers()).toBe(false);
  });

  it(
    'opens for an admin’s invite, and only while that admin is there',
    { timeout: 60_000 },
    async () => {
      await joinRing(home, kitchen, office, true);
      await untilInvitesAreForgotten();
      await home.run(office.app.ring.invite({ expiresInMs: MONTH_MS, admin: false }));
      await home.pass(1000);
      expect(kitchen.welcomesStrangers()).toBe(true);
      home.cut([kitchen], [office]);
      await home.pass(5000);
      expect(kitchen.welcomesStrangers()).toBe(false);
      home.heal();
      await home.pass(5000);
      expect(kitchen.welcomesStrangers()).toBe(true);
      await office.stop();
      await home.pass(5000);
      expect(kitchen.welcomesStrangers()).toBe(false);
      await office.start();
    },
  );
});
