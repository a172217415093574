/**
 * Five processes on this machine, N=3 R=2 W=2, 1.5 KB carts, signed, sealed, synced. Sequential and
 * 64-in-flight writes and reads, beside the floors of the same run. One of the five coordinates: of
 * an account that it owns with two others, and of one that three others own, which costs more.
 * V8 compiles for some thirty thousand writes, so these are counted after the start, and warm. All
 * in all fewer than one member takes from another before it slows it down (decision 0511).
 * Machines differ by a factor of two: the same writes through a bare ring stand beside them. One
 * machine does from minute to minute: each round of writes one at a time has its own floors.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBareRing, type BareRing } from './bare-ring.ts';
import { machineCpuSeconds, nowMs, round, type Latencies } from './figures.ts';
import { measureFloors, type Floors } from './floors.ts';
import { measureSignatures, type SignatureCost } from './signature-cost.ts';
import { startWorker, type Worker } from './worker.ts';

/** What the coordinating worker is to do (quorum-peer.ts). */
interface Load {
  readonly count: number;
  readonly inFlight: number;
  readonly prefix: string;
  readonly owner: boolean;
}

const script = new URL('./quorum-peer.ts', import.meta.url);

export async function benchQuorum({ short }: { short: boolean }): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-bench-'));
  const [sequential, parallel] = short ? [200, 1000] : [2000, 8000];
  const workers: Worker[] = [];
  try {
    const few = short ? 200 : 500;
    const floors = await measureFloors(dir, short ? 500 : 2000);
    const bare = await measureBareRing(dir, { sequential: sequential / 2, parallel: parallel / 2 });
    const signatures = measureSignatures(short ? 500 : 2000);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) workers.push(startWorker(script, [join(dir, name), name]));
    const [first, ...others] = workers;
    if (first === undefined) throw new Error('no worker');
    await first.call('found', { n: 3, r: 2, w: 2 });
    for (const other of others) await other.call('join', await first.call<string>('invite'));
    for (const worker of workers) await worker.call('connected', names.length - 1);
    await first.call('accounts');
    const run = (command: 'read' | 'write', load: Load): Promise<Latencies> =>
      first.call<Latencies>(command, load);
    const some = { count: sequential, inFlight: 1, prefix: 's', owner: true };
    const many = { count: parallel, inFlight: 64, prefix: 'p', owner: true };
    await run('write', { ...many, count: short ? 100 : 1000, inFlight: 8, prefix: 'warm' });
    const rounds: Round[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const { echo, fdatasync } = await measureFloors(dir, few);
      const write1 = await run('write', { ...some, prefix: `s${i}-` });
      const ratio = round(write1.p50Ms / (echo.p50Ms + fdatasync.p50Ms));
      rounds.push({ ratio, echoMs: echo.p50Ms, fdatasyncMs: fdatasync.p50Ms, write1 });
    }
    const middle = middleOf(rounds, (one) => one.ratio);
    const cpu = machineCpuSeconds();
    const began = nowMs();
    const write64 = await run('write', many);
    const write64Apart = await run('write', { ...many, owner: false });
    const warm: Latencies[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      warm.push(await run('write', { ...many, prefix: `w${i}-` }));
    }
    const figures: Figures = {
      write1: middle.write1,
      write64,
      write64Apart,
      write64Warm: middleOf(warm, (one) => one.perSecond),
      write64WarmApart: await run('write', { ...many, prefix: 'w', owner: false }),
      read1: await run('read', { ...some, prefix: 's0-' }),
      read64: await run('read', many),
    };
    const busy = (machineCpuSeconds() - cpu) / ((nowMs() - began) / 1000);
    report({
      floors,
      bare,
      signatures,
      rounds,
      ratio: middle.ratio,
      warm: warm.map((one) => one.perSecond),
      figures,
      busyCores: round(busy),
    });
  } finally {
    for (const worker of workers) await worker.end();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Of an odd number the middle one counts. */
const ROUNDS = 3;

function middleOf<T>(all: readonly T[], by: (one: T) => number): T {
  const middle = [...all].sort((a, b) => by(a) - by(b))[(all.length - 1) / 2];
  if (middle === undefined) throw new Error('no rounds');
  return middle;
}

/** Writes one at a time, with the floors of the moment before. */
interface Round {
  readonly ratio: number;
  readonly echoMs: number;
  readonly fdatasyncMs: number;
  readonly write1: Latencies;
}

/** In the order they are shown. */
interface Figures {
  readonly write1: Latencies;
  readonly write64: Latencies;
  readonly write64Apart: Latencies;
  readonly write64Warm: Latencies;
  readonly write64WarmApart: Latencies;
  readonly read1: Latencies;
  readonly read64: Latencies;
}

const NAMES: Record<keyof Figures, string> = {
  write1: 'write, one at a time',
  write64: 'write, 64 in flight, just started',
  write64Apart: '  … of no owner (3 to send to)',
  write64Warm: 'write, 64 in flight, warm',
  write64WarmApart: '  … of no owner (3 to send to)',
  read1: 'read (R=2), one at a time',
  read64: 'read (R=2), 64 in flight',
};

function report(found: {
  readonly floors: Floors;
  readonly bare: BareRing;
  readonly signatures: SignatureCost;
  readonly rounds: readonly Round[];
  readonly ratio: number;
  /** Writes a second with 64 in flight, of each warm round. */
  readonly warm: readonly number[];
  readonly figures: Figures;
  readonly busyCores: number;
}): void {
  const { floors, bare, signatures, rounds, ratio, figures } = found;
  const row = (name: string, { p50Ms, p99Ms, perSecond }: Latencies): void => {
    const cells = [p50Ms, p99Ms, perSecond].map((one, i) => String(one).padStart(i < 2 ? 8 : 9));
    console.log(`${name.padEnd(37)} ${cells.join(' ')}`);
  };
  console.log(`${''.padEnd(37)}   p50 ms   p99 ms  per second`);
  for (const [name, f] of Object.entries(floors)) row(`floor: ${name}`, f as Latencies);
  row('floor: bare ring, one at a time', bare.write1);
  row('floor: bare ring, 64 in flight', bare.write64);
  console.log(`floor: one signature ${signatures.signUs} µs, one check ${signatures.verifyUs} µs`);
  for (const [name, f] of Object.entries(figures))
    row(NAMES[name as keyof Figures], f as Latencies);
  const { perSecond } = figures.write64Warm;
  const bareRatio1 = round(figures.write1.p50Ms / bare.write1.p50Ms);
  const bareRatio64 = round(perSecond / bare.write64.perSecond);
  const each = rounds.map((one) => one.ratio).join(', ');
  console.log(
    `\nsequential write p50 ÷ (echo + fdatasync) = ${ratio} of ${each}   (first mark: ≤ 5)`,
  );
  const each64 = found.warm.join(', ');
  console.log(
    `writes/s with 64 in flight, warm = ${perSecond} of ${each64}   (first mark: ≥ 2,000)`,
  );
  console.log(`sequential write p50 ÷ bare ring's p50 = ${bareRatio1}`);
  console.log(`writes/s with 64 in flight, warm ÷ bare ring's = ${bareRatio64}`);
  console.log(
    '  (STACK.md B9 measured 6,100–8,600/s bare: the mark of 2,000/s is 0.23–0.33 of that machine.)',
  );
  const ratios = { bareRatio1, bareRatio64 };
  console.log(JSON.stringify({ bench: 'quorum', n: 3, r: 2, w: 2, ...found, ...ratios }));
}
