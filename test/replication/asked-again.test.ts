import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { askedAgain } from '../../src-main/replication/asked-again.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';

describe('a request that is asked again', () => {
  it('is answered by the first asking that is, and the others are given up', async () => {
    const clock = createVirtualClock();
    const signals: AbortSignal[] = [];
    const answer = askedAgain({ everyMs: 500 }, { clock }, (signal) => {
      signals.push(signal);
      // The first two are lost.
      return signals.length < 3 ? new Promise<string>(() => undefined) : Promise.resolve('here');
    });
    await clock.advance(499);
    expect(signals).toHaveLength(1);
    expect(await clock.settle(answer)).toBe('here');
    await clock.advance(5000);
    expect(signals).toHaveLength(3);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('fails as the first asking that fails, and asks no more', async () => {
    const clock = createVirtualClock();
    let asked = 0;
    const answer = askedAgain({ everyMs: 500 }, { clock }, () => {
      asked++;
      return Promise.reject(new AppError('DEVICE_UNKNOWN', 'Who?'));
    });
    await expect(answer).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
    await clock.advance(5000);
    expect(asked).toBe(1);
  });

  it('ends with who asked', async () => {
    const clock = createVirtualClock();
    const ending = new AbortController();
    const never = (): Promise<string> => new Promise(() => undefined);
    const answer = askedAgain({ everyMs: 500, signal: ending.signal }, { clock }, never);
    const ended = expect(answer).rejects.toMatchObject({ code: 'ABORTED' });
    ending.abort();
    await ended;
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
  });
});
