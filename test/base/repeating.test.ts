import { describe, expect, it } from 'vitest';
import { createRepeating } from '../../src-main/base/repeating.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';

describe('a loop', () => {
  function counting(work: () => Promise<void> = () => Promise.resolve()) {
    const clock = createVirtualClock();
    const errors: unknown[] = [];
    let runs = 0;
    const loop = createRepeating({
      clock,
      intervalMs: () => 1000,
      work: () => {
        runs++;
        return work();
      },
      onError: (error) => errors.push(error),
    });
    return { clock, errors, loop, runs: () => runs };
  }

  it('runs, pauses, and runs again until it is stopped', async () => {
    const { clock, loop, runs } = counting();
    await loop.start();
    await clock.advance(2500);
    expect(runs()).toBe(3);
    await loop.stop();
    await clock.advance(5000);
    expect(runs()).toBe(3);
    expect(clock.pending).toBe(0);
  });

  it('starts the next run at once when poked, in a pause or in a run', async () => {
    let poke = (): void => undefined;
    const { clock, loop, runs } = counting(() => {
      const now = poke;
      poke = (): void => undefined;
      now();
      return Promise.resolve();
    });
    poke = () => {
      loop.poke();
    };
    await loop.start();
    await clock.advance(1);
    expect(runs()).toBe(2);
    loop.poke();
    await clock.advance(1);
    expect(runs()).toBe(3);
    await loop.stop();
  });

  it('goes on after a run that failed', async () => {
    const { clock, errors, loop, runs } = counting(() => Promise.reject(new Error('once more')));
    await loop.start();
    await clock.advance(1500);
    expect(runs()).toBe(2);
    expect(errors).toHaveLength(2);
    await loop.stop();
  });
});
