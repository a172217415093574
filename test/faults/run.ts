/**
 * Faults with real processes in network namespaces, from a seed (needs Linux and root):
 *   npm run faults -- --minutes 10 --seed 1 [--quiet]
 * The history is judged by the simulation's checkers. Exits with 1 when something did not hold, and
 * then keeps logs, data folders, the story and the history.
 */
import { parseArgs } from 'node:util';
import { whyNoLab } from '../e2e/support/network-lab.ts';
import { runFaults } from './fault-run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    /** Without the story as it happens. */
    quiet: { type: 'boolean', default: false },
  },
});
const reason = whyNoLab();
if (reason !== undefined) {
  console.error(reason);
  process.exit(2);
}
const result = await runFaults({
  seed: values.seed,
  seconds: Number(values.minutes) * 60,
  ...(!values.quiet && { print: (line: string) => console.log(line) }),
});
const { failures, done, faults, calls, restSeconds, dir } = result;
console.log(JSON.stringify({ done, faults }));
console.log(
  `seed ${values.seed}, ${values.minutes} minutes: ${calls} calls, at rest after ` +
    `${restSeconds?.toFixed(1) ?? '?'} s, ${failures.length} failures`,
);
for (const failure of failures.slice(0, 30)) console.log(`  ${failure}`);
if (failures.length > 0) console.log(`kept: ${dir}`);
process.exit(failures.length === 0 ? 0 : 1);
