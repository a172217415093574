import { toAppError } from '../../base/app-error.ts';
import type { ChangeStream } from '../../storage/change-stream.ts';
import type { AccountBook } from '../account-book.ts';
import { isTakenOff } from '../account.ts';
import type { FunctionView } from '../views/functions.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionRecords } from './function-records.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { OpenFunction } from './function-wall.ts';

/** A function on this machine. */
export interface Installed {
  readonly kind: 'rule' | 'own';
  readonly file: string;
  readonly text: string;
  /** Undefined when the module cannot be loaded. */
  readonly name: string | undefined;
  readonly prefix: string;
  /** Why it cannot be loaded. */
  readonly error: string | undefined;
  /** Why it could not be started, the last time. */
  notStarted?: string | undefined;
  open(): Promise<OpenFunction>;
  /** One for each account while it runs. */
  runners: FunctionRunner[];
}

/** Undefined when it cannot be started now: the others go on, and it is tried again. */
export async function openOne(one: Installed, log: FunctionLog): Promise<OpenFunction | undefined> {
  try {
    const opened = await one.open();
    one.notStarted = undefined;
    return opened;
  } catch (error) {
    const why = toAppError(error).message;
    if (why !== one.notStarted) log.line(one.name ?? one.file, 'error', why);
    one.notStarted = why;
    return undefined;
  }
}

/** How it does, over all accounts. */
export async function functionView(
  one: Installed,
  components: {
    readonly kept: FunctionRecords;
    readonly log: FunctionLog;
    readonly stream: ChangeStream;
    readonly book: AccountBook;
  },
): Promise<FunctionView> {
  const { kept, log, stream, book } = components;
  const name = one.name ?? one.file;
  let [lag, events, writes] = [0, 0, 0];
  for (const account of one.name === undefined ? [] : book.all()) {
    const { id } = account;
    const { value } = await kept.checkpoint(name, id);
    const position = one.runners.find((r) => r.account.id === id)?.position ?? value?.position;
    if (!isTakenOff(account)) lag += await stream.countBehind(id, position, one.prefix);
    events += value?.events ?? 0;
    writes += value?.writes ?? 0;
  }
  const { perMinute, runs, errors, lastRunMs, lastError, failing } = log.tally(name);
  const paused = await kept.isPaused(name);
  const deadLetters = await kept.countLetters(name);
  const broken = one.error ?? one.notStarted;
  // What went well again, and left nothing behind, is no problem any more.
  const problem = broken ?? (failing || deadLetters > 0 ? lastError : undefined);
  return {
    ...{ name, file: one.file, kind: one.kind, prefix: one.prefix, lag, events, writes },
    ...{ perMinute, runs, errors },
    state: broken !== undefined ? 'broken' : paused ? 'paused' : 'running',
    deadLetters,
    ...(lastRunMs === undefined ? {} : { lastRunMs }),
    ...(problem === undefined ? {} : { problem }),
  };
}
