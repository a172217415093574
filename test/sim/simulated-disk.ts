import { AppError } from '../../src-main/base/app-error.ts';
import type { Clock } from '../../src-main/base/clock.ts';
import { sleep } from '../../src-main/base/waiting.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import type { MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One process's hold on a disk: syncs take time, and a crash loses what was not synced. */
export interface SimulatedDisk extends Disk {
  /** The process is gone: nothing it does reaches the disk or comes back from it any more. */
  crash(): void;
  /**
   * The next commits are reported as failed.
   * @param kept whether they are on the disk all the same. @default drawn for each
   */
  failCommits(count: number, kept?: boolean): void;
  /** The next reads of single records fail. */
  failReads(count: number): void;
  /** Full or failing, or was so a moment ago. */
  readonly troubled: boolean;
  /** No room from now on (or again). */
  setFull(full: boolean): void;
}

/** What waited for the disk is not through at once. */
const AFTER_TROUBLE_MS = 10_000;

const NEVER = new Promise<never>(() => undefined);

/**
 * @param init.blind the store cannot tell that it was put back (no birthmark, nothing outside):
 * what is left is the epoch rule of the ring.
 */
export function createSimulatedDisk(
  init: { readonly syncMs: readonly [from: number, to: number]; readonly blind?: boolean },
  components: {
    readonly disk: MemoryDisk;
    readonly clock: Clock;
    readonly random: SeededRandom;
  },
): SimulatedDisk {
  const { disk, clock, random } = components;
  let crashed = false;
  let failing = 0;
  let failingReads = 0;
  let keptThough: boolean | undefined;
  let full = false;
  let troubledMs = -AFTER_TROUBLE_MS;
  const alive = <T>(work: () => Promise<T>): Promise<T> => (crashed ? NEVER : work());
  return {
    open: () => disk.open(),
    close: () => Promise.resolve(),
    reopen: () => alive(() => disk.reopen()),
    get: (key) =>
      alive(() => {
        if (failingReads === 0) return disk.get(key);
        failingReads--;
        return Promise.reject(new AppError('STORAGE_FAILED', 'The disk did not give it.'));
      }),
    entries: (range, options) => alive(() => disk.entries(range, options)),
    walk: () => disk.walk(),
    async commit(ops) {
      await sleep(clock, random.between(...init.syncMs));
      if (full && ops.some(({ value }) => value !== null)) throw noSpace();
      const fails = failing > 0;
      if (fails) {
        failing--;
        troubledMs = clock.monotonicMs();
      }
      if (!fails || (keptThough ?? random.chance(0.5))) await alive(() => disk.commit(ops));
      if (fails) throw new AppError('STORAGE_FAILED', 'The disk did not take it.');
    },
    readOutside: () => (init.blind === true ? Promise.resolve(undefined) : disk.readOutside()),
    writeOutside: (sequence) => alive(() => disk.writeOutside(sequence)),
    bears: (mark) => (init.blind === true ? Promise.resolve(true) : disk.bears(mark)),
    newBirthmark: () => alive(() => disk.newBirthmark()),
    keepBirthmark: (mark) => alive(() => disk.keepBirthmark(mark)),
    space: async () => ({ ...(await disk.space()), ...(full && { freeBytes: 0 }) }),
    doubt: undefined,
    trust: () => Promise.resolve(),
    repair: (nowMs, work) => alive(() => disk.repair(nowMs, work)),
    crash() {
      crashed = true;
    },
    failCommits(count, kept) {
      failing = count;
      keptThough = kept;
    },
    failReads(count) {
      failingReads = count;
    },
    setFull(isFull) {
      full = isFull;
      troubledMs = clock.monotonicMs();
    },
    get troubled() {
      return full || failing > 0 || clock.monotonicMs() < troubledMs + AFTER_TROUBLE_MS;
    },
  };
}

function noSpace(): AppError {
  return new AppError('DISK_FULL', 'The disk of this machine is full.');
}
