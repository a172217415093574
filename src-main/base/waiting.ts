import { AppError, toAppError } from './app-error.ts';
import type { Cancel, Clock } from './clock.ts';

/**
 * Waits with an end: every wait in Carrossel takes a time-out or an AbortSignal (DESIGN, habits).
 */

/** Resolves after `delayMs`, or rejects with ABORTED as soon as `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedError(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(abortedError(signal));
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export interface Within {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What was waited for, in the TIMEOUT error's sentence. */
  readonly what: string;
}

/**
 * Runs `work` with a signal that aborts when the time is up or the caller's signal aborts. Rejects
 * with TIMEOUT or ABORTED at that moment, whether or not `work` heeds its signal.
 */
export async function within<T>(
  limits: Within,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, timeoutMs, signal, what } = limits;
  if (signal?.aborted) throw abortedError(signal);
  const own = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (error: AppError): void => {
    reject(error);
    own.abort(error);
  };
  const onAbort = (): void => {
    end(abortedError(signal));
  };
  const cancel = clock.schedule(timeoutMs, () => {
    end(
      new AppError('TIMEOUT', `No answer in ${timeoutMs} ms: ${what}.`, { details: { timeoutMs } }),
    );
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(own.signal), ended]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The abort reason as an AppError: the reason itself when it is one, else ABORTED. */
export function abortedError(signal: AbortSignal | undefined): AppError {
  const reason: unknown = signal?.reason;
  if (reason instanceof AppError) return reason;
  return toAppError(reason ?? new DOMException('aborted', 'AbortError'));
}

type Waiters = Set<() => void>;
const waiters = new WeakMap<AbortSignal, Waiters>();

/**
 * Calls `run` once when the signal aborts, until the returned function is called. For signals that
 * hundreds of waits share: an event target looks through all its listeners to add or remove one.
 */
export function onAbort(signal: AbortSignal, run: () => void): Cancel {
  const set = waiters.get(signal) ?? watch(signal);
  set.add(run);
  return () => {
    set.delete(run);
  };
}

/**
 * One caller's wait for what others wait for, too: it rejects as soon as the caller's signal
 * aborts, and what is shared goes on.
 */
export async function waitShared<T>(
  shared: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return shared;
  if (signal.aborted) throw abortedError(signal);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const unheard = onAbort(signal, () => {
    reject(abortedError(signal));
  });
  try {
    return await Promise.race([shared, ended]);
  } finally {
    unheard();
  }
}

function watch(signal: AbortSignal): Waiters {
  const set: Waiters = new Set();
  waiters.set(signal, set);
  const tell = (): void => {
    waiters.delete(signal);
    for (const run of [...set]) run();
    set.clear();
  };
  signal.addEventListener('abort', tell, { once: true });
  return set;
}
