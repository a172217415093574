/**
 * When the next of the walk is asked beside one that does not answer: after the 95th percentile of
 * what answers took lately (hedged requests: Dean and Barroso, "The Tail at Scale", 2013). So one
 * request in twenty is asked twice, and a member that has become slow costs no half second.
 */
export interface HedgeDelay {
  /** An answer that a read still waited for: one that is always the last sets no measure. */
  answered(tookMs: number): void;
  readonly delayMs: number;
}

/** Answers looked back at, and how many it takes to know anything. */
const KEPT = 200;
const NEEDED = 20;
const PERCENTILE = 0.95;
/** A pause of the collector, here or there, is no slowness. */
const LEAST_MS = 50;

/**
 * @param init.mostMs the delay while nothing is known, and the longest.
 * @param init.leastMs the shortest. @default 50
 */
export function createHedgeDelay(init: {
  readonly mostMs: number;
  readonly leastMs?: number;
}): HedgeDelay {
  const took: number[] = [];
  let next = 0;
  let known: number | undefined;

  function measure(): number {
    if (took.length < NEEDED) return init.mostMs;
    const sorted = took.toSorted((a, b) => a - b);
    const at = Math.min(sorted.length - 1, Math.floor(PERCENTILE * sorted.length));
    const least = Math.min(init.leastMs ?? LEAST_MS, init.mostMs);
    return Math.min(Math.max(sorted[at] ?? init.mostMs, least), init.mostMs);
  }
  return {
    answered(tookMs) {
      took[next] = tookMs;
      next = (next + 1) % KEPT;
      known = undefined;
    },
    get delayMs() {
      known ??= measure();
      return known;
    },
  };
}
