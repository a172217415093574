/** Everything that a seed stands for: a ring of floor 4, one of whole peers, devices apart. */
import { simulateApart } from './apart-worlds.ts';
import { simulateApps } from './app-simulation.ts';
import { simulate, type SimulationOptions, type SimulationResult } from './simulation.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of so many seeds, one is run again with other wall clocks. */
const CLOCKS_EVERY = 10;

const KINDS = { ring: simulate, apps: simulateApps, apart: simulateApart } as const;
export type Kind = keyof typeof KINDS;
export const ALL_KINDS = Object.keys(KINDS) as readonly Kind[];

/** Each machine's clock is wrong in its own way, some by years. */
const wrong = (machine: number): number =>
  [-400 * DAY_MS, 3 * HOUR_MS, 90 * DAY_MS][machine % 3] ?? 0;

/** One run, and for one seed of ten another with other wall clocks (invariant 7). */
export async function runSeed(kind: Kind, options: SimulationOptions): Promise<SimulationResult> {
  const run = KINDS[kind];
  const result = await run(options);
  if (Number(options.seed) % CLOCKS_EVERY !== 0 || result.failures.length > 0) return result;
  const { outcome, failures } = await run({ ...options, wallOffsetMs: wrong });
  if (failures.length > 0) {
    return { ...result, failures: failures.map((what) => `with other clocks: ${what}`) };
  }
  if (outcome === result.outcome) return result;
  const what = `invariant 7 (no outcome depends on a clock): ${result.outcome} became ${outcome}`;
  return { ...result, failures: [what] };
}

/** How to see a failing run again, step by step. */
export function replayCommand(
  kind: Kind,
  { seed, operations }: Pick<SimulationOptions, 'seed' | 'operations'>,
): string {
  const count = operations === undefined ? '' : ` --operations ${operations}`;
  // Through npm, which brings the Node that can run it.
  return `npm run sim -- --kinds ${kind} --seeds ${seed}${count} --trace`;
}
