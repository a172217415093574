/**
 * The floor of a quorum's writes: five bare processes (bare-ring-process.ts), N=3 W=2. What signing,
 * sealing, versions and membership cost is what the ring's own figures are above it. STACK.md B9
 * measured the same thing ("group commit"), with the same noise, on another machine.
 */
import { join } from 'node:path';
import type { Latencies } from './figures.ts';
import { startWorker } from './worker.ts';

export interface BareRing {
  readonly write1: Latencies;
  readonly write64: Latencies;
}

const script = new URL('./bare-ring-process.ts', import.meta.url);

export async function measureBareRing(
  dir: string,
  { sequential, parallel }: { readonly sequential: number; readonly parallel: number },
): Promise<BareRing> {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const workers = names.map((name) => startWorker(script, [join(dir, `bare-${name}`)]));
  try {
    const [first, ...others] = workers;
    if (first === undefined) throw new Error('no worker');
    for (const other of others) await first.call('connect', await other.call('address'));
    const write = (count: number, inFlight: number): Promise<Latencies> =>
      first.call('write', { count, inFlight });
    await write(parallel / 2, 64);
    return { write1: await write(sequential, 1), write64: await write(parallel, 64) };
  } finally {
    for (const worker of workers) await worker.end();
  }
}
