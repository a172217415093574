/** What goes wrong during a simulation: every list of faults is named here. */
import { drawByWeight, type Fault } from './activity.ts';
import { createDiskFaults } from './disk-faults.ts';
import { createMachineFaults } from './machine-faults.ts';
import { createMembershipFaults } from './membership-faults.ts';
import { createNetworkFaults } from './network-faults.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** What a list of faults is given. */
export interface FaultKit {
  readonly world: World;
  readonly random: SeededRandom;
  /** Members that are up and awake, in random order. */
  awake(): readonly SimulatedMember[];
  /** Members that are not running. */
  down(): readonly SimulatedMember[];
  /** Starts an operation of a person on the member. */
  act(member: SimulatedMember): void;
  /**
   * True for the one disk that may go in a run: more could together lose what w disks promised.
   * From then on it is gone: what only it had is not expected any more.
   */
  loseDisk(member: SimulatedMember): void;
  mayLoseDisk(): boolean;
}

const LISTS: readonly ((kit: FaultKit) => readonly Fault[])[] = [
  createNetworkFaults,
  createMachineFaults,
  createDiskFaults,
  createMembershipFaults,
];

export interface Faults {
  /** One random fault now. */
  strike(): Promise<void>;
  readonly done: Readonly<Record<string, number>>;
}

/** @param init.weights instead of those that the faults have by themselves. */
export function createFaults(
  init: { readonly weights?: Readonly<Record<string, number>> },
  components: { readonly world: World; act(member: SimulatedMember): void },
): Faults {
  const { world, act } = components;
  const random = world.random.fork('faults');
  const done: Record<string, number> = {};
  let diskGone = false;
  const members = (holds: (member: SimulatedMember) => boolean): readonly SimulatedMember[] =>
    random.shuffled(world.joined()).filter(holds);
  const kit: FaultKit = {
    ...{ world, random, act },
    awake: () => members((member) => member.isUp && !member.isAsleep),
    down: () => members((member) => !member.isUp),
    mayLoseDisk: () => !diskGone,
    loseDisk(member) {
      diskGone = true;
      world.checks.forget(member);
      world.ledger.diskLost(member.name);
    },
  };
  const all = LISTS.flatMap((list) => list(kit)).map((fault) => ({
    ...fault,
    weight: init.weights?.[fault.name] ?? fault.weight,
  }));
  return {
    done,
    async strike() {
      const { name, strike } = drawByWeight(all, random);
      done[name] = (done[name] ?? 0) + 1;
      world.log(`fault: ${name}`);
      await strike();
    },
  };
}
