import { toAppError } from '../base/app-error.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Disk } from './disk.ts';

/**
 * Writes the number of the last synced group into the file outside the store, behind the writes:
 * one at a time, the newest wins. It may lag, never lead (DESIGN §3).
 */
export interface OutsideNumber {
  note(sequence: number): void;
  /** Writes what is not written yet; resolves when that is done, or could not be. */
  settle(): Promise<void>;
}

/** Under load it is written this often at most: a write costs a third of a small group's sync. */
const PAUSE_MS = 10;

export function createOutsideNumber(components: {
  disk: Disk;
  clock: Clock;
  logger: Logger;
}): OutsideNumber {
  const { disk, clock, logger } = components;
  let wanted = 0;
  let written = 0;
  let writtenMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let cancel: Cancel | undefined;

  async function write(): Promise<void> {
    const sequence = wanted;
    try {
      await disk.writeOutside(sequence);
    } catch (error) {
      logger.warn('the number outside the store could not be written', {
        code: toAppError(error).code,
      });
    }
    written = sequence;
    writtenMs = clock.monotonicMs();
    running = undefined;
    plan();
  }
  function plan(): void {
    if (running !== undefined || cancel !== undefined || written >= wanted) return;
    const waitMs = writtenMs + PAUSE_MS - clock.monotonicMs();
    if (waitMs <= 0) {
      running = write();
      return;
    }
    cancel = clock.schedule(waitMs, () => {
      cancel = undefined;
      plan();
    });
  }
  return {
    note(sequence) {
      wanted = sequence;
      plan();
    },
    async settle() {
      await running;
      cancel?.();
      if (written < wanted) await write();
      cancel?.();
    },
  };
}
