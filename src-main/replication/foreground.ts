import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/waiting.ts';

/** Requests of people on this machine, and what it hears of others': work in bulk stands back. */
export interface Foreground {
  during<T>(work: Promise<T>): Promise<T>;
  /** Another machine has sent a write or a read of its people. */
  heard(): void;
  /** True when people have been at work, as far as this machine knows, a moment ago. */
  readonly isLively: boolean;
  /** Resolves when none is under way, or after `atMostMs`. */
  quiet(atMostMs: number, signal: AbortSignal): Promise<void>;
}

const STEP_MS = 10;
/** So long after a request it is taken that there will be more. */
const LIVELY_MS = 5000;

export function createForeground(components: { readonly clock: Clock }): Foreground {
  const { clock } = components;
  let underWay = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const heard = (): void => {
    lastMs = clock.monotonicMs();
  };
  return {
    async during(work) {
      underWay++;
      heard();
      try {
        return await work;
      } finally {
        underWay--;
      }
    },
    heard,
    get isLively() {
      return underWay > 0 || clock.monotonicMs() - lastMs < LIVELY_MS;
    },
    async quiet(atMostMs, signal) {
      const until = clock.monotonicMs() + atMostMs;
      while (underWay > 0 && clock.monotonicMs() < until) await sleep(clock, STEP_MS, signal);
    },
  };
}
