/**
 * Five processes (N=3 R=2 W=2) and people at one of them, with 50 writes and 50 reads a second:
 * what these take while a sixth machine takes over what becomes its own, beside what they take
 * while it is there and nothing moves (DESIGN: what moves stands back for people's requests). In
 * rounds, with another sixth machine each: it joins, keeping nothing; nothing moves; it takes over;
 * it gives back. The samples of all rounds are looked at together: one takeover has too few for a
 * p99. The sixth process has the lowest priority: what it does itself it would do on its own, what
 * it asks of the others it asks all the same. The long run has one more turn in each round, in
 * which it uses as much of a processor as for a takeover, for nothing: what of it is only that.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineCpuSeconds, nowMs, type Latencies } from './figures.ts';
import type { Steady, Work } from './transfer-peer.ts';
import { reportTransfer, type Phase, type PhaseName, type Round } from './transfer-report.ts';
import { startWorker, type Worker } from './worker.ts';

/** Writes, and as many reads. */
const PER_SECOND = 50;
const ACCOUNTS = 40;
/** A look costs the one asked some work of its own: only the newcomer is asked, and seldom. */
const LOOK_MS = 500;
/** After the newcomer is through: the others hear of it, and their lists change. */
const SETTLED_MS = 1000;
const LIMIT_MS = 180_000;
/** Writes with nothing moving and while it takes over, each: then there are rounds enough. */
const SHORT = { items: 6000, enough: 1500, control: false };
const LONG = { items: 20_000, enough: 3000, control: true };
const MIN_ROUNDS = 3;

const script = new URL('./transfer-peer.ts', import.meta.url);

export async function benchTransfer({ short }: { short: boolean }): Promise<void> {
  const { items, enough, control } = short ? SHORT : LONG;
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
    await untilMoved(first);
    const { perSecond } = await first.call<Latencies>('fill', { items, inAccounts: ACCOUNTS });
    console.log(`${items} items in ${ACCOUNTS} accounts at ${perSecond} a second`);
    const sixth = createSixth(first, dir, () => start('f', 0));
    const bench = { first, sixth, workers, control };
    // V8 has what it needs, and what the filling left behind is done.
    let last = await oneRound({ ...bench, calmMs: 3000, burn: 0 });
    const rounds: Round[] = [];
    const isEnough = (name: PhaseName): boolean =>
      rounds.reduce((sum, one) => sum + (one[name]?.write.length ?? 0), 0) >= enough;
    while (rounds.length < MIN_ROUNDS || !isEnough('calm') || !isEnough('takes')) {
      const burn = last.takes.work.at(-1)?.cpu ?? 0;
      last = await oneRound({ ...bench, calmMs: last.takes.ms, burn });
      rounds.push(last);
    }
    reportTransfer({ items, perSecond: PER_SECOND, rounds });
  } finally {
    for (const worker of workers) await worker.end();
    await rm(dir, { recursive: true, force: true });
  }
}

/** One process that is a new machine each time. */
interface Sixth {
  readonly worker: Worker;
  join(): Promise<void>;
  /** It is gone for good. It keeps nothing by then, so nothing moves for that. */
  retire(): Promise<void>;
}

function createSixth(first: Worker, dir: string, start: () => Worker): Sixth {
  let worker: Worker | undefined;
  let machines = 0;
  const started = (): Worker => worker ?? (worker = start());
  return {
    get worker() {
      return started();
    },
    async join() {
      const link = await first.call<string>('invite');
      if (machines++ > 0) await started().call('anew', join(dir, `f${machines}`));
      await started().call('ready');
      started().standBack();
      await started().call('join', link);
      await started().call('connected', 5);
    },
    async retire() {
      await first.call('retire', await started().call<string>('peerId'));
    },
  };
}

interface Transfer {
  readonly items?: { readonly done: number; readonly total: number };
  readonly bytes?: { readonly done: number; readonly total: number };
}

interface Bench {
  readonly first: Worker;
  readonly sixth: Sixth;
  readonly workers: readonly Worker[];
  readonly control: boolean;
}

async function oneRound(init: Bench & { calmMs: number; burn: number }): Promise<Round> {
  const { sixth, calmMs, burn, control } = init;
  const phase = (work: () => Promise<Partial<Phase>>): Promise<Phase> => phaseOf(init, work);
  const still = async (): Promise<Partial<Phase>> => {
    await pause(calmMs);
    return {};
  };
  const joins = await phase(async () => {
    await sixth.join();
    return {};
  });
  await pause(SETTLED_MS);
  const calm = await phase(still);
  let burns: Phase | undefined;
  if (control && burn > 0) {
    await sixth.worker.call('burn', burn);
    burns = await phase(still);
    await sixth.worker.call('burn', 0);
  }
  const takes = await phase(() => moved(sixth.worker, 1));
  const gives = await phase(() => moved(sixth.worker, 0));
  await sixth.retire();
  return { joins, calm, burns, takes, gives };
}

/** What people's requests and the processes took while something else was done. */
async function phaseOf(
  { first, workers }: Bench,
  work: () => Promise<Partial<Phase>>,
): Promise<Phase> {
  for (const worker of workers) await worker.call('work');
  const began = nowMs();
  const cpuBegan = machineCpuSeconds();
  await first.call('begin', PER_SECOND);
  const found = await work();
  const steady = await first.call<Steady>('end');
  const ms = nowMs() - began;
  const machineCpu = ((machineCpuSeconds() - cpuBegan) / ms) * 1000;
  const each: Work[] = [];
  for (const worker of workers) each.push(await worker.call<Work>('work'));
  return { ...steady, work: each, machineCpu, ms, ...found };
}

/** From when it wants another share until it has it, and the others have heard of it. */
async function moved(sixth: Worker, share: number): Promise<Partial<Phase>> {
  const began = nowMs();
  await sixth.call('keep', share);
  const seen = await untilMoved(sixth);
  const movedMs = nowMs() - began;
  await pause(SETTLED_MS);
  return { ...seen, movedMs };
}

/** Until it knows of no transfer any more; what it took over by then. */
async function untilMoved(at: Worker): Promise<{ movedItems: number; movedBytes: number }> {
  const began = nowMs();
  const seen = { movedItems: 0, movedBytes: 0 };
  for (;;) {
    if (nowMs() - began > LIMIT_MS) throw new Error('the transfer does not end');
    await pause(LOOK_MS);
    const transfers = await at.call<readonly Transfer[]>('transfers');
    for (const { items, bytes } of transfers) {
      seen.movedItems = Math.max(seen.movedItems, items?.done ?? 0);
      seen.movedBytes = Math.max(seen.movedBytes, bytes?.done ?? 0);
    }
    if (transfers.length === 0) return seen;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
