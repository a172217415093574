import { readFileSync } from 'node:fs';

/** The p-quantile (0–1) of the numbers, by nearest rank; NaN when there are none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

export interface Latencies {
  readonly n: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

export function summarize(latenciesMs: readonly number[], elapsedMs: number): Latencies {
  return {
    n: latenciesMs.length,
    p50Ms: round(quantile(latenciesMs, 0.5)),
    p99Ms: round(quantile(latenciesMs, 0.99)),
    perSecond: Math.round((latenciesMs.length / elapsedMs) * 1000),
  };
}

export function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** Milliseconds of a clock that only goes forward. */
export function nowMs(): number {
  return performance.now();
}

/**
 * Runs `work` `count` times with `inFlight` at once; gives each one's milliseconds and the total.
 */
export async function drive(
  count: number,
  inFlight: number,
  work: (i: number) => Promise<unknown>,
): Promise<Latencies> {
  const latencies: number[] = [];
  let next = 0;
  const began = nowMs();
  const lane = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      const t = nowMs();
      await work(i);
      latencies.push(nowMs() - t);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return summarize(latencies, nowMs() - began);
}

/** CPU seconds all processes of the machine have used so far (Linux), else 0. */
export function machineCpuSeconds(): number {
  if (process.platform !== 'linux') return 0;
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const f = line.trim().split(/\s+/).slice(1).map(Number);
  return [0, 1, 2, 5, 6, 7].reduce((sum, i) => sum + (f[i] ?? 0), 0) / 100;
}
