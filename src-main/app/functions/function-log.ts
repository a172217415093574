import type { AppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { FunctionRecords } from './function-records.ts';
import type { FunctionNote, LogLineView } from '../views/functions.ts';

export type LogLine = Readonly<LogLineView>;

/**
 * How a function has been doing since it was installed; after a crash the last half minute lacks.
 */
export interface FunctionTally {
  readonly runs: number;
  readonly errors: number;
  /** Events in the last minute. */
  readonly perMinute: number;
  readonly lastRunMs?: number;
  readonly lastError?: string;
  /** No run has gone well since that error. */
  readonly failing: boolean;
}

export interface FunctionLog {
  line(name: string, level: LogLine['level'], text: string, note?: FunctionNote): void;
  ran(name: string, run: { events: number; writes: number; tookMs: number }): void;
  failed(name: string, error: string): void;
  /** The event is a dead letter now, and so many older ones went for it. */
  gaveUp(
    name: string,
    event: { readonly key: string; readonly id: string },
    error: string,
    gone: number,
  ): void;
  /** It cannot go on now, through no fault of its own. */
  waits(name: string, error: AppError): void;
  /** No function is told of this change: too many have caused one another. */
  chainEnded(name: string, key: string): void;
  /** Changes were missed: all items are told again. */
  missed(name: string): void;
  /** The function has dealt with the changes of the account up to this number. */
  at(name: string, account: string, sequence: number): void;
  /** Takes up what was said before this machine started. */
  load(): Promise<void>;
  /** Writes down what was said since the last time. */
  save(): Promise<void>;
  /** Nothing is kept of the function any more. */
  forget(name: string): void;
  lines(name: string): readonly LogLine[];
  tally(name: string): FunctionTally;
}

const MAX_LINES = 200;
const MAX_CHARS = 1000;
const RATE_MS = 60_000;
const MAX_RUNS = 1000;

interface Kept {
  readonly lines: LogLine[];
  readonly recent: { readonly atMs: number; readonly events: number }[];
  tally: Omit<FunctionTally, 'perMinute'>;
}

/**
 * Bounded; in memory, and written down now and then: after a crash the last moments may lack, while
 * checkpoints and dead letters never do.
 */
export function createFunctionLog(components: {
  readonly clock: Clock;
  readonly kept: Pick<FunctionRecords, 'logs' | 'keepLog'>;
  readonly onChange: () => void;
}): FunctionLog {
  const { clock, kept: disk, onChange } = components;
  /** Said something since it was written down. */
  const unwritten = new Set<string>();
  const all = new Map<string, Kept>();
  function of(name: string): Kept {
    const found = all.get(name);
    if (found !== undefined) return found;
    const made: Kept = {
      lines: [],
      recent: [],
      tally: { runs: 0, errors: 0, failing: false },
    };
    all.set(name, made);
    return made;
  }
  function line(name: string, level: LogLine['level'], text: string, note?: FunctionNote): void {
    const { lines } = of(name);
    const head = { wallMs: clock.wallMs(), level, text: text.slice(0, MAX_CHARS) };
    lines.push(note === undefined ? head : { ...head, note });
    if (lines.length > MAX_LINES) lines.shift();
    unwritten.add(name);
    onChange();
  }
  return {
    line,
    ran(name, { events, writes, tookMs }) {
      const kept = of(name);
      const { runs } = kept.tally;
      kept.tally = { ...kept.tally, runs: runs + 1, lastRunMs: clock.wallMs(), failing: false };
      kept.recent.push({ atMs: clock.monotonicMs(), events });
      if (kept.recent.length > MAX_RUNS) kept.recent.shift();
      const [told, wrote] = [events === 1 ? 'event' : 'events', writes === 1 ? 'write' : 'writes'];
      const said = `${events} ${told}, ${writes} ${wrote}, ${Math.round(tookMs)} ms`;
      line(name, 'run', said, { what: 'ran', events, writes, tookMs });
    },
    failed(name, error) {
      const kept = of(name);
      const { errors } = kept.tally;
      kept.tally = { ...kept.tally, errors: errors + 1, lastError: error, failing: true };
      line(name, 'error', error);
    },
    gaveUp(name, { key, id }, error, gone) {
      const said = `gave up on ${key} (${id}): ${error}`;
      line(name, 'error', said, { what: 'gaveUp', key, error });
      if (gone === 0) return;
      const note = { what: 'lettersGone', count: gone } as const;
      line(name, 'warn', `let go of the oldest dead letters (${gone}): no room`, note);
    },
    waits(name, { message, code }) {
      line(name, 'warn', `waits: ${message}`, { what: 'waits', code });
    },
    chainEnded(name, key) {
      line(name, 'warn', `chain of causes ended at ${key}`, { what: 'chainEnded', key });
    },
    missed(name) {
      const said = 'changes were missed; all items are told again (replay)';
      line(name, 'warn', said, { what: 'missed' });
    },
    at: () => {
      onChange();
    },
    async load() {
      for (const [name, { lines, runs, errors, lastRunMs, lastError }] of await disk.logs()) {
        const kept = of(name);
        kept.lines.unshift(...lines.slice(-MAX_LINES));
        kept.tally = {
          ...{ ...kept.tally, runs: kept.tally.runs + runs, errors: kept.tally.errors + errors },
          ...(lastRunMs === undefined ? {} : { lastRunMs }),
          ...(lastError === undefined ? {} : { lastError }),
        };
      }
    },
    async save() {
      for (const name of [...unwritten]) {
        const { lines, tally } = of(name);
        const { runs, errors, lastRunMs, lastError } = tally;
        unwritten.delete(name);
        try {
          await disk.keepLog(name, { lines, runs, errors, lastRunMs, lastError });
        } catch (error) {
          unwritten.add(name);
          throw error;
        }
      }
    },
    forget(name) {
      all.delete(name);
      unwritten.delete(name);
    },
    lines: (name) => [...of(name).lines],
    tally(name) {
      const { recent, tally } = of(name);
      const since = clock.monotonicMs() - RATE_MS;
      const perMinute = recent.reduce((sum, one) => sum + (one.atMs < since ? 0 : one.events), 0);
      return { ...tally, perMinute };
    },
  };
}
