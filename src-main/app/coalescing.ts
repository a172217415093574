/**
 * Async iterators for watchers. A watcher that reads slowly must not make a queue: it holds one
 * pending wake, and asks for the present state when it gets to it.
 */
export interface Wakes {
  /** Something changed. Any number of calls before the reader looks count as one. */
  wake(): void;
  /** True when the reader should look, false when it is over. Waits until one of both. */
  next(): Promise<boolean>;
  /** No more wakes; a waiting reader gets false. */
  end(): void;
}

/** @param signal ends it when it aborts. */
export function createWakes(signal?: AbortSignal): Wakes {
  let pending = false;
  let ended = signal?.aborted ?? false;
  let waiting: ((value: boolean) => void) | undefined;
  const settle = (value: boolean): void => {
    const resolve = waiting;
    waiting = undefined;
    resolve?.(value);
  };
  const end = (): void => {
    ended = true;
    signal?.removeEventListener('abort', end);
    settle(false);
  };
  signal?.addEventListener('abort', end, { once: true });
  return {
    wake() {
      if (ended) return;
      if (waiting === undefined) pending = true;
      else settle(true);
    },
    next() {
      if (ended) return Promise.resolve(false);
      if (pending) {
        pending = false;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    end,
  };
}

/**
 * An async iterator over a generator that ends its wakes as soon as it is returned. (A generator
 * that waits in `await` would only heed `return()` after the wait, and so keep its watcher alive.)
 * @param release undoes what was set up for it; also for a generator that was never started.
 */
export function endingWith<T>(
  wakes: Wakes,
  generator: AsyncGenerator<T, void, undefined>,
  release: () => void = () => undefined,
): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => generator.next(),
    return() {
      wakes.end();
      release();
      return generator.return();
    },
    throw(error: unknown) {
      wakes.end();
      release();
      return generator.throw(error);
    },
  };
}
