/**
 * Random simulations from the command line, on Node 24:
 *   node test/sim/run.ts --seeds 1..200 [--operations 300] [--verbose] [--log]
 *     [--first-failure]
 * Prints one line a run and exits with 1 when one failed.
 */
import { parseArgs } from 'node:util';
import { replayCommand, simulate, type SimulationResult } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..20' },
    operations: { type: 'string', default: '300' },
    log: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    'first-failure': { type: 'boolean', default: false },
  },
});

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
  if (failures.length > 0) console.log(`     again: ${replayCommand(result)}`);
}

let failed = 0;
for (const seed of seedsOf(values.seeds)) {
  if (failed > 0 && values['first-failure']) break;
  const started = performance.now();
  const log = values.log ? (line: string): void => console.log(line) : undefined;
  const operations = Number(values.operations);
  try {
    const result = await simulate({ seed, operations, ...(log !== undefined && { log }) });
    print(result, performance.now() - started);
    if (result.failures.length > 0) failed++;
  } catch (error) {
    failed++;
    console.log(`FAIL seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    console.log(`     again: node test/sim/run.ts --seeds ${seed} --log`);
  }
}
process.exit(failed === 0 ? 0 : 1);
