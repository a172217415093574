/**
 * Random simulations from the command line, on Node 24:
 *   node test/sim/run.ts --seeds 1..200 [--kinds ring,apps,apart] [--operations 300] [--width 2]
 *     [--verbose] [--trace] [--first-failure]
 * Prints one line a run and exits with 1 when one failed. `--width` runs so many processes.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ALL_KINDS, replayCommand, runSeed, type Kind } from './seed-run.ts';
import type { SimulationResult } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..20' },
    /** `ring`: floor 4; `apps`: whole peers; `apart`: floor 2 by itself. */
    kinds: { type: 'string', default: ALL_KINDS.join(',') },
    operations: { type: 'string' },
    width: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    'first-failure': { type: 'boolean', default: false },
  },
});
const kinds = ALL_KINDS.filter((kind) => values.kinds.split(',').includes(kind));
const operations = values.operations === undefined ? undefined : Number(values.operations);

function seedsOf(text: string): readonly string[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return text.split(',');
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${Number(from) + i}`);
}

function print(kind: Kind, result: SimulationResult, realMs: number): void {
  const { seed, machines, setting, virtualSeconds, messages, done, faults, failures } = result;
  const rate = Math.round((virtualSeconds * 1000) / realMs);
  console.log(
    `${failures.length === 0 ? 'ok  ' : 'FAIL'} seed ${seed}: ${machines} machines, ${setting}, ` +
      `${virtualSeconds} virtual s (${rate} a second), ${messages} messages` +
      (result.epochsRenewed > 0 ? `, ${result.epochsRenewed} epochs renewed` : ''),
  );
  if (values.verbose || failures.length > 0)
    console.log(`     ${JSON.stringify({ done, faults })}`);
  for (const failure of failures.slice(0, 20)) console.log(`     ${failure}`);
  if (failures.length > 0)
    console.log(
      `     again: ${replayCommand(kind, { seed, ...(operations !== undefined && { operations }) })}`,
    );
}

/** True when it holds. */
async function runOne(kind: Kind, seed: string): Promise<boolean> {
  const started = performance.now();
  const log = values.trace ? (line: string): void => console.log(line) : undefined;
  const options = { ...(operations !== undefined && { operations }), ...(log && { log }) };
  try {
    const result = await runSeed(kind, { seed, ...options });
    print(kind, result, performance.now() - started);
    return result.failures.length === 0;
  } catch (error) {
    console.log(`FAIL seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    console.log(`     again: ${replayCommand(kind, { seed, ...options })}`);
    return false;
  }
}

/** How many failed. */
async function runAll(seeds: readonly string[]): Promise<number> {
  let failed = 0;
  for (const seed of seeds) {
    for (const kind of kinds) {
      if (failed > 0 && values['first-failure']) return failed;
      if (!(await runOne(kind, seed))) failed++;
    }
  }
  return failed;
}

/** Each process takes every so many-th seed. */
async function runApart(seeds: readonly string[], width: number): Promise<number> {
  const ends = Array.from({ length: width }, async (_, i) => {
    const own = seeds.filter((_seed, at) => at % width === i);
    const args = ['--seeds', own.join(','), '--kinds', values.kinds];
    if (values.operations !== undefined) args.push('--operations', values.operations);
    for (const flag of ['trace', 'verbose', 'first-failure'] as const) {
      if (values[flag]) args.push(`--${flag}`);
    }
    const options = [...process.execArgv, import.meta.filename, ...args];
    const child = spawn(process.execPath, options, { stdio: 'inherit' });
    return new Promise<number>((resolve) => {
      child.on('close', (code) => {
        resolve(code ?? 1);
      });
    });
  });
  return (await Promise.all(ends)).filter((code) => code !== 0).length;
}

const width = Number(values.width);
const seeds = seedsOf(values.seeds);
const failed = await (width > 1 ? runApart(seeds, width) : runAll(seeds));
if (seeds.length > 1 && width === 1) console.log(`${seeds.length} seeds, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
