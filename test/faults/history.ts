/** All that was done to a ring of real processes, and what came of it, with times. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { idsOf } from '../sim/item-app-activities.ts';
import type { Ledger } from '../sim/ledger.ts';
import type { ItemView } from '../../src-main/app/views.ts';

/** One call of a machine's API. */
export interface Call {
  readonly machine: string;
  /** E.g. `items.put`. */
  readonly what: string;
  readonly input: unknown;
  /** Seconds since the run began. */
  readonly from: number;
  readonly to: number;
  /** The answer, or the code of the refusal. */
  readonly answer: unknown;
  readonly code?: string;
}

export interface History {
  /** Seconds since the run began. */
  now(): number;
  /** A line of the story. */
  log(line: string): void;
  called(call: Call): void;
  readonly calls: readonly Call[];
  close(): void;
}

/** @param init.dir gets `story.log` and `history.jsonl`. */
export function createHistory(init: {
  readonly dir: string;
  readonly print?: (line: string) => void;
}): History {
  const begun = performance.now();
  const now = (): number => (performance.now() - begun) / 1000;
  const story = createWriteStream(join(init.dir, 'story.log'));
  const whole = createWriteStream(join(init.dir, 'history.jsonl'));
  const calls: Call[] = [];
  return {
    now,
    calls,
    log(line) {
      const text = `${now().toFixed(2).padStart(8)} ${line}`;
      story.write(`${text}\n`);
      init.print?.(text);
    },
    called(call) {
      calls.push(call);
      whole.write(`${JSON.stringify(call)}\n`);
    },
    close() {
      story.end();
      whole.end();
    },
  };
}

/** What a call showed of an item, or added to it. */
interface Shown {
  readonly place: string;
  readonly ids: readonly string[];
  readonly written: boolean;
}

interface Known {
  readonly ids: readonly string[];
  readonly at: number;
}

/**
 * Invariant 4 by what callers saw: what a machine knows of an item only grows, also over kill -9.
 * Each read of an item tells of all that an earlier one on the same machine told of, and of what
 * was acknowledged there since.
 */
export function readsOnlyGrow(
  calls: readonly Call[],
  ledger: Ledger,
  fail: (what: string) => void,
): void {
  const known = new Map<string, Known>();
  for (const call of calls.toSorted((a, b) => a.to - b.to)) {
    const shown = shownBy(call);
    if (shown === undefined) continue;
    const { place, written, ids } = shown;
    const before = known.get(place) ?? { ids: [], at: 0 };
    known.set(place, { ids: written ? [...before.ids, ...ids] : ids, at: call.to });
    // Of two at once none is the earlier.
    if (written || before.at > call.from) continue;
    const past = ledger.past(ids);
    const gone = before.ids.filter((id) => !past.has(id));
    if (gone.length === 0) continue;
    const when = `${before.at.toFixed(2)} s and ${call.from.toFixed(2)} s`;
    fail(`invariant 4 (reads only grow): ${place} forgot ${gone.join()} between ${when}`);
  }
}

function shownBy({ machine, what, input, answer, code }: Call): Shown | undefined {
  if (code !== undefined || (what !== 'items.get' && what !== 'items.put')) return undefined;
  const { sortKey, account, value } = input as ItemInput;
  const place = `${sortKey} of ${account.slice(0, 8)} at ${machine}`;
  if (what === 'items.get') return { place, ids: idsOf(answer as ItemView), written: false };
  return value?.id === undefined ? undefined : { place, ids: [value.id], written: true };
}

interface ItemInput {
  readonly sortKey: string;
  readonly account: string;
  readonly value?: { readonly id?: string };
}
