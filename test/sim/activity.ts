/** The three things a simulation is made of; each kind is one entry of a list (README.md). */
import type { SeededRandom } from './seeded-random.ts';

/** Something people do. */
export interface Activity<Machine> {
  readonly name: string;
  /** Relative to all others; 0 = never. */
  readonly weight: number;
  /**
   * On a machine that is up and awake. Goes on by itself; what it throws is a failure of the run,
   * except what bad days make of a request (`isExpected`).
   */
  run(machine: Machine, random: SeededRandom): Promise<void>;
}

/** Something that goes wrong, or is mended again. */
export interface Fault {
  readonly name: string;
  /** Relative to all others; 0 = never. */
  readonly weight: number;
  /** Finds for itself whom it strikes; does nothing if there is nobody. */
  strike(): void | Promise<void>;
}

/** Something that has to hold when the ring is whole again and quiet. */
export interface Checker<World> {
  /** Of DESIGN §6. */
  readonly invariant: number;
  readonly name: string;
  /** Tells what does not hold by `fail`. */
  check(world: World, fail: (what: string) => void): void | Promise<void>;
}

/** One of the list, by its weight. */
export function drawByWeight<T extends { readonly weight: number }>(
  from: readonly T[],
  random: SeededRandom,
): T {
  const sum = from.reduce((total, { weight }) => total + weight, 0);
  let at = random.between(0, sum);
  for (const one of from) {
    at -= one.weight;
    if (at < 0) return one;
  }
  throw new RangeError('nothing has a weight');
}

/** Runs all checkers, one after the other; each failure bears its invariant and its name. */
export async function runCheckers<World>(
  checkers: readonly Checker<World>[],
  world: World,
  fail: (what: string) => void,
): Promise<void> {
  for (const { invariant, name, check } of checkers) {
    await check(world, (what) => {
      fail(`invariant ${invariant} (${name}): ${what}`);
    });
  }
}
