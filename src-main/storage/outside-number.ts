import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Disk } from './disk.ts';

/**
 * Writes the number of the last synced group into the file outside the store, behind the writes:
 * one
 * at a time, the newest wins. It may lag, never lead (DESIGN §3).
 */
export interface OutsideNumber {
  note(sequence: number): void;
  /** Resolves when the last noted number is written, or could not be. */
  settled(): Promise<void>;
}

export function createOutsideNumber(components: { disk: Disk; logger: Logger }): OutsideNumber {
  const { disk, logger } = components;
  let wanted = 0;
  let written = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (written < wanted) {
      const sequence = wanted;
      try {
        await disk.writeOutside(sequence);
      } catch (error) {
        logger.warn('the number outside the store could not be written', {
          code: toAppError(error).code,
        });
      }
      written = sequence;
    }
    running = undefined;
  }
  return {
    note(sequence) {
      wanted = sequence;
      running ??= run();
    },
    async settled() {
      await running;
    },
  };
}
