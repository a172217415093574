/**
 * Group commit: all writes that wait when a turn begins are one synced batch; those that come while
 * it is synced make the next (STACK B9: 2.6 times the writes of a sync each, 15 times on slow
 * disks).
 */
import { AppError, toAppError } from '../base/app-error.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { queueWork, type Queued, type Staged, type Work } from './commit-work.ts';
import type { Disk } from './disk.ts';
import type { DiskRoom } from './disk-room.ts';
import type { OutsideNumber } from './outside-number.ts';
import type { RecordCache, RecordChanges } from './record-cache.ts';
import type { StoreState } from './state-record.ts';
import { createGroup, type SealedGroup } from './transaction.ts';

export interface CommitQueue {
  /**
   * Resolves when the work's changes are durable, with what `stage` returned.
   * @throws what `stage` throws; OVERLOADED, DISK_FULL, STORAGE_FAILED, ABORTED (the store closed).
   */
  submit<T>(work: Work<T>): Promise<T>;
  /** Changes of the group whose sync is under way. */
  readonly underWay: RecordChanges;
  readonly state: Readonly<StoreState>;
  readonly writing: 'ok' | 'disk-full' | 'failed';
  /** Refuses new work and waits for what is queued. */
  close(): Promise<void>;
}

export interface CommitQueueInit {
  readonly state: StoreState;
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  readonly maxBatchBytes: number;
}

