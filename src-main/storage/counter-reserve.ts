import type { Cancel, Clock } from '../base/clock.ts';
import type { ActorId } from '../domain/ids.ts';
import type { CommitQueue } from './commit-queue.ts';
import {
  decodeCounter,
  decodeIssued,
  encodeIssued,
  type IssuedCounters,
} from './counter-record.ts';
import { counterKey, knownKey } from './record-keys.ts';
import type { StoreLife } from './store-life.ts';
import type { Transaction } from './transaction.ts';

/** Counters reserved at once: a record of the batch of one write in so many. */
const RESERVED = 1024;
/** Own writes closer together than this are a burst: only those are worth a reserve. */
const BURST_MS = 1000;

/** What the next own write of an actor is called. */
export interface NextCounter {
  readonly counter: number;
  /** No counter up to this one may be covered unread: versions that bear them may be elsewhere. */
  readonly floor: number;
  /** True when its version may leave before it is durable here. */
  readonly free: boolean;
  /** Stages that it is given; to be called when its version is built. */
  give(): void;
}

/**
 * Gives out the counters of this store's own actors so that none is ever given twice, also when a
 * version left this machine and was lost here in a crash (decision 0508). In a burst of writes
 * counters are reserved durably ahead; a version under a reserved one may leave while its own batch
 * is on its way to the disk. A process that starts begins above what its predecessor had reserved,
 * and far above if that one may still run elsewhere (decision 0521).
 * A burst that ends gives back what it did not use.
 */
export interface CounterReserve {
  /** @param eager its version is to leave as soon as may be */
  next(tx: Transaction, actor: ActorId, eager: boolean): Promise<NextCounter>;
  /** Gives back what is reserved. What is written while the store closes reserves at most anew. */
  close(): Promise<void>;
}

/** @param life the counters that this process gives lie above its base */
export function createCounterReserve(
  life: Pick<StoreLife, 'base'>,
  components: { readonly clock: Clock; readonly queue: Pick<CommitQueue, 'submit'> },
): CounterReserve {
  const { clock, queue } = components;
  /** Given in this life of the process, durable or not: what was given may have been read. */
  const given = new Map<ActorId, number>();
  /** Up to where counters are reserved on disk, by this process. */
  const durable = new Map<ActorId, number>();
  /** When each actor last wrote eagerly (monotonic ms). */
  const eagerMs = new Map<ActorId, number>();
  let cancel: Cancel | undefined;
  let closed = false;

  /** True when it is not the first of its burst. */
  function noteEager(actor: ActorId): boolean {
    const nowMs = clock.monotonicMs();
    const before = eagerMs.get(actor);
    eagerMs.set(actor, nowMs);
    planEnds();
    return before !== undefined && nowMs - before < BURST_MS;
  }
  async function end(actor: ActorId, later: boolean): Promise<void> {
    await queue.submit({
      bytes: 0,
      grows: false,
      later,
      async stage(tx) {
        // From here on none leaves early, whatever becomes of this batch.
        durable.delete(actor);
        const record = decodeIssued(await tx.get(counterKey(actor)));
        const reserved = Math.max(record.issued, given.get(actor) ?? 0);
        if (record.reserved > reserved) put(tx, actor, { ...record, reserved });
      },
    });
  }
  /** A disk that refuses keeps the reserve: the next start then leaves a gap, which is safe. */
  function endIdle(): void {
    cancel = undefined;
    const nowMs = clock.monotonicMs();
    for (const [actor, lastMs] of eagerMs) {
      if (nowMs - lastMs < BURST_MS) continue;
      eagerMs.delete(actor);
      if (durable.has(actor)) end(actor, true).catch(() => undefined);
    }
    if (eagerMs.size > 0) planEnds();
  }
  function planEnds(): void {
    if (!closed) cancel ??= clock.schedule(BURST_MS, endIdle);
  }

  return {
    async next(tx, actor, eager) {
      const record = decodeIssued(await tx.get(counterKey(actor)));
      const met = decodeCounter(await tx.get(knownKey(actor)));
      const own = given.get(actor);
      const last = own ?? Math.max(record.reserved, life.base);
      const counter = Math.max(record.issued, met, last) + 1;
      const floor = last > record.issued ? last : record.floor;
      const bound = durable.get(actor) ?? 0;
      return {
        counter,
        floor,
        free: eager && counter <= bound,
        give() {
          given.set(actor, counter);
          // What an earlier process had reserved is not taken up: that is for its own lost ones.
          let reserved = own === undefined ? counter : Math.max(record.reserved, counter);
          const inBurst = eager && noteEager(actor);
          if (inBurst && Math.max(reserved, bound) - counter < RESERVED / 2) {
            const upTo = counter + RESERVED;
            reserved = upTo;
            tx.onCommit(() => durable.set(actor, upTo));
          }
          put(tx, actor, { issued: counter, reserved, floor });
        },
      };
    },
    async close() {
      closed = true;
      cancel?.();
      cancel = undefined;
      await Promise.allSettled([...durable.keys()].map((actor) => end(actor, false)));
    },
  };
}

function put(tx: Transaction, actor: ActorId, record: IssuedCounters): void {
  tx.put(counterKey(actor), encodeIssued(record), { memo: record });
}
