/** What is done for functions now and then: streams trimmed, logs written, leftovers removed. */
import { toAppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { createRepeating } from '../../base/repeating.ts';
import type { Startable } from '../../base/startable.ts';
import type { ChangeStream } from '../../storage/change-stream.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { AccountBook } from '../account-book.ts';
import { isTakenOff } from '../account.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionRecords } from './function-records.ts';

export interface FunctionUpkeep {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<ItemStore, 'issue'>;
  readonly stream: ChangeStream;
  readonly kept: FunctionRecords;
  readonly log: FunctionLog;
  readonly book: AccountBook;
  /** Names of the functions that can be loaded. */
  names(): readonly string[];
  /** True when `names` are all there are: the folder was read, and no module is broken. */
  allKnown(): boolean;
  /** Tries again what could not be started. */
  startAgain(): Promise<void>;
}

const WRITE_LOG_EVERY_MS = 30_000;
export const UPKEEP_EVERY_MS = 10 * 60_000;
/** Changes are kept so long at least (DESIGN §2). */
const KEEP_MS = 24 * 3600_000;
/**
 * A week of running. Counted in rounds, as no clock decides that something is removed; and so long
 * as a file may be gone for a moment while it is saved, or moved away for a day.
 */
export const KEEP_ROUNDS = (7 * 24 * 3600_000) / UPKEEP_EVERY_MS;

export function createFunctionUpkeep(components: FunctionUpkeep): Startable {
  const { clock, logger, stream, kept, log, book, names } = components;

  async function trim(): Promise<void> {
    for (const account of book.all()) {
      const { id } = account;
      const passed: string[] = [];
      for (const name of isTakenOff(account) ? [] : names()) {
        const { value } = await kept.checkpoint(name, id);
        // One that has not begun holds nothing back: it begins with a replay.
        if (value !== undefined) passed.push(value.position);
      }
      await stream.trim(id, { seenBeforeMs: clock.wallMs() - KEEP_MS, passed });
    }
  }
  const rounds = createRepeating({
    clock,
    intervalMs: () => UPKEEP_EVERY_MS,
    async work() {
      await trim();
      if (components.allKnown()) await removeLeftovers(components);
      await components.startAgain();
    },
    onError: (error) => {
      logger.warn('the upkeep of functions failed', { error: toAppError(error).message });
    },
  });
  const writing = createRepeating({
    clock,
    intervalMs: () => WRITE_LOG_EVERY_MS,
    work: () => log.save(),
    onError: (error) => {
      logger.warn('what functions said was not kept', { code: toAppError(error).code });
    },
  });
  return {
    async start() {
      await rounds.start();
      await writing.start();
    },
    async stop() {
      await rounds.stop();
      await writing.stop();
    },
  };
}

/** One round: removes what is kept of functions that have not been here for very many rounds. */
export async function removeLeftovers(
  components: Pick<FunctionUpkeep, 'logger' | 'store' | 'kept' | 'log' | 'names'>,
): Promise<void> {
  const { logger, store, kept, log } = components;
  const here = new Set(components.names());
  const gone = await kept.gone();
  for (const name of await kept.names()) {
    const rounds = here.has(name) ? 0 : (gone.get(name) ?? 0) + 1;
    if (rounds < KEEP_ROUNDS) {
      if (rounds > 0 || gone.has(name)) await kept.setGone(name, rounds);
      continue;
    }
    await store.issue([], await kept.forgetting(name));
    kept.recount(name);
    log.forget(name);
    logger.info('what was kept of a function that is gone was removed', { name });
  }
}
