/** What goes wrong during a simulation; each kind is one entry. */
import { createMachineFaults } from './machine-faults.ts';
import { createNetworkFaults } from './network-faults.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** Relative weights of what happens; 0 = never. */
export interface FaultOptions {
  /** Two or three groups, drawn. */
  readonly partition: number;
  /** One machine alone. */
  readonly isolate: number;
  /** Two halves, and one machine that both see. */
  readonly bridge: number;
  /** Everybody sees a majority, but not the same one. */
  readonly majorityRing: number;
  readonly oneWayCut: number;
  readonly heal: number;
  readonly crash: number;
  readonly stop: number;
  readonly start: number;
  /** A lid is closed for seconds to hours; a night is that, of all at once. */
  readonly sleep: number;
  readonly night: number;
  readonly slowNode: number;
  readonly storm: number;
  readonly calm: number;
  readonly join: number;
  /** Put an older copy of the disk in its place; the store's birthmark notices. */
  readonly restore: number;
  /** A new, empty disk, and let in again. */
  readonly wipe: number;
  /** The root revokes a machine. */
  readonly remove: number;
  readonly diskFull: number;
  readonly failedSync: number;
  readonly clockJump: number;
}

export const FAULTS: FaultOptions = {
  ...{ partition: 4, isolate: 2, bridge: 2, majorityRing: 1, oneWayCut: 2, heal: 6 },
  ...{ crash: 4, stop: 2, start: 8, sleep: 3, night: 1, slowNode: 2 },
  ...{ storm: 2, calm: 3, join: 2, restore: 1, wipe: 1, remove: 1 },
  ...{ diskFull: 1, failedSync: 2, clockJump: 1 },
};

export interface Faults {
  /** One random fault now. */
  strike(): Promise<void>;
  readonly done: Readonly<Record<string, number>>;
}

/** @param act starts an operation of a person on the member. */
export function createFaults(
  options: FaultOptions,
  world: World,
  act: (member: SimulatedMember) => void,
): Faults {
  const random = world.random.fork('faults');
  const done: Record<string, number> = {};
  const kinds: Record<keyof FaultOptions, () => void | Promise<void>> = {
    ...createNetworkFaults(world, random),
    ...createMachineFaults(world, random, act),
  };
  return {
    done,
    async strike() {
      const names = Object.keys(kinds) as (keyof FaultOptions)[];
      const lots = names.flatMap((name) => Array.from({ length: options[name] }, () => name));
      const name = random.pick(lots);
      done[name] = (done[name] ?? 0) + 1;
      await kinds[name]();
    },
  };
}
