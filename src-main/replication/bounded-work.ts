/** Runs `work` on each item, at most `width` at once. What one throws does not keep the others. */
export async function forEachBounded<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
  onError: (error: unknown, item: T) => void,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      try {
        await work(item);
      } catch (error) {
        onError(error, item);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}

/** The same, but after one has thrown no more is begun; throws that when all begun have ended. */
export async function forEachUntilError<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const unlessFailed = async (item: T): Promise<void> => {
    if (failure === undefined) await work(item);
  };
  await forEachBounded(items, width, unlessFailed, (error) => {
    failure ??= { error };
  });
  if (failure !== undefined) throw failure.error;
}

/** Work under way in the background, so that `stop` can wait for it. */
export interface Background {
  /** Starts the work; what it throws goes to `onError`. Does nothing once closed. */
  run(what: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Aborts what is under way, takes no more, and resolves when all of it has ended. */
  close(): Promise<void>;
  readonly signal: AbortSignal;
}

export function createBackground(components: {
  onError(what: string, error: unknown): void;
}): Background {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  return {
    signal: closing.signal,
    run(what, work) {
      if (closing.signal.aborted) return;
      const one = work(closing.signal)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) components.onError(what, error);
        })
        .finally(() => running.delete(one));
      running.add(one);
    },
    async close() {
      closing.abort();
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Work in the background of which, for each key, at most so much is under way at once. */
export interface Lanes {
  /** In the order of calls. What it throws keeps the others from nothing. */
  run(key: string, work: (signal: AbortSignal) => Promise<void>): void;
}

export function createLanes(
  init: { readonly what: string; readonly width: number },
  components: { readonly background: Background; onError(error: unknown): void },
): Lanes {
  const { background, onError } = components;
  const waiting = new Map<string, ((signal: AbortSignal) => Promise<void>)[]>();
  const running = new Map<string, number>();
  async function lane(key: string, signal: AbortSignal): Promise<void> {
    for (let next = waiting.get(key)?.shift(); next; next = waiting.get(key)?.shift()) {
      await next(signal).catch(onError);
    }
    const left = (running.get(key) ?? 1) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
    if (left === 0) waiting.delete(key);
  }
  return {
    run(key, work) {
      const queue = waiting.get(key) ?? [];
      queue.push(work);
      waiting.set(key, queue);
      const lanes = running.get(key) ?? 0;
      if (lanes >= init.width) return;
      running.set(key, lanes + 1);
      background.run(init.what, (signal) => lane(key, signal));
    },
  };
}
