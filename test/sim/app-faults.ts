/** What goes wrong with whole peers: any machine, its disk, and who belongs to the ring. */
import type { Fault } from './activity.ts';
import { createAppDiskLosses } from './app-disk-losses.ts';
import { createAppMembershipFaults } from './app-membership-faults.ts';
import type { AppKit } from './app-workloads.ts';
import { MACHINE_FAULTS, strikeAmong, type FaultKit, type Faults } from './faults.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

const LONGEST_RUN_MS = 300;

export interface AppFaultKit extends FaultKit<SimulatedPeer>, AppKit {
  readonly world: AppKit['world'];
  act(peer: SimulatedPeer, wanted?: string): void;
  /**
   * True for the one disk that may go in a run: more could together lose what w disks promised.
   * What only it had is not expected any more from then on.
   */
  mayLoseDisk(): boolean;
  loseDisk(peer: SimulatedPeer): void;
}

const LISTS: readonly ((kit: AppFaultKit) => readonly Fault[])[] = [
  ...MACHINE_FAULTS,
  createFunctionFaults,
  createAppDiskLosses,
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

export function createAppFaults(components: AppKit & Pick<AppFaultKit, 'act'>): Faults {
  const { world, items, orders, act } = components;
  const random = world.random.fork('faults');
  const peers = (holds: (peer: SimulatedPeer) => boolean): readonly SimulatedPeer[] =>
    random.shuffled(world.joined()).filter(holds);
  let diskGone = false;
  const kit: AppFaultKit = {
    ...{ world, items, orders, random, act },
    mayLoseDisk: () => !diskGone,
    loseDisk(peer) {
      diskGone = true;
      world.truth.gone(peer.name);
      orders.gone(peer.name);
      for (const entry of items.entries()) if (entry.writer === peer.name) entry.lost = true;
    },
    refuses: (peer) => {
      world.truth.refuses(peer.name);
    },
    awake: () => peers((peer) => peer.isUp && !peer.isAsleep),
    down: () => peers((peer) => !peer.isUp),
  };
  return strikeAmong(
    LISTS.flatMap((list) => list(kit)),
    { random, log: (line) => world.log(line) },
  );
}
