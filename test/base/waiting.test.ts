import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '../../src-main/base/app-error.ts';
import { createEmitter } from '../../src-main/base/emitter.ts';
import { createKeyedLock } from '../../src-main/base/keyed-lock.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { createRepeating } from '../../src-main/base/repeating.ts';
import { sleep, within } from '../../src-main/base/waiting.ts';
import { createManualClock } from '../support/manual-clock.ts';

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

/** Lets everything run that is ready to run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('waiting', () => {
  it('sleeps until the clock says so, and leaves nothing behind', async () => {
    const clock = createManualClock();
    let woke = false;
    const slept = sleep(clock, 100).then(() => (woke = true));
    clock.advance(99);
    await settle();
    expect(woke).toBe(false);
    clock.advance(1);
    await slept;
    expect(clock.scheduled).toBe(0);
  });

  it('ends a sleep the moment its signal aborts', async () => {
    const clock = createManualClock();
    const abort = new AbortController();
    const code = codeOf(sleep(clock, 100, abort.signal));
    abort.abort();
    expect(await code).toBe('ABORTED');
    expect(await codeOf(sleep(clock, 1, abort.signal))).toBe('ABORTED');
    expect(clock.scheduled).toBe(0);
  });

  it('gives up on work that ignores its signal', async () => {
    const clock = createManualClock();
    let told: AbortSignal | undefined;
    const code = codeOf(
      within({ clock, timeoutMs: 50, what: 'a test' }, (signal) => {
        told = signal;
        return new Promise(() => undefined);
      }),
    );
    clock.advance(50);
    expect(await code).toBe('TIMEOUT');
    expect(told?.aborted).toBe(true);
  });

  it('passes on the result, the error and the abort reason', async () => {
    const clock = createManualClock();
    const limits = { clock, timeoutMs: 50, what: 'a test' };
    expect(await within(limits, () => Promise.resolve(7))).toBe(7);
    const failing = within(limits, () => Promise.reject(new AppError('NOT_OWNER', 'no')));
    expect(await codeOf(failing)).toBe('NOT_OWNER');
    const abort = new AbortController();
    const waiting = within({ ...limits, signal: abort.signal }, () => new Promise(() => undefined));
    const code = codeOf(waiting);
    abort.abort(new AppError('REVOKED', 'cut'));
    expect(await code).toBe('REVOKED');
    expect(clock.scheduled).toBe(0);
  });
});

describe('a keyed lock', () => {
  it('runs one at a time for a key, in order, and keys beside each other', async () => {
    const lock = createKeyedLock();
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = lock.run('a', async () => {
      await gate.promise;
      log.push('a1');
    });
    const second = lock.run('a', () => Promise.resolve(log.push('a2')));
    await lock.run('b', () => Promise.resolve(log.push('b')));
    gate.resolve();
    await Promise.all([first, second]);
    expect(log).toEqual(['b', 'a1', 'a2']);
    expect(lock.size).toBe(0);
  });

  it('goes on after work that failed, and refuses when too many wait', async () => {
    const lock = createKeyedLock({ maxWaiting: 2 });
    const gate = Promise.withResolvers<void>();
    const failing = lock.run('a', async () => {
      await gate.promise;
      throw new AppError('NOT_FOUND', 'no');
    });
    const next = lock.run('a', () => Promise.resolve('ran'));
    expect(await codeOf(lock.run('a', () => Promise.resolve()))).toBe('OVERLOADED');
    gate.resolve();
    expect(await codeOf(failing)).toBe('NOT_FOUND');
    expect(await next).toBe('ran');
  });
});

describe('repeating work', () => {
  it('runs again after the interval, at once when poked, and not after stop', async () => {
    const clock = createManualClock();
    let runs = 0;
    const errors: unknown[] = [];
    const repeating = createRepeating({
      clock,
      intervalMs: () => 1000,
      work: () => (++runs === 2 ? Promise.reject(new Error('once')) : Promise.resolve()),
      onError: (error) => errors.push(error),
    });
    await repeating.start();
    await settle();
    expect(runs).toBe(1);
    clock.advance(1000);
    await settle();
    expect([runs, errors.length]).toEqual([2, 1]);
    repeating.poke();
    await settle();
    expect(runs).toBe(3);
    await repeating.stop();
    clock.advance(5000);
    await settle();
    expect(runs).toBe(3);
  });
});

describe('an emitter', () => {
  it('reaches every listener though one throws, and none after it is taken off', () => {
    const errors: unknown[] = [];
    const emitter = createEmitter<{ ping: number }>((error) => errors.push(error));
    const got: number[] = [];
    emitter.on('ping', () => {
      throw new Error('mine');
    });
    const off = emitter.on('ping', (n) => got.push(n));
    emitter.emit('ping', 1);
    off();
    emitter.emit('ping', 2);
    expect(got).toEqual([1]);
    expect(errors).toHaveLength(2);
  });
});

describe('metrics', () => {
  it('prints Prometheus text, escapes labels, and counts into cumulative buckets', () => {
    const metrics = createMetrics();
    metrics.count('puts_total', { peer: 'a"b' });
    metrics.count('puts_total', { peer: 'a"b' }, 2);
    metrics.gauge('members', 3);
    metrics.observeMs('put_ms', 0.7);
    metrics.observeMs('put_ms', 30);
    const text = metrics.render();
    expect(text).toContain('# TYPE puts_total counter\nputs_total{peer="a_b"} 3\n');
    expect(text).toContain('members 3\n');
    expect(text).toContain('put_ms_bucket{le="0.5"} 0\nput_ms_bucket{le="1"} 1\n');
    expect(text).toContain('put_ms_bucket{le="+Inf"} 2\nput_ms_sum 30.7\nput_ms_count 2\n');
  });
});
