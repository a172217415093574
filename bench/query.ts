/**
 * A ring of three peers in processes of their own, N=3 R=2 W=2, and 100,000 items in one account:
 * what the first page of a query (100 items, sealed values opened, merged over two owners) costs
 * beside one point read of two owners, through the app's own methods. `--short`: 10,000 items.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round } from './figures.ts';
import type { QueryRow } from './query-peer.ts';
import { startWorker, type Worker } from './worker.ts';

const MARK_MS = 20;
const NAMES = ['a', 'b', 'c'];
const script = new URL('./query-peer.ts', import.meta.url);

export async function benchQuery({ short }: { short: boolean }): Promise<void> {
  const items = short ? 10_000 : 100_000;
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-bench-'));
  const workers: Worker[] = [];
  try {
    for (const name of NAMES) workers.push(startWorker(script, [join(dir, name), name]));
    const [first, ...others] = workers;
    if (first === undefined) throw new Error('no worker');
    await first.call('found', { n: 3, r: 2, w: 2 });
    for (const other of others) await other.call('join', await first.call<string>('invite'));
    for (const worker of workers) await worker.call('connected', NAMES.length - 1);
    const filled = await first.call<number>('fill', items);
    await first.call('placed');
    console.log(`${items} items of one account on three peers in ${filled} s`);
    report(items, await first.call<readonly QueryRow[]>('measure', items));
  } finally {
    for (const worker of workers) await worker.end();
    await rm(dir, { recursive: true, force: true });
  }
}

function report(items: number, rows: readonly QueryRow[]): void {
  console.table(rows);
  const of = (what: string): number => rows.find((row) => row.what === what)?.p50Ms ?? Number.NaN;
  const more = (what: string): number => round(of(what) - of('point read'));
  const moreMs = more('first page of all');
  const moreOfRangeMs = more('first page of a range');
  const held = Math.max(moreMs, moreOfRangeMs) < MARK_MS ? 'within' : 'OVER';
  console.log(
    `a first page is ${moreMs} ms more than a point read, of a range ${moreOfRangeMs} ms` +
      `   (mark: < ${MARK_MS} ms: ${held})`,
  );
  const found = { peers: NAMES.length, n: 3, r: 2, w: 2, items, rows, moreMs, moreOfRangeMs };
  console.log(JSON.stringify({ bench: 'query', ...found, markMs: MARK_MS }));
}
