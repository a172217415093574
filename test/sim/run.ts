/**
 * Random simulations from the command line, on Node 24:
 *   node test/sim/run.ts --seeds 1..200 [--operations 300] [--width 2] [--verbose] [--trace]
 *     [--first-failure]
 * Prints one line a run and exits with 1 when one failed. `--width` runs so many processes.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { replayCommand, simulate, type SimulationResult } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..20' },
    operations: { type: 'string', default: '300' },
    width: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    'first-failure': { type: 'boolean', default: false },
  },
});
const operations = Number(values.operations);

function seedsOf(text: string): readonly string[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return text.split(',');
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${Number(from) + i}`);
}

function print(result: SimulationResult, realMs: number): void {
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
  if (failures.length > 0) console.log(`     again: ${replayCommand({ seed, operations })}`);
}

/** How many failed. */
async function runAll(seeds: readonly string[]): Promise<number> {
  let failed = 0;
  for (const seed of seeds) {
    if (failed > 0 && values['first-failure']) break;
    const started = performance.now();
    const log = values.trace ? (line: string): void => console.log(line) : undefined;
    try {
      const result = await simulate({ seed, operations, ...(log !== undefined && { log }) });
      print(result, performance.now() - started);
      if (result.failures.length > 0) failed++;
    } catch (error) {
      failed++;
      console.log(`FAIL seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      console.log(`     again: ${replayCommand({ seed, operations })}`);
    }
  }
  return failed;
}

/** Each process takes every so many-th seed. */
async function runApart(seeds: readonly string[], width: number): Promise<number> {
  const ends = Array.from({ length: width }, async (_, i) => {
    const own = seeds.filter((_seed, at) => at % width === i);
    const args = ['--seeds', own.join(','), '--operations', values.operations];
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
