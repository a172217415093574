/**
 * Runs one function over the stream of one account: in order, at least once, and with an effect
 * exactly once, since what a run writes and how far it came are one durable batch (DESIGN §2).
 */
import { AppError, toAppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import { sleep, within } from '../../base/waiting.ts';
import type { SignedVersion } from '../../security/signed-version.ts';
import type { ChangeStream, StreamChange, StreamPosition } from '../../storage/change-stream.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { RecordWrite } from '../../storage/record-store.ts';
import type { Account } from '../account.ts';
import { createWakes } from '../coalescing.ts';
import type { RingServices } from '../ring-lifecycle.ts';
import { eventAgain, isBlamed, type DeadLetter } from './dead-letters.ts';
import { createRunReads, feed, numberOf, requestOf, type Fed } from './function-items.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionRecords } from './function-records.ts';
import type { OpenFunction } from './function-wall.ts';

/** As whoever wrote the function should read it. */
function reasonOf(error: AppError): AppError {
  if (error.code !== 'TIMEOUT') return error;
  const said = `It took longer than the ${RUN_TIMEOUT_MS / 1000} seconds that a run has.`;
  return new AppError('TIMEOUT', said, { cause: error });
}

const isTombstone = ({ kind }: Pick<SignedVersion, 'kind'>): boolean => kind === 'tombstone';

export interface RunnerInit {
  readonly fn: OpenFunction;
  readonly account: Account;
  /** Every device runs it: leave a moment to the one that wrote, and write nothing twice. */
  readonly everywhere: boolean;
}

export interface RunnerComponents {
  readonly clock: Clock;
  readonly store: ItemStore;
  readonly stream: ChangeStream;
  readonly kept: FunctionRecords;
  readonly log: FunctionLog;
  running(): RingServices | undefined;
}

export interface FunctionRunner {
  readonly account: Account;
  /** Behind the last change dealt with. */
  readonly position: StreamPosition | undefined;
  start(): void;
  wake(): void;
  /** Gives a dead letter to the function once more; it is gone when that works. */
  retry(letter: DeadLetter): Promise<void>;
  /** Waits for what is under way; a run of the handler is cut short and counts for nothing. */
  stop(): Promise<void>;
}

const PAGE = 200;
/** A place moved only over others' changes is written after so many of them. */
const NOTE_EVERY = 200;
export const RUN_TIMEOUT_MS = 5000;
const TRIES = { batch: 2, single: 5 } as const;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;
/** After the first of many changes, so that they are read and run together. */
const GATHER_MS = 20;
/** What a device leaves to the one whose write it was. */
const GRACE_MS = 3000;

export function createFunctionRunner(
  init: RunnerInit,
  components: RunnerComponents,
): FunctionRunner {
  const { fn, account, everywhere } = init;
  const { clock, store, stream, kept, log, running } = components;
  const { name, prefix, batch } = fn.head;
  const stopping = new AbortController();
  const { signal } = stopping;
  const wakes = createWakes(signal);
  let position: StreamPosition | undefined;
  let loop: Promise<void> = Promise.resolve();
  let turn: Promise<unknown> = Promise.resolve(); // Runs and retries take turns.

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };
  const backoff = (tries: number): Promise<void> =>
    sleep(clock, Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries), signal);

  /** Writes, checkpoint and what else belongs to them: one batch. */
  async function commit(
    requests: Parameters<ItemStore['issue']>[0],
    alongside: readonly RecordWrite[],
  ): Promise<void> {
    if (requests.length === 0) {
      await store.issue([], alongside);
      return;
    }
    const services = running();
    if (services === undefined) throw new AppError('NO_RING', 'This machine is in no ring.');
    await services.replication.put(requests, { waitFor: 'pending', alongside });
  }

  /** The checkpoint behind the event, as a record to be written with its effects. */
  async function moveTo(at: StreamPosition | undefined, events: number, writes: number) {
    if (at === undefined) return [];
    const { value, raw } = await kept.checkpoint(name, account.id);
    const next = {
      position: at,
      events: (value?.events ?? 0) + events,
      writes: (value?.writes ?? 0) + writes,
    };
    return [kept.moved(name, account.id, raw, next)];
  }

  /** One run of the handler, and its effects. What it throws has had none. */
  async function runOnce(fed: readonly Fed[], alongside: readonly RecordWrite[]): Promise<void> {
    const reads = createRunReads({ name, account }, { store });
    for (const { change } of fed) if (change) reads.note(change.key.sortKey, change.after);
    const call = {
      account: { id: account.id, name: account.label },
      events: fed.map(({ event }) => event),
    };
    const startedMs = clock.monotonicMs();
    const limits = { clock, timeoutMs: RUN_TIMEOUT_MS, signal, what: `function ${name}` };
    const { writes, logs } = await within(limits, (until) => fn.run(call, reads, until));
    const depth = Math.max(...fed.map((one) => one.depth)) + 1;
    const cause = { depth, by: account.opaqueId('function', name) };
    const last = new Map(writes.map((write) => [write.key, write]));
    for (const [sortKey, { value }] of [...last]) {
      if (!everywhere && value !== undefined) continue;
      const held = await store.read({ partitionKey: account.id, sortKey });
      // Every device writes the same here: who comes second has nothing to add.
      if (everywhere && held.length > 0) last.delete(sortKey);
      // To delete what is not there says nothing to anybody.
      if (value === undefined && held.every(isTombstone)) last.delete(sortKey);
    }
    const requests = [...last.values()].map((write) =>
      requestOf(account, write, { seen: reads.seen(write.key), cause }),
    );
    const moved = await moveTo(fed.at(-1)?.position, fed.length, requests.length);
    await commit(requests, [...moved, ...alongside]);
    for (const line of logs) log.line(name, 'log', line);
    log.ran(name, {
      events: fed.length,
      writes: requests.length,
      tookMs: clock.monotonicMs() - startedMs,
    });
  }

  async function isDone(last: StreamPosition | undefined): Promise<boolean> {
    return last !== undefined && (await kept.checkpoint(name, account.id)).value?.position === last;
  }

  /** Tries a few times. Resolves with the last error where the function is to blame. */
  async function attempt(fed: readonly Fed[]): Promise<AppError | undefined> {
    const most = fed.length === 1 ? TRIES.single : TRIES.batch;
    for (let tries = 0, waits = 0; ;) {
      try {
        // What was reported as failed may be on the disk after all.
        if (waits > 0 && (await isDone(fed.at(-1)?.position))) return undefined;
        await runOnce(fed, []);
        return undefined;
      } catch (error) {
        if (signal.aborted) throw error;
        const failed = reasonOf(toAppError(error));
        if (!isBlamed(failed)) {
          log.waits(name, failed);
          await backoff(Math.min(waits++, 7));
          continue;
        }
        tries++;
        log.failed(name, failed.message);
        if (tries >= most) return failed;
        await backoff(tries - 1);
      }
    }
  }

  /** A batch that fails is halved, down to the one event that is to blame. */
  async function process(fed: readonly Fed[]): Promise<void> {
    const error = await attempt(fed);
    if (error === undefined) return;
    const [first] = fed;
    if (fed.length > 1 || first === undefined) {
      const half = Math.ceil(fed.length / 2);
      await process(fed.slice(0, half));
      await process(fed.slice(half));
      return;
    }
    const { writes, gone } = await kept.bury({
      id: first.event.id,
      function: name,
      account: account.id,
      event: first.event,
      error: error.message,
      tries: TRIES.single,
      wallMs: clock.wallMs(),
      depth: first.depth,
    });
    const moved = await moveTo(first.position, 1, 0);
    await commit([], [...moved, ...writes]).finally(() => {
      kept.recount(name);
    });
    log.gaveUp(name, first.event, error.message, gone);
  }

  /** Leaves a moment to the device that wrote: it runs the same, and its result will be here. */
  async function leaveToWriter(changes: readonly StreamChange[]): Promise<void> {
    const last = changes.filter(({ local, replay }) => !local && !replay).at(-1);
    const waitMs = last === undefined ? 0 : last.wallMs + GRACE_MS - clock.wallMs();
    if (waitMs > 0 && waitMs <= GRACE_MS) await sleep(clock, waitMs, signal);
  }

  /** One page of the stream. True when there is nothing more for now. */
  async function step(): Promise<boolean> {
    if (!account.canOpen()) return true;
    const { value } = await kept.checkpoint(name, account.id);
    const from = position ?? value?.position;
    const reading = { limit: PAGE, prefix, keptHere: true };
    const page = await stream.read(account.id, from, reading);
    if (page.gap) log.missed(name);
    if (everywhere) await leaveToWriter(page.changes);
    const fed = feed(account, name, page.changes, (key) => {
      log.chainEnded(name, key);
    });
    for (let at = 0; at < fed.length; at += batch) {
      await inTurn(() => process(fed.slice(at, at + batch)));
      position = fed.at(at + batch - 1)?.position ?? position;
    }
    const noted = fed.at(-1)?.position ?? value?.position;
    const behind = numberOf(page.position) - numberOf(noted);
    const inReplay = page.position.split('-').length > 2;
    const due = behind >= NOTE_EVERY || inReplay || noted === undefined;
    if (due && page.position !== noted) await store.issue([], await moveTo(page.position, 0, 0));
    position = page.position;
    log.at(name, account.id, numberOf(position));
    return page.caughtUp;
  }

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        const rests = await step();
        failures = 0;
        if (!rests) continue;
        if (!(await wakes.next())) return;
        await sleep(clock, GATHER_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        // The disk, the ring or the keys: never the function's fault, so nothing is given up.
        position = undefined;
        log.waits(name, toAppError(error));
        await backoff(Math.min(failures++, 7)).catch(() => undefined);
      }
    }
  }

  return {
    account,
    get position() {
      return position;
    },
    start() {
      loop = run();
    },
    wake: () => {
      wakes.wake();
    },
    retry: (letter) =>
      inTurn(async () => {
        const fed = {
          event: eventAgain(letter),
          depth: letter.depth,
          position: undefined,
          change: undefined,
        };
        await runOnce([fed], [kept.forget(letter)]).finally(() => {
          kept.recount(name);
        });
      }),
    async stop() {
      stopping.abort();
      await loop;
      await turn;
      await fn.close();
    },
  };
}
