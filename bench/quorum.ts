/**
 * Five processes on this machine, N=3 R=2 W=2, 1.5 KB carts, signed, sealed, synced. Sequential and
 * 64-in-flight writes and reads, beside the floors of the same run. One of the five coordinates: of
 * an account that it owns with two others, and of one that three others own, which costs more.
 * V8 compiles for some forty thousand writes, so these are counted right after the start, and warm.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineCpuSeconds, nowMs, round, type Latencies } from './figures.ts';
import { measureFloors } from './floors.ts';
import { measureSignatures, type SignatureCost } from './signature-cost.ts';

interface Worker {
  call<T>(command: string, argument?: unknown): Promise<T>;
  end(): Promise<void>;
}

/** What the coordinating worker is to do (quorum-peer.ts). */
interface Load {
  readonly count: number;
  readonly inFlight: number;
  readonly prefix: string;
  readonly owner: boolean;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const script = fileURLToPath(new URL('./quorum-peer.ts', import.meta.url));

function startWorker(dir: string, name: string): Worker {
  const child: ChildProcess = fork(script, [dir, name], { serialization: 'advanced' });
  const waiting = new Map<number, (reply: Reply) => void>();
  let next = 1;
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  return {
    call<T>(command: string, argument?: unknown) {
      const id = next++;
      child.send({ id, command, argument });
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, ({ value, error }) => {
          if (error === undefined) resolve(value as T);
          else reject(new Error(`${name}: ${error}`));
        });
      });
    },
    async end() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export async function benchQuorum({ short }: { short: boolean }): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-bench-'));
  const [sequential, parallel] = short ? [200, 1000] : [2000, 20_000];
  const workers: Worker[] = [];
  try {
    const floors = await measureFloors(dir, short ? 500 : 2000);
    const signatures = measureSignatures(short ? 500 : 2000);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) workers.push(startWorker(join(dir, name), name));
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
    const cpu = machineCpuSeconds();
    const began = nowMs();
    const figures = {
      write1: await run('write', some),
      write64: await run('write', many),
      write64Apart: await run('write', { ...many, owner: false }),
      write64Warm: await run('write', { ...many, prefix: 'w' }),
      write64WarmApart: await run('write', { ...many, prefix: 'w', owner: false }),
      read1: await run('read', some),
      read64: await run('read', many),
    };
    const busy = (machineCpuSeconds() - cpu) / ((nowMs() - began) / 1000);
    report({ ...floors }, signatures, figures, busy);
  } finally {
    for (const worker of workers) await worker.end();
    await rm(dir, { recursive: true, force: true });
  }
}

function report(
  floors: Record<string, Latencies>,
  signatures: SignatureCost,
  figures: Record<string, Latencies>,
  busyCores: number,
): void {
  const row = (name: string, f: Latencies): string =>
    `${name.padEnd(34)} ${String(f.p50Ms).padStart(8)} ${String(f.p99Ms).padStart(8)} ${String(f.perSecond).padStart(9)}`;
  console.log(`${''.padEnd(34)}   p50 ms   p99 ms  per second`);
  for (const [name, f] of Object.entries(floors)) console.log(row(`floor: ${name}`, f));
  console.log(`floor: one signature ${signatures.signUs} µs, one check ${signatures.verifyUs} µs`);
  console.log(row('write, one at a time', need(figures['write1'])));
  console.log(row('write, 64 in flight, just started', need(figures['write64'])));
  console.log(row('  … of no owner (3 to send to)', need(figures['write64Apart'])));
  console.log(row('write, 64 in flight, warm', need(figures['write64Warm'])));
  console.log(row('  … of no owner (3 to send to)', need(figures['write64WarmApart'])));
  console.log(row('read (R=2), one at a time', need(figures['read1'])));
  console.log(row('read (R=2), 64 in flight', need(figures['read64'])));
  const floor = need(floors['echo']).p50Ms + need(floors['fdatasync']).p50Ms;
  const ratio = round(need(figures['write1']).p50Ms / floor);
  console.log(`\nsequential write p50 ÷ (echo + fdatasync) = ${ratio}   (first mark: ≤ 5)`);
  console.log(
    `writes/s with 64 in flight, warm = ${need(figures['write64Warm']).perSecond}   (first mark: ≥ 2,000)`,
  );
  const busy = round(busyCores);
  console.log(
    JSON.stringify({
      bench: 'quorum',
      n: 3,
      r: 2,
      w: 2,
      floors,
      signatures,
      figures,
      ratio,
      busyCores: busy,
    }),
  );
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a figure is missing');
  return value;
}
