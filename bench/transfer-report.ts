/** What the rounds of the transfer bench come to, all samples of one kind together. */
import { quantile, round } from './figures.ts';
import type { Sample, Steady, Work } from './transfer-peer.ts';

export interface Phase extends Steady {
  readonly ms: number;
  /** Of each process, the sixth last. */
  readonly work: readonly Work[];
  /** Processors that the whole machine used. */
  readonly machineCpu: number;
  /** Until the newcomer was through. */
  readonly movedMs?: number;
  readonly movedItems?: number;
  readonly movedBytes?: number;
}

export type PhaseName = 'joins' | 'calm' | 'burns' | 'takes' | 'gives';
export type Round = Record<Exclude<PhaseName, 'burns'>, Phase> & {
  readonly burns: Phase | undefined;
};

const NAMES: Record<PhaseName, string> = {
  joins: 'a machine starts, joins',
  calm: 'nothing moves',
  burns: '… as much work beside',
  takes: 'it takes over',
  gives: 'it gives back',
};
const WHAT = ['write', 'read'] as const;
/** Of a takeover: from the announcement on, and around the moment in which it ends. */
const BEGINS_MS = 500;
const ENDS_BEFORE_MS = 700;
const PARTS = {
  '  … as it begins': ({ atMs }: Sample) => atMs < BEGINS_MS,
  '  … as it ends': ({ atMs }: Sample, { movedMs = 0 }: Phase) => atMs > movedMs - ENDS_BEFORE_MS,
  '  … in between': ({ atMs }: Sample, { movedMs = 0 }: Phase) =>
    atMs >= BEGINS_MS && atMs <= movedMs - ENDS_BEFORE_MS,
};

interface Figures {
  readonly n: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** The smallest and the largest p99 of one round. */
  readonly p99OfRounds: readonly [number, number];
}

export function reportTransfer(init: {
  readonly items: number;
  readonly perSecond: number;
  readonly rounds: readonly Round[];
}): void {
  const { items, perSecond, rounds } = init;
  const names = (Object.keys(NAMES) as PhaseName[]).filter((one) => phasesOf(rounds, one).length);
  const figures: Partial<Record<PhaseName, ReturnType<typeof figuresOf>>> = {};
  for (const name of names) figures[name] = figuresOf(phasesOf(rounds, name));
  for (const what of WHAT) {
    const head = `\n${what}s, ms`.padEnd(27);
    console.log(`${head}      n    p50    p95    p99  p99.9   p99 of rounds  failed`);
    for (const name of names) {
      const { [what]: one, failed } = figuresOf(phasesOf(rounds, name));
      console.log(`${rowOf(NAMES[name], one)}${padded(failed)}`);
      if (name !== 'takes') continue;
      for (const [part, isIn] of Object.entries(PARTS)) {
        console.log(rowOf(part, pooled(phasesOf(rounds, name), what, isIn)));
      }
    }
  }
  reportWork(rounds, names);
  const taken = phasesOf(rounds, 'takes').map(({ movedMs, movedItems, movedBytes }) => ({
    ...{ seconds: round((movedMs ?? 0) / 1000), items: movedItems, bytes: movedBytes },
  }));
  const [one] = taken;
  const seconds = taken.map((each) => each.seconds).join(', ');
  console.log(`\ntook over ${one?.items} items (${one?.bytes} B), each round in s: ${seconds}`);
  const ratios: Partial<Record<PhaseName, Record<(typeof WHAT)[number], number>>> = {};
  for (const name of names.filter((each) => each !== 'calm')) {
    const of = (what: (typeof WHAT)[number]): number =>
      round((figures[name]?.[what].p99Ms ?? NaN) / (figures.calm?.[what].p99Ms ?? NaN));
    const ratio = { write: of('write'), read: of('read') };
    ratios[name] = ratio;
    const said = `writes ${ratio.write}, reads ${ratio.read}`;
    console.log(`p99 ÷ p99 with nothing moving, ${NAMES[name]}: ${said}`);
  }
  console.log(JSON.stringify({ bench: 'transfer', perSecond, items, figures, ratios, taken }));
}

function rowOf(name: string, one: Figures): string {
  const cells = [one.n, one.p50Ms, one.p95Ms, one.p99Ms, one.p999Ms].map(padded);
  return `${name.padEnd(26)}${cells.join('')}${one.p99OfRounds.join('–').padStart(16)}`;
}

const padded = (value: number): string => String(value).padStart(7);

function phasesOf(rounds: readonly Round[], name: PhaseName): readonly Phase[] {
  return rounds.flatMap((one) => one[name] ?? []);
}

function figuresOf(phases: readonly Phase[]) {
  const failed = phases.flatMap((one) => Object.values(one.failed)).reduce((a, b) => a + b, 0);
  return { write: pooled(phases, 'write'), read: pooled(phases, 'read'), failed };
}

function pooled(
  phases: readonly Phase[],
  what: (typeof WHAT)[number],
  isIn: (sample: Sample, phase: Phase) => boolean = () => true,
): Figures {
  const took = (one: Phase): readonly number[] =>
    one[what].filter((sample) => isIn(sample, one)).map(({ tookMs }) => tookMs);
  const all = phases.flatMap(took);
  const at = (p: number): number => round(quantile(all, p));
  const p99s = phases.map((one) => round(quantile(took(one), 0.99)));
  return {
    ...{ n: all.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), p999Ms: at(0.999) },
    p99OfRounds: [Math.min(...p99s), Math.max(...p99s)],
  };
}

/** Processors in use, by who has people's requests, the other four, and the sixth. */
function reportWork(rounds: readonly Round[], names: readonly PhaseName[]): void {
  const head = 'processors in use'.padEnd(26);
  console.log(
    `\n${head}  first   four  sixth    all machine  event loop late p99 ms: first  others`,
  );
  for (const name of names) {
    const phases = phasesOf(rounds, name);
    const mean = (of: (work: readonly Work[]) => number): number =>
      round(phases.reduce((sum, one) => sum + of(one.work), 0) / phases.length);
    const cpu = (work: readonly Work[]): number => work.reduce((sum, one) => sum + one.cpu, 0);
    const late = (work: readonly Work[]): number => Math.max(...work.map((one) => one.lateP99Ms));
    const cells = [
      mean((work) => cpu(work.slice(0, 1))),
      mean((work) => cpu(work.slice(1, 5))),
      mean((work) => cpu(work.slice(5))),
      mean(cpu),
      round(phases.reduce((sum, one) => sum + one.machineCpu, 0) / phases.length),
    ].map(padded);
    const lates = [mean((work) => late(work.slice(0, 1))), mean((work) => late(work.slice(1, 5)))];
    const [a = '', b = ''] = lates.map(padded);
    console.log(`${NAMES[name].padEnd(26)}${cells.join('')}${a.padStart(30)} ${b}`);
  }
}
