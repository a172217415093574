import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { DiskKey } from './disk.ts';
import type { RecordCache } from './record-cache.ts';
import type { Transaction } from './transaction.ts';

/** A piece of work for the commit queue. */
export interface Work<T> {
  /** Bytes it will bring, roughly; bounds the queue. */
  readonly bytes: number;
  /** True when it makes the store larger: refused when the disk is nearly full. */
  readonly grows: boolean;
  /**
   * True when nobody waits for it: it goes with the next batch that something else asks for, or
   * alone after `LATER_MS`, so that it costs no sync of its own while there are writes.
   */
  readonly later?: boolean;
  /** Records it will read: fetched while earlier groups are synced. */
  readonly warm?: readonly DiskKey[];
  /** Runs alone, one piece of work after the other, in order of arrival. */
  stage(tx: Transaction): Promise<T>;
  /** Told of what `stage` returned when its batch has set out for the disk, where it may fail. */
  underWay?(staged: T): void;
}

/** Work that waits for its turn. */
export interface Queued {
  readonly bytes: number;
  readonly grows: boolean;
  /** Stages the work; the answer tells what becomes of it. */
  run(tx: Transaction): Promise<Staged>;
  reject(error: unknown): void;
}

export interface Staged {
  /** The batch has set out for the disk. */
  underWay(): void;
  /** It is durable. */
  confirm(): void;
}

/** The work as the queue keeps it, and what its caller waits for. */
export function queueWork<T>(
  work: Work<T>,
  bytes: number,
  { cache, logger }: { readonly cache: RecordCache; readonly logger: Logger },
): { readonly queued: Queued; readonly done: Promise<T> } {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const warmed = warm(cache, work.warm ?? []);
  const queued: Queued = {
    bytes,
    grows: work.grows,
    async run(tx) {
      await warmed;
      const value = await work.stage(tx);
      return {
        confirm() {
          resolve(value);
        },
        underWay() {
          try {
            work.underWay?.(value);
          } catch (error) {
            logger.error('what waits for a write failed', { error: toAppError(error).message });
          }
        },
      };
    },
    reject,
  };
  return { queued, done: promise };
}

const NOTHING_TO_DO = Promise.resolve();

/** Reads the records into the cache. What fails here fails again, and is told, in `stage`. */
function warm(cache: RecordCache, keys: readonly DiskKey[]): Promise<unknown> {
  const missing = keys.filter((key) => cache.peek(key) === undefined);
  if (missing.length === 0) return NOTHING_TO_DO;
  return Promise.all(missing.map((key) => cache.get(key).catch(() => undefined)));
}
