/** What goes wrong during a simulation: every list of faults is named here. */
import { drawByWeight, type Fault } from './activity.ts';
import { createDiskLosses, createDiskTroubles } from './disk-faults.ts';
import { createMachineFaults } from './machine-faults.ts';
import { createMembershipFaults } from './membership-faults.ts';
import { createNetworkFaults } from './network-faults.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** A machine that can go wrong: a member of floor 4, or a whole peer. */
export type FaultyMachine = Pick<
  SimulatedMember,
  'peer' | 'isUp' | 'isAsleep' | 'stop' | 'crash' | 'sleep' | 'wake' | 'jumpClock' | 'diskFaults'
> & { start(): Promise<void> };

/** What a list of faults is given that strike any machine. */
export interface FaultKit<Machine extends FaultyMachine = FaultyMachine> {
  readonly world: Pick<World, 'clock' | 'network'> & { joined(): readonly Machine[] };
  readonly random: SeededRandom;
  /** Machines that are up and awake, in random order. */
  awake(): readonly Machine[];
  /** Machines that are not running. */
  down(): readonly Machine[];
  /** Starts an operation of a person on the machine, if there is a person. */
  act(machine: Machine): void;
  /** Its disk takes nothing for a while, or not the next few batches. */
  refuses(machine: Machine): void;
}

/** What a list of faults is given that know of floor 4. */
export interface RingFaultKit extends FaultKit<SimulatedMember> {
  readonly world: World;
  /**
   * True for the one disk that may go in a run: more could together lose what w disks promised.
   * From then on it is gone: what only it had is not expected any more.
   * @param noticed its machine knows that it lacks. @default true
   */
  loseDisk(member: SimulatedMember, noticed?: boolean): void;
  mayLoseDisk(): boolean;
}

/** Any machine: of a ring of floor 4, and of whole peers. */
export const MACHINE_FAULTS: readonly (<M extends FaultyMachine>(
  kit: FaultKit<M>,
) => readonly Fault[])[] = [createNetworkFaults, createMachineFaults, createDiskTroubles];

const LISTS: readonly ((kit: RingFaultKit) => readonly Fault[])[] = [
  ...MACHINE_FAULTS,
  createDiskLosses,
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
  let diskGone = false;
  const members = (holds: (member: SimulatedMember) => boolean): readonly SimulatedMember[] =>
    random.shuffled(world.joined()).filter(holds);
  const kit: RingFaultKit = {
    ...{ world, random },
    refuses: () => undefined,
    act(member) {
      if (member.init.holds) act(member);
    },
    awake: () => members((member) => member.isUp && !member.isAsleep),
    down: () => members((member) => !member.isUp),
    mayLoseDisk: () => !diskGone,
    loseDisk(member, noticed = true) {
      diskGone = true;
      world.checks.forget(member);
      world.ledger.diskLost(member.name, noticed);
    },
  };
  return strikeAmong(
    LISTS.flatMap((list) => list(kit)).map((fault) => ({
      ...fault,
      weight: init.weights?.[fault.name] ?? fault.weight,
    })),
    { random, log: (line) => world.log(line) },
  );
}

/** One after the other, drawn by weight. */
export function strikeAmong(
  all: readonly Fault[],
  { random, log }: { readonly random: SeededRandom; log(line: string): void },
): Faults {
  const done: Record<string, number> = {};
  return {
    done,
    async strike() {
      const { name, strike } = drawByWeight(all, random);
      done[name] = (done[name] ?? 0) + 1;
      log(`fault: ${name}`);
      await strike();
    },
  };
}
