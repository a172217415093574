/**
 * One own write on its way: who has it, who is being sent it, who waits for it. Bookkeeping only;
 * outbox-delivery.ts does the sending.
 */
import type { Cancel } from '../base/clock.ts';
import {
  ackWrite,
  createWriteQuorum,
  hintAsked,
  ownerSilent,
  reached,
  type WriteGoal,
  type WriteQuorum,
  type WriteState,
} from '../domain/quorum.ts';
import type { ItemKey, PeerId } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { OutboxEntry } from '../storage/item-store.ts';
import type { FillMarks } from './fill-marks.ts';
import type { RingView } from './ring-view.ts';

type Unfilled = Pick<FillMarks, 'isUnfilled'>;

export interface LaunchOptions {
  /** How many copies make it safe. @default the ring's w */
  readonly w?: number | undefined;
  /** Only what owners take under the same list counts. @default false */
  readonly strict?: boolean;
}

export interface Flight {
  readonly entry: OutboxEntry;
  /** How many copies make it safe, where the caller asked for other than the ring's w. */
  readonly w: number | undefined;
  /** Counts only what owners took under the same list (DESIGN §2 Writes, `strict`). */
  strict: boolean;
  /** At hand for the first round; later rounds read it from the store again. */
  version: SignedVersion | undefined;
  quorum: WriteQuorum;
  /** Members being sent it now. */
  readonly busy: Set<PeerId>;
  /** Members that may have it although they never said so: a request to them went out. */
  readonly tried: Set<PeerId>;
  /** Members that refused it, and until when they are not asked again (monotonic ms). */
  readonly refusedUntil: Map<PeerId, number>;
  /** Rounds so far without reaching `complete`. */
  rounds: number;
  nextMs: number;
  /** Copies known when somebody was last told. */
  toldCopies: number;
  readonly waiters: Set<Waiter>;
  /** Ends the watch over owners that are slow to answer. */
  stopWatching: Cancel;
  /** What it was issued again as (EpochGuard), or 'gone' when a later version took its place. */
  fate: Flight | 'gone' | undefined;
}

interface Waiter {
  readonly state: WriteState;
  /** Also ends when nothing more is under way. */
  readonly idleEnds: boolean;
  readonly resolve: () => void;
}

export function createFlight(
  entry: OutboxEntry,
  version: SignedVersion | undefined,
  options: Omit<LaunchOptions, 'strict'> & { readonly goal: WriteGoal },
): Flight {
  return {
    entry,
    w: options.w,
    strict: options.goal.strict ?? false,
    version,
    quorum: createWriteQuorum(options.goal),
    busy: new Set(),
    tried: new Set(),
    refusedUntil: new Map(),
    rounds: 0,
    nextMs: 0,
    toldCopies: 0,
    waiters: new Set(),
    stopWatching: () => undefined,
    fate: undefined,
  };
}

/** Who has to have a write of this item, by the lists as they are now. */
export function goalOf(
  { view, fillMarks }: { readonly view: RingView; readonly fillMarks: Unfilled },
  key: ItemKey,
  options: LaunchOptions,
): WriteGoal {
  const { partition, owners, pending, n, w: usual } = view.listOf(key.partitionKey);
  const { w = usual, strict = false } = options;
  const incoming = pending.map((change) => change.incoming);
  const writerLacks = fillMarks.isUnfilled(partition);
  return { owners, pending: incoming, w: Math.min(w, n), writer: view.self, strict, writerLacks };
}

/** The last of what the flight became: itself, or what was issued in its place. */
export function lastOf(flight: Flight): Flight {
  let last = flight;
  while (last.fate !== undefined && last.fate !== 'gone') last = last.fate;
  return last;
}

/** The same answers counted for a list that changed meanwhile. */
export function rebase(flight: Flight, goal: WriteGoal): void {
  const { quorum } = flight;
  if (sameGoal(quorum.goal, goal)) return;
  let next = createWriteQuorum(goal);
  for (const peer of quorum.held) next = ackWrite(next, peer, { loose: quorum.loose.has(peer) });
  for (const owner of quorum.silent) next = ownerSilent(next, owner);
  for (const [owner, fallback] of quorum.hints) {
    if (goal.owners.includes(owner)) next = hintAsked(next, owner, fallback);
  }
  flight.quorum = next;
}

function sameGoal(a: WriteGoal, b: WriteGoal): boolean {
  return (
    a.w === b.w &&
    a.strict === b.strict &&
    a.writerLacks === b.writerLacks &&
    sameLists([a.owners, ...(a.pending ?? [])], [b.owners, ...(b.pending ?? [])])
  );
}

function sameLists(a: readonly (readonly PeerId[])[], b: readonly (readonly PeerId[])[]): boolean {
  return (
    a.length === b.length &&
    a.every((list, i) => list.length === b[i]?.length && list.every((p, j) => p === b[i]?.[j]))
  );
}

/** Lets everybody go whose state is reached, or who waits no longer than something is under way. */
export function wake(flight: Flight): void {
  const idle = flight.busy.size === 0;
  for (const waiter of [...flight.waiters]) {
    const enough = reached(flight.quorum, waiter.state) || flight.fate === 'gone';
    if (!enough && !(idle && waiter.idleEnds)) continue;
    flight.waiters.delete(waiter);
    waiter.resolve();
  }
}

/** Resolves when the state is reached, or (with `idleEnds`) nothing more is under way. */
export function awaitState(
  flight: Flight,
  wanted: { readonly state: WriteState; readonly idleEnds: boolean },
): { readonly reached: Promise<void>; readonly stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiter: Waiter = { ...wanted, resolve };
  const target = lastOf(flight);
  target.waiters.add(waiter);
  wake(target);
  return {
    reached: promise,
    stop: () => {
      lastOf(flight).waiters.delete(waiter);
    },
  };
}

/** The flight ends here and goes on as `next`; who waited waits for that. */
export function handOver(flight: Flight, next: Flight): void {
  flight.fate = next;
  for (const waiter of flight.waiters) next.waiters.add(waiter);
  flight.waiters.clear();
}

/** Its next round comes soon, also with who refused it. */
export function askAgain(flight: Flight): void {
  flight.nextMs = 0;
  flight.refusedUntil.clear();
}
