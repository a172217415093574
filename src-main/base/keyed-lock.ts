import { AppError } from './app-error.ts';

/** One piece of work at a time for each key, in order of arrival; bounded. */
export interface KeyedLock {
  /**
   * Runs `work` when all earlier work of `key` has ended. OVERLOADED when too many already wait.
   */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** How many keys are busy now. */
  readonly size: number;
}

/** @param init.maxWaiting how many may wait for one key. @default 1000 */
export function createKeyedLock(init: { maxWaiting?: number } = {}): KeyedLock {
  const maxWaiting = init.maxWaiting ?? 1000;
  const tails = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return {
    get size() {
      return tails.size;
    },
    async run(key, work) {
      const tail = tails.get(key) ?? { last: Promise.resolve(), waiting: 0 };
      if (tail.waiting >= maxWaiting) {
        throw new AppError('OVERLOADED', 'Too many requests for one item at once; try again.');
      }
      tails.set(key, tail);
      tail.waiting++;
      const mine = tail.last.then(work);
      tail.last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        if (--tail.waiting === 0) tails.delete(key);
      }
    },
  };
}
