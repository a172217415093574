/** Who belongs to the ring, and keeps how much of it, changes while people go on. */
import { isAppError } from '../../src-main/base/app-error.ts';
import type { MemberView } from '../../src-main/app/views.ts';
import type { Fault } from './activity.ts';
import type { AppFaultKit } from './app-faults.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

const MOST_MACHINES = 7;
/** Seconds; longer than any disk is full. */
const TRIES = 60;

/** What a disk, or the ring, may say to a person who changes a machine's part in it. */
const REFUSED = ['STORAGE_FAILED', 'DISK_FULL', 'BAD_REQUEST', 'ABORTED', 'NOT_MEMBER'] as const;

export function createAppMembershipFaults({ world, ...kit }: AppFaultKit): readonly Fault[] {
  const { clock } = world;

  async function own({ app, peer }: SimulatedPeer): Promise<MemberView | undefined> {
    const members = await clock.settle(app.ring.members());
    return members.find(({ peerId }) => peerId === peer);
  }
  /** Its person is told why when it is not done, and lets it be. */
  async function say(change: () => Promise<unknown>): Promise<void> {
    await clock.settle(change()).catch((error: unknown) => {
      if (!REFUSED.some((code) => isAppError(error, code))) throw error;
    });
  }
  async function join(): Promise<void> {
    const all = world.joined().length + world.dropped().length;
    if (all < MOST_MACHINES && kit.awake().length > 0) await world.join();
  }
  /** An admin takes a machine out of the ring, working or long broken: its disk counts as lost. */
  async function remove(): Promise<void> {
    // Who made the ring is above all others.
    const [first] = world.joined();
    const peer = kit.awake().find((one) => one !== first);
    if (first?.isUp !== true || first.isAsleep || peer === undefined) return;
    if (!kit.mayLoseDisk() || world.joined().length < 4) return;
    const peerId = peer.peer;
    kit.loseDisk(peer);
    world.drop(peer);
    // A disk that refuses it now is tried again, as a person would.
    for (let tries = 0; tries < TRIES; tries++) {
      const done = first.app.ring.revoke({ peerId }).then(
        () => true,
        (error: unknown) => {
          if (isAppError(error, 'STORAGE_FAILED')) return false;
          throw error;
        },
      );
      if (await clock.settle(done)) return;
      await clock.advance(1000);
    }
  }
  async function leave(): Promise<void> {
    const [peer] = kit.awake();
    // Others have to be there to take over.
    if (peer === undefined || world.joined().length < 3) return;
    if ((await own(peer))?.state === 'up') await say(() => peer.app.membership.leave({}));
  }
  async function comeBack(): Promise<void> {
    for (const peer of kit.awake()) {
      const state = (await own(peer))?.state;
      if (state === 'left' || state === 'retired')
        return say(() => peer.app.membership.comeBack({}));
      if (state === 'leaving') return say(() => peer.app.membership.stay({}));
    }
  }
  /** An admin says that a machine is gone: for the ring its copy is, as a disk would be. */
  async function retire(): Promise<void> {
    const [first, ...others] = world.joined();
    const [peer] = kit.random.shuffled(others);
    if (first?.isUp !== true || first.isAsleep || peer === undefined) return;
    if (!kit.mayLoseDisk() || others.length < 3) return;
    kit.loseDisk(peer);
    await say(() => first.app.membership.retire({ peerId: peer.peer }));
  }
  /** How much of the ring a machine keeps, or where it stands. */
  async function seat(wanted: { readonly capacity?: number; readonly zone?: string }) {
    const [peer] = kit.awake();
    if (peer === undefined || (await own(peer))?.state !== 'up') return;
    await say(() => peer.app.membership.seat(wanted));
  }
  return [
    { name: 'join', weight: 1, strike: join },
    { name: 'remove', weight: 0.5, strike: remove },
    { name: 'leave', weight: 1, strike: leave },
    { name: 'come back', weight: 1.5, strike: comeBack },
    { name: 'retire', weight: 0.5, strike: retire },
    {
      ...{ name: 'capacity', weight: 1 },
      strike: () => seat({ capacity: kit.random.pick([0.5, 1, 2]) }),
    },
    {
      name: 'zone',
      weight: 0.5,
      strike: () => seat({ zone: kit.random.pick(['', 'shop', 'barn']) }),
    },
  ];
}
