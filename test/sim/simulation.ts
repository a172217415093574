/**
 * One random run: a ring, people, faults, then peace, then the checkers. All of it is a function of
 * the seed: the same seed gives the same run, to the last message.
 */
import { bringToRest, checkAtRest } from './end-checks.ts';
import { createFaults } from './faults.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createWorkload } from './workload.ts';
import { createWorkloads } from './workloads.ts';
import { itemsOf, keepers } from './keepers.ts';
import { createWorld, type World } from './world.ts';

export interface SimulationOptions {
  readonly seed: string;
  /** Operations of people. @default 300 */
  readonly operations?: number;
  /** Weights of faults by name, instead of their own. */
  readonly faults?: Readonly<Record<string, number>>;
  /** How wrong each machine's wall clock is. @default right */
  readonly wallOffsetMs?: (machine: number) => number;
  readonly log?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: string;
  /** What did not hold; empty when all did. */
  readonly failures: readonly string[];
  readonly machines: number;
  readonly setting: string;
  /** What stands at the end, by the names of writes: a function of the seed, of no wall clock. */
  readonly outcome: string;
  readonly virtualSeconds: number;
  readonly messages: number;
  readonly epochsRenewed: number;
  readonly done: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

const DEFAULT_OPERATIONS = 300;
/** For hints, at times: some ten versions. */
const SMALL_ROOM = 16 * 1024;

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const random = createSeededRandom(`${options.seed}/plan`);
  const machines = 2 + random.below(6);
  const auto = random.chance(0.5);
  const settings = auto ? {} : { n: 3, r: 2, w: 2 };
  const accounts = random.pick([1, 1, 2, 3]);
  const kits = Array.from({ length: accounts }, (_, kit) => kit);
  const client = machines > 2 && random.chance(0.3) ? random.below(machines) : -1;
  const maxHintBytes = random.chance(0.25) ? SMALL_ROOM : undefined;
  const world = await createWorld({
    seed: options.seed,
    machines,
    started: Math.max(2, machines - random.below(3)),
    ...{ settings, accounts },
    member: (i) => ({
      capacity: i === client ? 0 : 1,
      steady: i === 0 && random.chance(0.5),
      holds: i < 2 || random.chance(0.7),
      ...(maxHintBytes !== undefined && { maxHintBytes }),
      accounts: kits.filter((kit) => i < 2 || kit === 0 || random.chance(0.6)),
    }),
    ...(options.wallOffsetMs !== undefined && { wallOffsetMs: options.wallOffsetMs }),
    ...(options.log !== undefined && { log: options.log }),
  });
  const work = createWorkload({ strictReads: true }, world);
  const workload = createWorkloads({ world, work, items: 1 + random.below(6) });
  const weights = options.faults;
  const faults = createFaults(
    { ...(weights !== undefined && { weights }) },
    { world, act: workload.act },
  );
  const { clock, checks } = world;
  await clock.advance(2000);
  for (let i = 0; i < (options.operations ?? DEFAULT_OPERATIONS); i++) {
    const up = world
      .joined()
      .filter((member) => member.isUp && !member.isAsleep && member.init.holds);
    if (up.length > 0) workload.act(random.pick(up));
    await clock.advance(random.between(0, 400));
    if (random.chance(0.08)) await faults.strike();
  }
  await clock.advance(10_000);
  await bringToRest(world);
  if (checks.failures.length === 0) await checkAtRest(world);
  const outcome = await outcomeOf(world);
  await world.stopAll();
  return {
    seed: options.seed,
    failures: [...new Set(checks.failures)],
    outcome,
    machines,
    setting: auto ? 'auto' : '3/2/2',
    virtualSeconds: Math.round(clock.now() / 1000),
    messages: world.network.carried,
    epochsRenewed: checks.epochsRenewed,
    done: workload.done,
    faults: faults.done,
  };
}

async function outcomeOf(world: World): Promise<string> {
  const out: string[] = [];
  for (const { account } of world.fixture.accounts) {
    const [keeper] = keepers(world, account);
    if (keeper === undefined) continue;
    for (const [sortKey, { siblings }] of await itemsOf(account, keeper)) {
      out.push(`${sortKey}: ${world.idsOf(siblings).toSorted().join(' ')}`);
    }
  }
  return out.join('; ');
}
