import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cancel, Clock } from '../../src-main/base/clock.ts';

/**
 * Time that passes only when told to: calls run in the order of (due time, order of scheduling),
 * and between two calls everything that was promised settles. So a run is a pure function of its
 * seed, and a quiet hour costs as much as its timers.
 */
export interface VirtualClock extends Clock {
  /** Virtual milliseconds since the start. */
  now(): number;
  /** Lets `ms` of virtual time pass. */
  advance(ms: number): Promise<void>;
  /** Lets time pass until `condition` holds; false when `maxMs` passed without. */
  advanceUntil(condition: () => boolean, maxMs: number): Promise<boolean>;
  /** Lets time pass until the promise settles (rejects after `maxMs` of virtual time). */
  settle<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
  /** Calls waiting to run. */
  readonly pending: number;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

const START_WALL_MS = 1_700_000_000_000;

export function createVirtualClock(): VirtualClock {
  const heap = createHeap();
  let now = 0;
  let order = 0;
  let driving: Promise<unknown> = Promise.resolve();

  /** Runs the next call if it is due by `until`; false if there is none. */
  async function step(until: number): Promise<boolean> {
    const next = heap.peek();
    if (next === undefined || next.at > until) return false;
    heap.pop();
    if (next.run === undefined) return true;
    now = Math.max(now, next.at);
    next.run();
    await nextTurn();
    return true;
  }
  async function advance(ms: number): Promise<void> {
    const until = now + ms;
    await nextTurn();
    while (await step(until));
    now = until;
  }
  async function advanceUntil(condition: () => boolean, maxMs: number): Promise<boolean> {
    const until = now + maxMs;
    await nextTurn();
    while (!condition()) {
      if (!(await step(until))) {
        now = until;
        return condition();
      }
    }
    return true;
  }
  return {
    wallMs: () => START_WALL_MS + now,
    monotonicMs: () => now,
    now: () => now,
    schedule(delayMs: number, run: () => void): Cancel {
      const entry: Entry = { at: now + Math.max(0, delayMs), order: order++, run };
      heap.push(entry);
      return () => {
        entry.run = undefined;
      };
    },
    advance,
    advanceUntil,
    async settle(promise, maxMs = 600_000) {
      let done = false;
      const watched = promise.finally(() => {
        done = true;
      });
      watched.catch(() => undefined);
      // One at a time drives the clock: two would each take the other's pauses for the end of time.
      const driven = driving.then(() => advanceUntil(() => done, maxMs));
      driving = driven.catch(() => undefined);
      if (!(await driven)) throw new Error(`nothing settled in ${maxMs} virtual ms`);
      return watched;
    },
    get pending() {
      return heap.size();
    },
  };
}

/** A binary heap of entries by (at, order). */
function createHeap() {
  const items: Entry[] = [];
  const before = (a: Entry, b: Entry): boolean => (a.at !== b.at ? a.at < b.at : a.order < b.order);
  const at = (i: number): Entry => items[i] as Entry;
  const swap = (i: number, j: number): void => {
    const one = at(i);
    items[i] = at(j);
    items[j] = one;
  };
  return {
    size: () => items.length,
    peek: (): Entry | undefined => items[0],
    push(entry: Entry): void {
      items.push(entry);
      let i = items.length - 1;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (!before(at(i), at(parent))) return;
        swap(i, parent);
        i = parent;
      }
    },
    pop(): void {
      const last = items.pop();
      if (last === undefined || items.length === 0) return;
      items[0] = last;
      let i = 0;
      for (;;) {
        const left = 2 * i + 1;
        if (left >= items.length) return;
        const right = left + 1;
        const child = right < items.length && before(at(right), at(left)) ? right : left;
        if (!before(at(child), at(i))) return;
        swap(i, child);
        i = child;
      }
    },
  };
}
