import type { Disk } from '../../src-main/storage/disk.ts';
import type { Store, StoreComponents, StoreOptions } from '../../src-main/storage/store.ts';
import { createStore } from '../../src-main/storage/store.ts';
import { createSystemClock } from '../../src-main/base/clock.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { readPlain } from '../storage/plain-version.ts';

/** One kind of disk under test: a place that outlives the stores opened on it. */
export interface DiskPlace {
  /** The disk as a new process would open it. */
  disk(): Disk;
  remove(): Promise<void>;
}

export function storeComponents(): StoreComponents {
  return {
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: createSilentLogger(),
    metrics: createMetrics(),
    readEnvelope: readPlain,
    isSigned: () => true,
  };
}

/** A started store over the disk. */
export async function startStore(disk: Disk, options: StoreOptions = {}): Promise<Store> {
  const store = createStore(options, { ...storeComponents(), disk });
  await store.start();
  return store;
}

/** The disk, counting its batches. */
export function countingDisk(disk: Disk): Disk & { readonly commits: number } {
  const counted = {
    ...disk,
    commits: 0,
    commit(ops: Parameters<Disk['commit']>[0]): Promise<void> {
      counted.commits++;
      return disk.commit(ops);
    },
  };
  return counted;
}

/**
 * The disk, with a gate: while closed, batches wait for it before they are written; `fail` rejects
 * the next one instead.
 */
export interface GatedDisk extends Disk {
  shut(): void;
  /** Lets the waiting batch, and all after it, through. */
  open_(): void;
  /** The next batch is rejected with the error; `kept`: though it is written. */
  failNext(error: unknown, options?: { readonly kept?: boolean }): void;
  /** Batches that wait. */
  readonly waiting: number;
}

export function gatedDisk(disk: Disk): GatedDisk {
  let gate: Promise<void> | undefined;
  let open = (): void => undefined;
  let failure: { error: unknown; kept: boolean } | undefined;
  const gated = {
    ...disk,
    waiting: 0,
    shut() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      open = resolve;
    },
    open_() {
      gate = undefined;
      open();
    },
    failNext(error: unknown, { kept = false } = {}) {
      failure = { error, kept };
    },
    async commit(ops: Parameters<Disk['commit']>[0]): Promise<void> {
      gated.waiting++;
      await gate;
      gated.waiting--;
      const failing = failure;
      failure = undefined;
      if (failing === undefined || failing.kept) await disk.commit(ops);
      if (failing !== undefined) throw failing.error;
    },
  };
  return gated;
}
