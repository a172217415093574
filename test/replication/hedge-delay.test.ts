import { describe, expect, it } from 'vitest';
import { createHedgeDelay } from '../../src-main/replication/hedge-delay.ts';

describe('when the next of the walk is asked beside', () => {
  it('is the longest delay while little is known', () => {
    const hedge = createHedgeDelay({ mostMs: 500 });
    for (let i = 0; i < 19; i++) hedge.answered(1);
    expect(hedge.delayMs).toBe(500);
    hedge.answered(1);
    expect(hedge.delayMs).toBe(50);
  });

  it('is the 95th percentile of the last answers', () => {
    const hedge = createHedgeDelay({ mostMs: 500 });
    for (let ms = 1; ms <= 200; ms++) hedge.answered(ms);
    expect(hedge.delayMs).toBe(191);
    // A bad hour is forgotten when 200 good answers have come.
    for (let i = 0; i < 200; i++) hedge.answered(10);
    expect(hedge.delayMs).toBe(50);
  });

  it('is never longer than what it may be', () => {
    const hedge = createHedgeDelay({ mostMs: 500 });
    for (let i = 0; i < 100; i++) hedge.answered(3000);
    expect(hedge.delayMs).toBe(500);
  });

  it('is as short as it may be where waiting less costs nothing', () => {
    const hedge = createHedgeDelay({ mostMs: 500, leastMs: 10 });
    for (let i = 0; i < 100; i++) hedge.answered(3);
    expect(hedge.delayMs).toBe(10);
  });
});
