/**
 * Five processes with 20,000 items of 1.5 KB (N=3 R=2 W=2) and people at one of them, with 50
 * writes and 50 reads a second: what these take before, while and after a sixth machine takes over
 * what becomes its own (DESIGN: what moves stands back for people's requests); and, for what a
 * sixth process on the same processors takes by itself, while it starts and joins, keeping nothing.
 * It has the lowest priority: what it does itself it would do on its own, what it asks of the
 * others it asks all the same.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nowMs, round, type Latencies } from './figures.ts';
import type { Steady } from './transfer-peer.ts';
import { startWorker, type Worker } from './worker.ts';

/** Writes, and as many reads. */
const PER_SECOND = 50;
const ACCOUNTS = 40;
/** A look costs the one asked some work of its own. */
const LOOK_MS = 500;
const LIMIT_MS = 180_000;

const script = new URL('./transfer-peer.ts', import.meta.url);

interface Moved {
  readonly during: Steady;
  readonly transferMs: number;
  readonly movedItems: number;
  readonly movedBytes: number;
}

interface Transfer {
  readonly items?: { readonly done: number; readonly total: number };
  readonly bytes?: { readonly done: number; readonly total: number };
}

export async function benchTransfer({ short }: { short: boolean }): Promise<void> {
  const [items, calmMs] = short ? [4000, 5000] : [20_000, 15_000];
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-bench-'));
  const workers: Worker[] = [];
  const start = (name: string, capacity = 1): Worker => {
    const worker = startWorker(script, [join(dir, name), name, String(capacity)]);
    workers.push(worker);
    return worker;
  };
  try {
    const first = start('a');
    await first.call('found', { n: 3, r: 2, w: 2 });
    for (const name of ['b', 'c', 'd', 'e']) {
      await start(name).call('join', await first.call<string>('invite'));
    }
    for (const worker of workers) await worker.call('connected', 4);
    await untilMoved([first]);
    const { perSecond } = await first.call<Latencies>('fill', { items, inAccounts: ACCOUNTS });
    console.log(`${items} items in ${ACCOUNTS} accounts at ${perSecond} a second`);
    // V8 has what it needs, and what the filling left behind is done.
    await steadily(first, calmMs / 3);
    const before = await steadily(first, calmMs);
    const [joining, newcomer] = await joined(first, () => start('f', 0), calmMs);
    const moved = await movedTo(first, newcomer);
    const after = await steadily(first, calmMs);
    report(items, { before, joining, moved, after });
  } finally {
    for (const worker of workers) await worker.end();
    await rm(dir, { recursive: true, force: true });
  }
}

async function steadily(at: Worker, ms: number): Promise<Steady> {
  await at.call('begin', PER_SECOND);
  await pause(ms);
  return at.call<Steady>('end');
}

/** A machine starts and joins that keeps nothing: for so long, or until it has joined. */
async function joined(
  at: Worker,
  start: () => Worker,
  ms: number,
): Promise<readonly [Steady, Worker]> {
  const link = await at.call<string>('invite');
  await at.call('begin', PER_SECOND);
  const rest = pause(ms);
  const newcomer = start();
  await newcomer.call('ready');
  newcomer.standBack();
  await newcomer.call('join', link);
  await newcomer.call('connected', 5);
  await rest;
  return [await at.call<Steady>('end'), newcomer];
}

/** From when it wants its share until nobody takes anything over any more. */
async function movedTo(at: Worker, newcomer: Worker): Promise<Moved> {
  await at.call('begin', PER_SECOND);
  const began = nowMs();
  await newcomer.call('keep', 1);
  const seen = { movedItems: 0, movedBytes: 0 };
  await untilMoved([at, newcomer], (transfers) => {
    for (const { items, bytes } of transfers) {
      seen.movedItems = Math.max(seen.movedItems, items?.done ?? 0);
      seen.movedBytes = Math.max(seen.movedBytes, bytes?.done ?? 0);
    }
  });
  const transferMs = nowMs() - began;
  return { during: await at.call<Steady>('end'), transferMs, ...seen };
}

/** Until none of them knows of a transfer any more; `look` is given what the last one knows. */
async function untilMoved(
  all: readonly Worker[],
  look: (transfers: readonly Transfer[]) => void = () => undefined,
): Promise<void> {
  const began = nowMs();
  for (let quiet = 0; quiet < 3;) {
    if (nowMs() - began > LIMIT_MS) throw new Error('the transfer does not end');
    await pause(LOOK_MS);
    const each = await Promise.all(all.map((one) => one.call<readonly Transfer[]>('transfers')));
    look(each.at(-1) ?? []);
    quiet = each.every((transfers) => transfers.length === 0) ? quiet + 1 : 0;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Phases {
  readonly before: Steady;
  readonly joining: Steady;
  readonly moved: Moved;
  readonly after: Steady;
}

function report(items: number, { before, joining, moved, after }: Phases): void {
  const { during, transferMs, movedItems, movedBytes } = moved;
  console.log(`\n${''.padEnd(26)} write p50 ms    p99    read p50 ms    p99   failed`);
  const phases = { before, 'a machine starts, joins': joining, 'it takes over': during, after };
  for (const [name, one] of Object.entries(phases)) {
    const { write, read, failed } = one;
    const failures = Object.values(failed).reduce((sum, n) => sum + n, 0);
    const cells = [write.p50Ms, write.p99Ms, read.p50Ms, read.p99Ms, failures];
    const widths = [12, 7, 14, 7, 8];
    const row = cells.map((cell, i) => String(cell).padStart(widths[i] ?? 0)).join('');
    console.log(`${name.padEnd(26)} ${row}`);
  }
  const seconds = round(transferMs / 1000);
  console.log(`\na sixth machine took over ${movedItems} items (${movedBytes} B) in ${seconds} s`);
  const calm = (what: 'write' | 'read'): number => (before[what].p99Ms + after[what].p99Ms) / 2;
  const ratio = (one: Steady, what: 'write' | 'read'): number =>
    round(one[what].p99Ms / calm(what));
  const [writeRatio, readRatio] = [ratio(during, 'write'), ratio(during, 'read')];
  const joinRatios = `writes ${ratio(joining, 'write')}, reads ${ratio(joining, 'read')}`;
  console.log(`p99 ÷ p99 before and after, while it starts and joins: ${joinRatios}`);
  console.log(`  … while it takes over: writes ${writeRatio}, reads ${readRatio}`);
  const figures = { before, joining, ...moved, after, writeRatio, readRatio };
  console.log(JSON.stringify({ bench: 'transfer', perSecond: PER_SECOND, items, ...figures }));
}
