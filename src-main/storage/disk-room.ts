import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk, Space } from './disk.ts';

/** Watches how much room the disk has, so that what has none is refused before it is begun. */
export interface DiskRoom {
  /** DISK_FULL when less than the reserve is left. Asks the disk at most once a second. */
  check(): Promise<AppError | undefined>;
  /** DISK_FULL when less than 5 % of the disk is left: no new hints (DESIGN §2 quotas). */
  checkHints(): Promise<AppError | undefined>;
}

const FRESH_MS = 1000;
const HINT_SHARE = 0.05;

/** @param init.minFreeBytes the reserve: what LevelDB needs to start over after a failure. */
export function createDiskRoom(
  init: { minFreeBytes: number },
  components: { disk: Disk; clock: Clock },
): DiskRoom {
  const { disk, clock } = components;
  let known: Space | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;

  async function space(): Promise<Space | undefined> {
    if (clock.monotonicMs() - askedMs >= FRESH_MS) {
      askedMs = clock.monotonicMs();
      // Not every file system tells; then a failed write will.
      known = await disk.space().catch(() => undefined);
    }
    return known;
  }
  function full(freeBytes: number): AppError {
    return new AppError('DISK_FULL', 'The disk of this machine is full.', {
      details: { freeBytes },
    });
  }
  return {
    async check() {
      const now = await space();
      return now !== undefined && now.freeBytes < init.minFreeBytes
        ? full(now.freeBytes)
        : undefined;
    },
    async checkHints() {
      const now = await space();
      return now !== undefined && now.freeBytes < HINT_SHARE * now.totalBytes
        ? full(now.freeBytes)
        : undefined;
    },
  };
}
