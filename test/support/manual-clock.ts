import type { Cancel, Clock } from '../../src-main/base/clock.ts';

/** A clock that stands until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time on; scheduled calls run in the order of their time. */
  advance(ms: number): void;
  readonly scheduled: number;
}

export function createManualClock(startMs = 1_000_000): ManualClock {
  let now = startMs;
  let next = 0;
  const calls = new Map<number, { at: number; run: () => void }>();
  return {
    wallMs: () => now,
    monotonicMs: () => now,
    schedule(delayMs, run): Cancel {
      const id = next++;
      calls.set(id, { at: now + delayMs, run });
      return () => {
        calls.delete(id);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = [...calls]
          .filter(([, c]) => c.at <= until)
          .sort((a, b) => a[1].at - b[1].at || a[0] - b[0]);
        const [first] = due;
        if (first === undefined) break;
        calls.delete(first[0]);
        now = Math.max(now, first[1].at);
        first[1].run();
      }
      now = until;
    },
    get scheduled() {
      return calls.size;
    },
  };
}
