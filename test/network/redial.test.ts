import { describe, expect, it } from 'vitest';
import type { Random } from '../../src-main/base/random.ts';
import { createRedial } from '../../src-main/network/redial.ts';
import { createManualClock } from '../support/manual-clock.ts';

const LATEST: Random = { bytes: (count) => new Uint8Array(count).fill(255) };
const SOONEST: Random = { bytes: (count) => new Uint8Array(count) };

/** The waits before `count` dials that all fail. */
function waits(random: Random, count: number): number[] {
  const clock = createManualClock();
  const at: number[] = [];
  const redial = createRedial(
    { handicapMs: 0, run: () => at.push(clock.monotonicMs()) },
    {
      clock,
      random,
    },
  );
  const out: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = clock.monotonicMs();
    redial.later();
    while (at.length === i) clock.advance(1);
    out.push((at[i] ?? 0) - before);
  }
  return out;
}

describe('redialling', () => {
  it('backs off from 0.2 to 1 s, with jitter of a half', () => {
    expect(waits(SOONEST, 6)).toEqual([100, 200, 400, 500, 500, 500]);
    for (const [i, ms] of waits(LATEST, 6).entries()) {
      const [most = 0] = [[200, 400, 800, 1000, 1000, 1000][i]];
      expect(ms).toBeGreaterThan(most * 0.99 - 1);
      expect(ms).toBeLessThanOrEqual(most);
    }
  });

  it('backs off to 2 s from one that is away for long', () => {
    const most = waits(LATEST, 700);
    expect(Math.max(...most.slice(0, 590))).toBeLessThanOrEqual(1000);
    expect(most.at(-1)).toBeGreaterThan(1990);
    expect(most.at(-1)).toBeLessThanOrEqual(2000);
  });

  it('happens at once when something changed, and instead of the waiting one', () => {
    const clock = createManualClock();
    let runs = 0;
    const redial = createRedial({ handicapMs: 0, run: () => runs++ }, { clock, random: LATEST });
    redial.later();
    redial.now();
    clock.advance(0);
    expect(runs).toBe(1);
    clock.advance(60_000);
    expect(runs).toBe(1);
  });

  it('starts from the shortest wait again after a good session, and ends when stopped', () => {
    const clock = createManualClock();
    let runs = 0;
    const redial = createRedial({ handicapMs: 0, run: () => runs++ }, { clock, random: SOONEST });
    for (let i = 0; i < 10; i++) redial.later();
    expect(redial.attempts).toBe(10);
    redial.reset();
    redial.later();
    clock.advance(100);
    expect(runs).toBe(1);
    redial.later();
    redial.stop();
    redial.now();
    clock.advance(60_000);
    expect(runs).toBe(1);
    expect(clock.scheduled).toBe(0);
  });
});
