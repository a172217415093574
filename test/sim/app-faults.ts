/** What goes wrong with whole peers: the faults of any machine, and who belongs to the ring. */
import type { Fault } from './activity.ts';
import type { AppKit } from './app-workloads.ts';
import { MACHINE_FAULTS, strikeAmong, type FaultKit, type Faults } from './faults.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

const MOST_MACHINES = 7;

export interface AppFaultKit extends FaultKit<SimulatedPeer>, AppKit {
  readonly world: AppKit['world'];
}

const LISTS: readonly ((kit: AppFaultKit) => readonly Fault[])[] = [
  ...MACHINE_FAULTS,
  createAppMembershipFaults,
];

function createAppMembershipFaults({ world, items, ...kit }: AppFaultKit): readonly Fault[] {
  async function join(): Promise<void> {
    const all = world.joined().length + world.dropped().length;
    if (all < MOST_MACHINES && kit.awake().length > 0) await world.join();
  }
  /** An admin takes a machine out of the ring: its disk counts as lost. */
  async function remove(): Promise<void> {
    const [peer, admin] = kit.awake();
    if (peer === undefined || admin === undefined || world.joined().length < 4) return;
    if (world.dropped().length > 0 || peer === world.joined()[0]) return;
    const peerId = peer.peer;
    world.truth.gone(peer.name);
    for (const entry of items.entries()) if (entry.writer === peer.name) entry.lost = true;
    world.drop(peer);
    const [first] = world.joined();
    if (first?.isUp === true) await world.clock.settle(first.app.ring.revoke({ peerId }));
  }
  return [
    { name: 'join', weight: 1, strike: join },
    { name: 'remove', weight: 0.5, strike: remove },
  ];
}

export function createAppFaults(components: AppKit & { act(peer: SimulatedPeer): void }): Faults {
  const { world, items, act } = components;
  const random = world.random.fork('faults');
  const peers = (holds: (peer: SimulatedPeer) => boolean): readonly SimulatedPeer[] =>
    random.shuffled(world.joined()).filter(holds);
  const kit: AppFaultKit = {
    ...{ world, items, random, act },
    awake: () => peers((peer) => peer.isUp && !peer.isAsleep),
    down: () => peers((peer) => !peer.isUp),
  };
  return strikeAmong(
    LISTS.flatMap((list) => list(kit)),
    { random, log: (line) => world.log(line) },
  );
}
