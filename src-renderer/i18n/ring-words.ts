/** Plans, moves and settings of the ring in words. Pure. */
import type { PlanView, TransferView } from '../wall.ts';
import type { Messages } from './en.ts';
import type { Formats } from './format.ts';

type Words = Messages['ring'];

interface Machine {
  readonly peerId: string;
  readonly name: string;
}
/** A machine without a name by the end of its id. */
export const machineName = ({ peerId, name }: Machine): string =>
  name === '' ? `…${peerId.slice(-6)}` : name;

export interface PlanWords {
  readonly copies: string;
  /** The copies become fewer: said with care. */
  readonly less: boolean;
  readonly moves: readonly string[];
  readonly shares: readonly {
    readonly peerId: string;
    readonly before: number;
    readonly after: number;
    readonly text: string;
  }[];
}

/** Moves and machines named one by one; the rest is counted. */
const MOST = 6;

export function planWords(plan: PlanView, t: Words['plan'], formats: Formats): PlanWords {
  const { before, after, moves, shares } = plan;
  const told = moves.slice(0, MOST).map(({ to, from, accounts, bytes }) => {
    const what = t.what(accounts, formats.bytes(bytes));
    return from === undefined
      ? t.gets(machineName(to), what)
      : t.takes(machineName(to), what, machineName(from));
  });
  const changed = shares.filter((one) => Math.abs(one.before - one.after) >= 0.005);
  return {
    copies:
      after.n === before.n
        ? t.same(after.n)
        : (after.n < before.n ? t.fewer : t.grows)(before.n, after.n),
    less: after.n < before.n,
    moves: [
      ...(moves.length === 0 ? [t.nothing] : told),
      ...(moves.length > MOST ? [t.more(moves.length - MOST)] : []),
    ],
    shares: changed
      .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
      .slice(0, MOST)
      .map(({ before: was, after: then, ...machine }) => ({
        ...{ peerId: machine.peerId, before: was, after: then },
        text: t.shareOf(machineName(machine), formats.percent(was), formats.percent(then)),
      })),
  };
}

export interface MoveWords {
  readonly title: string;
  readonly text: string;
  /** 0–1; undefined: it is known to others only. */
  readonly part: number | undefined;
}

/** @param own this machine: it knows how far what it takes or gives is. */
export function moveWords(
  { kind, change, to, state, partitions, bytes }: TransferView,
  own: string,
  t: Words['moves'],
  formats: Formats,
): MoveWords {
  const who = machineName(change ?? to);
  const same = change === undefined || change.peerId === to.peerId;
  const isKnown = to.peerId === own || change?.peerId === own || partitions.done > 0;
  const [done, total] = [partitions.done, partitions.total].map(formats.number) as [string, string];
  const parts = t.parts(done, total);
  const size =
    bytes === undefined || bytes.total === 0
      ? parts
      : t.bytes(parts, formats.bytes(bytes.done), formats.bytes(bytes.total));
  const far = { waiting: t.waits, moving: isKnown ? size : t.elsewhere, done: t.done }[state];
  return {
    title: t[kind](who),
    text: same ? far : `${t.takes(machineName(to))}: ${far}`,
    part: isKnown && partitions.total > 0 ? partitions.done / partitions.total : undefined,
  };
}

export interface Counts {
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** Everybody keeps everything, and reads its own. */
  readonly readsOwn: boolean;
}

/** What copies and answers mean for people. */
export function keepingWords({ n, r, w, readsOwn }: Counts, t: Words['keeping']): string[] {
  const reads = r + w > n ? t.readsSure(r) : t.readsLoose(r);
  return [t.loss(n), t.writes(w), t.away(w), readsOwn ? t.readsOwn : reads];
}

/** A share of the ring as one of the choices, or as a number. */
export function shareWords(capacity: number, t: Words['seat'], formats: Formats): string {
  const known = SHARES.find((one) => one.capacity === capacity);
  return known === undefined ? t.set(formats.number(capacity)) : t.shares[known.name];
}

export const SHARES = [
  { name: 'none', capacity: 0 },
  { name: 'half', capacity: 0.5 },
  { name: 'normal', capacity: 1 },
  { name: 'double', capacity: 2 },
  { name: 'four', capacity: 4 },
] as const;
