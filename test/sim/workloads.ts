/** What people do during a simulation of floor 4: every list of activities is named here. */
import { toAppError } from '../../src-main/base/app-error.ts';
import { drawByWeight, type Activity } from './activity.ts';
import { isExpected } from './expected-errors.ts';
import { createItemActivities } from './item-activities.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { Workload } from './workload.ts';
import type { World } from './world.ts';

/** What a list of activities is given. */
export interface WorkloadKit {
  readonly world: World;
  readonly work: Workload;
  /** How many items an account has. */
  readonly items: number;
}

const LISTS: readonly ((kit: WorkloadKit) => readonly Activity<SimulatedMember>[])[] = [
  createItemActivities,
];

export interface Workloads {
  /** Starts one random activity on the member; it goes on by itself. */
  act(member: SimulatedMember): void;
  readonly done: Readonly<Record<string, number>>;
}

export function createWorkloads(kit: WorkloadKit): Workloads {
  const { world, work } = kit;
  const random = world.random.fork('workload');
  const all = LISTS.flatMap((list) => list(kit));
  const failed: Record<string, number> = {};
  return {
    get done() {
      return { ...work.done, ...failed };
    },
    act(member) {
      const { name, run } = drawByWeight(all, random);
      world.log(`${member.name} does: ${name}`);
      run(member, random).catch((error: unknown) => {
        const what = `failed ${toAppError(error).code}`;
        failed[what] = (failed[what] ?? 0) + 1;
        if (!isExpected(error)) world.checks.fail(`an operation failed: ${name}: ${String(error)}`);
      });
    },
  };
}
