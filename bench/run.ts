/** `npm run bench -- NAME [--short]`: runs one benchmark; it prints a table and one JSON line. */
import { benchAntiEntropy } from './anti-entropy.ts';
import { benchComingAndGoing } from './coming-and-going.ts';
import { benchPage } from './page.ts';
import { benchQuery } from './query.ts';
import { benchQuorum } from './quorum.ts';
import { benchScale } from './scale.ts';
import { benchTransfer } from './transfer.ts';

const [name, ...flags] = process.argv.slice(2);
const benches: Record<string, (options: { short: boolean }) => Promise<void>> = {
  'anti-entropy': benchAntiEntropy,
  'coming-and-going': benchComingAndGoing,
  page: benchPage,
  query: benchQuery,
  quorum: benchQuorum,
  scale: benchScale,
  transfer: benchTransfer,
};
const bench = benches[name ?? ''];
if (bench === undefined) {
  console.error(`Which? npm run bench -- ${Object.keys(benches).join(' | ')} [--short]`);
  process.exit(2);
}
await bench({ short: flags.includes('--short') });
process.exit(0);
