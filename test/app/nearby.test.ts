import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAskTalk, createFetchTalk } from '../../src-main/app/nearby-talk.ts';
import { encodeAsked, encodeNearbyWord, encodeReveal } from '../../src-main/app/nearby-messages.ts';
import type { NearbyDoor } from '../../src-main/app/views/nearby.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { nearbyCommitment } from '../../src-main/security/nearby.ts';
import { createPeerKey, newSeed } from '../../src-main/security/peer-key.ts';
import { createHousehold, oneFamily, type Household, type Machine } from './household.ts';

const COMPARE_MS = 3 * 60_000;
const random = createSystemRandom();

/** An admin's screen: what it shows last, until it is closed. */
interface Screen {
  view(): NearbyDoor;
  close(): Promise<void>;
}

describe('a ring nearby', () => {
  let home: Household;
  let kitchen: Machine;
  let phone: Machine;
  const screens: Screen[] = [];
  beforeEach(async () => {
    home = createHousehold('nearby');
    [kitchen] = (await oneFamily(home, ['kitchen'])).machines as [Machine];
    phone = await home.machine('phone');
  });
  afterEach(async () => {
    for (const screen of screens.splice(0)) await screen.close();
    await home.stopAll();
  });

  /** Opens "who is nearby?" there. */
  async function look(machine: Machine): Promise<Screen> {
    const leaving = new AbortController();
    let latest: NearbyDoor = { newcomers: [], full: false };
    const views = machine.app.nearby.door(undefined, { signal: leaving.signal });
    const first = await views.next();
    if (first.done !== true) latest = first.value;
    const reading = (async () => {
      for await (const view of views) latest = view;
    })();
    const screen: Screen = {
      view: () => latest,
      async close() {
        leaving.abort();
        await reading;
      },
    };
    screens.push(screen);
    return screen;
  }
  async function firstRingSeenBy(machine: Machine): Promise<{ peerId: string; name: string }> {
    const rings = machine.app.nearby.seek();
    for await (const [ring] of rings) if (ring !== undefined) return ring;
    throw new Error('none');
  }
  const waitingAt = async (screen: Screen, count = 1): Promise<NearbyDoor['newcomers']> =>
    (
      await home.until(
        () => Promise.resolve(screen.view()),
        ({ newcomers }) => newcomers.length === count,
      )
    ).newcomers;

  it('is seen by its name, compared on both screens, and joined', async () => {
    const screen = await look(kitchen);
    const ring = await firstRingSeenBy(phone);
    expect(ring).toEqual({ peerId: kitchen.peerId(), name: 'Home' });
    const asked = await home.run(phone.app.nearby.ask({ peerId: ring.peerId }));
    const [newcomer] = await waitingAt(screen);
    expect(newcomer).toEqual({
      id: phone.peerId(),
      name: 'phone',
      digits: asked.digits,
      state: 'waiting',
    });
    const { notices } = await home.run(kitchen.app.system.status());
    expect(notices).toContainEqual({ code: 'NEWCOMER_WAITING', details: { name: 'phone' } });
    const joining = phone.app.nearby.join(asked);
    await home.pass(5000);
    expect(phone.app.hasRing()).toBe(false);
    await home.run(
      kitchen.app.nearby.admit({ id: phone.peerId(), digits: asked.digits, admin: false }),
    );
    const joined = await home.run(joining);
    expect(joined.ring.name).toBe('Home');
    await home.until(
      () => kitchen.app.ring.members(),
      (members) => members.length === 2 && members.every(({ connected }) => connected),
    );
    expect(await waitingAt(screen, 0)).toEqual([]);
    await screen.close();
    expect(kitchen.welcomesStrangers()).toBe(false);
  });

  it('makes an admin only of whom the admin means to', async () => {
    const screen = await look(kitchen);
    const asked = await home.run(
      phone.app.nearby.ask({ address: `/ip4/10.0.0.1/tcp/1/p2p/${kitchen.peerId()}` }),
    );
    await waitingAt(screen);
    await kitchen.app.nearby.admit({ id: phone.peerId(), digits: asked.digits, admin: true });
    await home.run(phone.app.nearby.join(asked));
    expect(phone.app.ring.show().admin).toBe(true);
    const screenThere = await look(phone);
    expect(screenThere.view().newcomers).toEqual([]);
  });

  it('answers nobody while the screen is closed, and only admins can open it', async () => {
    const address = `/ip4/10.0.0.1/tcp/1/p2p/${kitchen.peerId()}`;
    expect(kitchen.welcomesStrangers()).toBe(false);
    await expect(home.run(phone.app.nearby.ask({ address }))).rejects.toThrow(
      expect.objectContaining({ code: 'UNREACHABLE' }),
    );
    expect(() => phone.app.nearby.door()).toThrow(expect.objectContaining({ code: 'NO_RING' }));
    expect(() => kitchen.app.nearby.seek()).toThrow(
      expect.objectContaining({ code: 'RING_EXISTS' }),
    );
  });

  it('lets nobody in with other digits, on either side', async () => {
    const screen = await look(kitchen);
    const { peerId } = await firstRingSeenBy(phone);
    const { digits } = await home.run(phone.app.nearby.ask({ peerId }));
    const [newcomer] = await waitingAt(screen);
    const other = digits === '000000' ? '000001' : '000000';
    const id = newcomer?.id ?? '';
    await expect(kitchen.app.nearby.admit({ id, digits: other, admin: false })).rejects.toThrow(
      expect.objectContaining({ code: 'DIGITS_DIFFER' }),
    );
    expect(screen.view().newcomers[0]?.state).toBe('waiting');
    await expect(home.run(phone.app.nearby.join({ peerId, digits: other }))).rejects.toThrow(
      expect.objectContaining({ code: 'DIGITS_DIFFER' }),
    );
    const joining = phone.app.nearby.join({ peerId, digits });
    await kitchen.app.nearby.refuse({ id });
    await expect(home.run(joining)).rejects.toThrow(
      expect.objectContaining({ code: 'NEARBY_REFUSED' }),
    );
    expect(await home.run(kitchen.app.ring.members())).toHaveLength(1);
  });

  it('forgets whom nobody compared, and the newcomer stops waiting', async () => {
    const screen = await look(kitchen);
    const { peerId } = await firstRingSeenBy(phone);
    const asked = await home.run(phone.app.nearby.ask({ peerId }));
    await waitingAt(screen);
    await home.pass(COMPARE_MS + 1000);
    expect(screen.view().newcomers).toEqual([]);
    await expect(home.run(phone.app.nearby.join(asked))).rejects.toThrow(
      expect.objectContaining({ code: 'NEARBY_GONE' }),
    );
    await expect(
      kitchen.app.nearby.admit({ id: phone.peerId(), digits: asked.digits, admin: false }),
    ).rejects.toThrow(expect.objectContaining({ code: 'NEARBY_GONE' }));
  });

  it('takes two newcomers at once, each by its own digits', async () => {
    const tablet = await home.machine('tablet');
    const screen = await look(kitchen);
    const peerId = kitchen.peerId();
    await firstRingSeenBy(phone);
    await firstRingSeenBy(tablet);
    const [one, two] = await home.run(
      Promise.all([phone.app.nearby.ask({ peerId }), tablet.app.nearby.ask({ peerId })]),
    );
    const waiting = await waitingAt(screen, 2);
    expect(waiting.map(({ name }) => name).sort()).toEqual(['phone', 'tablet']);
    expect(one.digits).not.toBe(two.digits);
    // The digits of one do not let the other in.
    await expect(
      kitchen.app.nearby.admit({ id: phone.peerId(), digits: two.digits, admin: false }),
    ).rejects.toThrow(expect.objectContaining({ code: 'DIGITS_DIFFER' }));
    const joining = [phone.app.nearby.join(one), tablet.app.nearby.join(two)];
    await kitchen.app.nearby.admit({ id: tablet.peerId(), digits: two.digits, admin: false });
    await home.run(joining[1]!);
    expect([phone.app.hasRing(), tablet.app.hasRing()]).toEqual([false, true]);
    await kitchen.app.nearby.admit({ id: phone.peerId(), digits: one.digits, admin: false });
    await home.run(joining[0]!);
    expect(await home.run(kitchen.app.ring.members())).toHaveLength(3);
  });

  describe('with somebody in between', () => {
    /** One end of the one in between: it speaks to the admin as a newcomer of its own. */
    const middle = createPeerKey(newSeed(random));

    it('shows other digits on the two screens, whatever it does', async () => {
      await look(kitchen);
      const own = { peer: phone.peerId(), name: 'phone' };
      // It answers the phone as if it were the admin, with a nonce of its own…
      const talk = createAskTalk(middle.peerId, own, random);
      talk.first();
      talk.next(encodeAsked(random.bytes(32), 'Home'));
      // (what the phone shows is fixed before it says `done`, and its nonce is known only then)
      const door = kitchen.joinDialog(middle.peerId);
      const signal = new AbortController().signal;
      const nonce = random.bytes(32);
      const commitment = nearbyCommitment(
        { newcomer: middle.peerId, admin: kitchen.peerId() },
        nonce,
      );
      await door.answer(
        encodeNearbyWord({ word: 'ask', commitment, machineName: 'phone' }),
        signal,
      );
      // …and having heard the admin's nonce it cannot take back the one it has committed to.
      await expect(door.answer(encodeReveal(random.bytes(32)), signal)).rejects.toThrow(
        expect.objectContaining({ code: 'DIGITS_DIFFER' }),
      );
    });

    it('gets nowhere in as many tries as the door allows', async () => {
      const screen = await look(kitchen);
      const own = { peer: phone.peerId(), name: 'phone' };
      for (let attempt = 0; attempt < 8; attempt++) {
        const towardsPhone = createPeerKey(newSeed(random));
        const phoneTalk = createAskTalk(towardsPhone.peerId, own, random);
        phoneTalk.first();
        phoneTalk.next(encodeAsked(random.bytes(32), 'Home'));
        phoneTalk.next(encodeNothing());
        const towardsAdmin = createPeerKey(newSeed(random));
        const adminTalk = createAskTalk(
          kitchen.peerId(),
          { peer: towardsAdmin.peerId, name: 'phone' },
          random,
        );
        const door = kitchen.joinDialog(towardsAdmin.peerId);
        const signal = new AbortController().signal;
        const { reply } = await door.answer(adminTalk.first(), signal);
        const reveal = adminTalk.next(reply);
        await door.answer(reveal ?? new Uint8Array(), signal);
        expect(phoneTalk.asked()?.digits).toMatch(/^\d{6}$/);
        const shown = screen.view().newcomers.map(({ digits }) => digits);
        expect(shown).not.toContain(phoneTalk.asked()?.digits);
      }
      await home.pass(10);
      // A ninth does not get a place beside the eight.
      const late = createPeerKey(newSeed(random));
      const talk = createAskTalk(kitchen.peerId(), { peer: late.peerId, name: 'x' }, random);
      await expect(
        kitchen.joinDialog(late.peerId).answer(talk.first(), new AbortController().signal),
      ).rejects.toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
    });

    it('cannot hand the newcomer a certificate of another machine', async () => {
      const screen = await look(kitchen);
      const { peerId } = await firstRingSeenBy(phone);
      const asked = await home.run(phone.app.nearby.ask({ peerId }));
      await waitingAt(screen);
      const id = phone.peerId();
      await kitchen.app.nearby.admit({ id, digits: asked.digits, admin: false });
      // The phone compared digits with `middle`, which passes on what kitchen says.
      const own = { peer: phone.peerKey(), name: 'phone' };
      const talk = createFetchTalk(middle.peerId, own, createVerifier());
      const door = kitchen.joinDialog(phone.peerId());
      const { reply } = await door.answer(talk.first(), new AbortController().signal);
      expect(() => talk.next(reply)).toThrow(expect.objectContaining({ code: 'WRONG_RING' }));
      expect(talk.welcome()).toBeUndefined();
    });
  });
});

const encodeNothing = (): Uint8Array => new Uint8Array([0x81, 0x01]);