export interface CommitQueueComponents {
  readonly disk: Disk;
  readonly cache: RecordCache;
  readonly room: DiskRoom;
  readonly outside: OutsideNumber;
  /** Reads the state the disk has after a reopen. */
  readonly readState: () => Promise<StoreState>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const NOTHING: RecordChanges = new Map();
/** After a failed group the disk is asked again, though nobody writes: readers wait to know. */
const SETTLE_AGAIN_MS = 1000;
const NO_WORK = { bytes: 0, grows: false, stage: () => Promise.resolve() };
/** Work for which nobody waits is on the disk after this at the latest. */
const LATER_MS = 25;
/** What any piece of work counts at least, so that many empty ones are bounded too. */
const MIN_WORK_BYTES = 256;

export function createCommitQueue(
  init: CommitQueueInit,
  components: CommitQueueComponents,
): CommitQueue {
  const { disk, cache, room, outside, clock, logger, metrics } = components;
  let queue: Queued[] = [];
  /** Work that waits for a batch to go with. */
  let later: Queued[] = [];
  let cancelLater: Cancel | undefined;
  let queuedBytes = 0;
  let state: StoreState = init.state;
  let underWay = NOTHING;
  /** The group whose commit failed: only a reopen tells whether it is on the disk. */
  let doubtful: SealedGroup | undefined;
  let writing: CommitQueue['writing'] = 'ok';
  let running: Promise<void> | undefined;
  let closed = false;
  let cancelSettling = (): void => undefined;

  function accept(group: SealedGroup): void {
    state = group.state;
    cache.apply(group.changes);
    underWay = NOTHING;
    outside.note(state.sequence);
  }

  async function settleDoubt(): Promise<void> {
    const group = doubtful;
    if (group === undefined) return;
    await disk.reopen();
    const found = await components.readState();
    if (found.sequence === group.state.sequence) {
      logger.warn('a write that was reported as failed is on the disk after all');
      doubtful = undefined;
      accept(group);
      for (const effect of group.effects) effect();
    } else if (found.sequence === state.sequence) {
      doubtful = undefined;
    } else {
      cache.clear();
      throw new AppError('STORE_DAMAGED', 'The disk lost writes that it had confirmed.', {
        details: { found: found.sequence, expected: state.sequence },
      });
    }
  }

  /** Why nothing (or nothing that grows) can be written now; undefined when all is well. */
  async function obstacle(): Promise<AppError | undefined> {
    const full = await room.check();
    if (full !== undefined && doubtful !== undefined) return full;
    try {
      await settleDoubt();
    } catch (error) {
      writing = 'failed';
      logger.error('the store cannot be written', { code: storageError(error).code });
      return storageError(error);
    }
    writing = full === undefined ? 'ok' : 'disk-full';
    return full;
  }

  async function commit(group: SealedGroup): Promise<void> {
    underWay = group.changes;
    const startedMs = clock.monotonicMs();
    try {
      await disk.commit(group.ops);
    } catch (error) {
      underWay = NOTHING;
      doubtful = group;
      const failed = storageError(error);
      writing = failed.code === 'DISK_FULL' ? 'disk-full' : 'failed';
      logger.error('a group of writes failed', { code: failed.code, sequence: state.sequence });
      throw failed;
    }
    accept(group);
    metrics.observeMs('carrossel_store_sync_ms', clock.monotonicMs() - startedMs);
    metrics.count('carrossel_store_syncs_total');
  }

  async function turn(): Promise<void> {
    const hindrance = await obstacle();
    const group = createGroup(state, cache);
    takeLater();
    const staged: (Staged & Pick<Queued, 'reject'>)[] = [];
    for (let work = queue.shift(); work !== undefined; work = next(group.bytes)) {
      queuedBytes -= work.bytes;
      // In doubt of the last group nothing may follow it: it would take that group's number.
      const barred = hindrance?.code !== 'DISK_FULL' || doubtful !== undefined || work.grows;
      if (hindrance !== undefined && barred) {
        work.reject(hindrance);
        continue;
      }
      const { run, reject } = work;
      await group.run(run).then(
        (one) => staged.push({ ...one, reject }),
        (error: unknown) => {
          reject(error);
        },
      );
    }
    try {
      const sealed = await group.seal();
      const committed = sealed === undefined ? undefined : commit(sealed);
      if (sealed !== undefined) for (const one of staged) one.underWay();
      await committed;
      metrics.count('carrossel_store_writes_total', {}, staged.length);
      for (const { confirm } of staged) confirm();
      for (const effect of sealed?.effects ?? []) effect();
    } catch (error) {
      for (const { reject } of staged) reject(error);
    }
    if (doubtful !== undefined) settleSoon();
  }

  function takeLater(): void {
    cancelLater?.();
    cancelLater = undefined;
    if (later.length === 0) return;
    queue = [...queue, ...later];
    later = [];
  }
  function planLater(): void {
    cancelLater ??= clock.schedule(LATER_MS, () => {
      cancelLater = undefined;
      takeLater();
      if (queue.length > 0) running ??= run();
    });
  }

  /** One try at a time; a turn that ends in doubt plans the next. */
  function settleSoon(): void {
    cancelSettling();
    cancelSettling = clock.schedule(SETTLE_AGAIN_MS, () => {
      if (!closed && doubtful !== undefined) submit(NO_WORK).catch(() => undefined);
    });
  }

  function next(groupBytes: number): Queued | undefined {
    return groupBytes < init.maxBatchBytes ? queue.shift() : undefined;
  }

  async function run(): Promise<void> {
    await Promise.resolve(); // All writes of one turn of the event loop share the batch.
    while (queue.length > 0) await turn();
    running = undefined;
  }

  function submit<T>(work: Work<T>): Promise<T> {
    if (closed) return Promise.reject(new AppError('ABORTED', 'The store is closed.'));
    const bytes = Math.max(work.bytes, MIN_WORK_BYTES);
    const waiting = queue.length + later.length;
    if (waiting >= init.maxQueued || queuedBytes + bytes > init.maxQueuedBytes) {
      metrics.count('carrossel_store_overloaded_total');
      return Promise.reject(
        new AppError('OVERLOADED', 'Too many writes wait for the disk; try again.'),
      );
    }
    const { queued, done } = queueWork(work, bytes, { cache, logger });
    (work.later === true ? later : queue).push(queued);
    queuedBytes += bytes;
    if (work.later === true) planLater();
    else running ??= run();
    return done;
  }

  return {
    get underWay() {
      return underWay;
    },
    get state() {
      return state;
    },
    get writing() {
      return writing;
    },
    submit,
    async close() {
      closed = true;
      cancelSettling();
      takeLater();
      if (queue.length > 0) running ??= run();
      await running;
    },
  };
}

function storageError(error: unknown): AppError {
  const known = toAppError(error);
  if (known.code === 'DISK_FULL' || known.code === 'STORE_DAMAGED') return known;
  return new AppError('STORAGE_FAILED', 'This machine could not write to its disk.', {
    details: { outcome: 'unknown' },
    cause: error,
  });
}
