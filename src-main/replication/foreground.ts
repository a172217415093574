import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/waiting.ts';

/** Requests of people that are under way on this machine: work in bulk stands back for them. */
export interface Foreground {
  during<T>(work: Promise<T>): Promise<T>;
  /** Resolves when none is under way, or after `atMostMs`. */
  quiet(atMostMs: number, signal: AbortSignal): Promise<void>;
}

const STEP_MS = 10;

export function createForeground(components: { readonly clock: Clock }): Foreground {
  const { clock } = components;
  let underWay = 0;
  return {
    async during(work) {
      underWay++;
      try {
        return await work;
      } finally {
        underWay--;
      }
    },
    async quiet(atMostMs, signal) {
      const until = clock.monotonicMs() + atMostMs;
      while (underWay > 0 && clock.monotonicMs() < until) await sleep(clock, STEP_MS, signal);
    },
  };
}
