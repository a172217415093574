/** What goes wrong with whole peers: the faults of any machine, and who belongs to the ring. */
import { isAppError } from '../../src-main/base/app-error.ts';
import type { Fault } from './activity.ts';
import type { AppKit } from './app-workloads.ts';
import { MACHINE_FAULTS, strikeAmong, type FaultKit, type Faults } from './faults.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

const MOST_MACHINES = 7;
const LONGEST_RUN_MS = 300;
/** Seconds; longer than any disk is full. */
const TRIES = 60;

export interface AppFaultKit extends FaultKit<SimulatedPeer>, AppKit {
  readonly world: AppKit['world'];
  act(peer: SimulatedPeer, wanted?: string): void;
}

const LISTS: readonly ((kit: AppFaultKit) => readonly Fault[])[] = [
  ...MACHINE_FAULTS,
  createFunctionFaults,
  createAppMembershipFaults,
];

/** kill -9 around the moment in which a handler returns and its effects go to the disk. */
function createFunctionFaults({ world, random, ...kit }: AppFaultKit): readonly Fault[] {
  const { clock } = world;
  async function kill(): Promise<void> {
    const [peer] = kit.awake();
    if (peer === undefined) return;
    const before = world.handlersReturned(peer);
    kit.act(peer, random.pick(['order', 'put an item unread']));
    await clock.advanceUntil(() => world.handlersReturned(peer) > before, LONGEST_RUN_MS);
    await clock.advance(random.between(0, 6));
    if (peer.isUp) peer.crash();
  }
  return [{ name: 'kill in a handler', weight: 2, strike: kill }];
}

function createAppMembershipFaults({
  world,
  items,
  orders,
  ...kit
}: AppFaultKit): readonly Fault[] {
  async function join(): Promise<void> {
    const all = world.joined().length + world.dropped().length;
    if (all < MOST_MACHINES && kit.awake().length > 0) await world.join();
  }
  /** An admin takes a machine out of the ring: its disk counts as lost. */
  async function remove(): Promise<void> {
    // Who made the ring is above all others.
    const [first] = world.joined();
    const peer = kit.awake().find((one) => one !== first);
    if (first?.isUp !== true || first.isAsleep || peer === undefined) return;
    if (world.dropped().length > 0 || world.joined().length < 4) return;
    const peerId = peer.peer;
    world.truth.gone(peer.name);
    orders.gone(peer.name);
    for (const entry of items.entries()) if (entry.writer === peer.name) entry.lost = true;
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
      if (await world.clock.settle(done)) return;
      await world.clock.advance(1000);
    }
  }
  return [
    { name: 'join', weight: 1, strike: join },
    { name: 'remove', weight: 0.5, strike: remove },
  ];
}

export function createAppFaults(components: AppKit & Pick<AppFaultKit, 'act'>): Faults {
  const { world, items, orders, act } = components;
  const random = world.random.fork('faults');
  const peers = (holds: (peer: SimulatedPeer) => boolean): readonly SimulatedPeer[] =>
    random.shuffled(world.joined()).filter(holds);
  const kit: AppFaultKit = {
    ...{ world, items, orders, random, act },
    awake: () => peers((peer) => peer.isUp && !peer.isAsleep),
    down: () => peers((peer) => !peer.isUp),
  };
  return strikeAmong(
    LISTS.flatMap((list) => list(kit)),
    { random, log: (line) => world.log(line) },
  );
}
