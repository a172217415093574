import { AppError, toAppError } from '../base/app-error.ts';
import type { Emitter } from '../base/emitter.ts';
import { abortedError, sleep } from '../base/waiting.ts';
import type { StoreEpoch } from '../domain/ids.ts';
import type { ChangeStream } from './change-stream.ts';
import { createCommitQueue } from './commit-queue.ts';
import { createCounterReserve } from './counter-reserve.ts';
import type { Disk } from './disk.ts';
import { createDiskRoom } from './disk-room.ts';
import type { HashTrees } from './hash-trees.ts';
import { createHintRecords } from './hint-records.ts';
import { createItemChanges, type ItemChanges } from './item-changes.ts';
import { createItemQueries, type ItemQueries } from './item-queries.ts';
import { createItemReader } from './item-reader.ts';
import type { ItemStoreEvents } from './item-store.ts';
import { createItemWriter } from './item-writer.ts';
import { createNamedRecords } from './named-records.ts';
import { createOutboxRecords } from './outbox-records.ts';
import { createOutsideNumber } from './outside-number.ts';
import { createRecordCache } from './record-cache.ts';
import { createRecordKeys, DAMAGE_KEY, EPOCH_KEY, LIFE_KEY } from './record-keys.ts';
import type { RecordStore } from './record-store.ts';
import {
  decodeEpochs,
  encodeEpochs,
  encodeProblems,
  MAX_EPOCHS,
  MAX_PROBLEMS,
} from './store-health.ts';
import type { StoreHealth, StoreProblem } from './store-health.ts';
import { encodeLife } from './store-life.ts';
import { newEpoch, readState, type Opened } from './store-opening.ts';
import { problemsOf, recount } from './store-recount.ts';
import { createStoreRestore, type StoreRestore } from './store-restore.ts';
import { createStoreTrees } from './store-trees.ts';
import { createStoreView } from './store-view.ts';
import { createStreamReader, type StreamReader } from './stream-reader.ts';
import { createStreamStore } from './stream-store.ts';
import { createStreamWriter } from './stream-writer.ts';
import type { Transaction } from './transaction.ts';
import type { StoreComponents, StoreOptions } from './store.ts';

/** A store between its start and its stop. */
export interface OpenedStore {
  readonly changes: ItemChanges;
  readonly queries: ItemQueries;
  readonly trees: HashTrees;
  readonly records: RecordStore;
  readonly stream: ChangeStream;
  readonly restore: StoreRestore;
  readonly formers: StreamReader['formers'];
  epoch(): StoreEpoch;
  epochs(): readonly StoreEpoch[];
  renewEpoch(): Promise<StoreEpoch>;
  health(): StoreHealth;
  /** Keeps a damage that a read or a write met. */
  noteDamage(error: AppError): void;
  verify(options?: {
    readonly signal?: AbortSignal;
    readonly pauseMs?: number;
  }): Promise<StoreHealth>;
  close(): Promise<void>;
}

export interface OpenedStoreComponents extends StoreComponents {
  readonly disk: Disk;
  readonly emitter: Emitter<ItemStoreEvents>;
  readonly facts: Opened & { readonly unrepaired?: string };
}

export function createOpenedStore(
  options: Required<StoreOptions>,
  components: OpenedStoreComponents,
): OpenedStore {
  const { disk, emitter, facts, clock, random, logger, readEnvelope } = components;
  let epochs = facts.epochs;
  let problems = facts.problems;
  let verified: StoreHealth['verified'];

  const keys = createRecordKeys();
  const cache = createRecordCache({ maxBytes: options.cacheBytes }, { disk });
  const room = createDiskRoom({ minFreeBytes: options.minFreeBytes }, { disk, clock });
  const outside = createOutsideNumber({ disk, clock, logger });
  outside.note(facts.state.sequence);
  const queue = createCommitQueue(
    { ...options, state: facts.state },
    { ...components, cache, room, outside, readState: () => readState(disk) },
  );
  const view = createStoreView({ disk, cache, queue });
  const reader = createItemReader({ keys, readEnvelope });
  const outbox = createOutboxRecords({ view, emitter });
  const hints = createHintRecords({ maxBytes: options.maxHintBytes }, { view, room });
  const trees = createStoreTrees(
    { q: options.q },
    { queue, view, keys, reader, clock, logger, metrics: components.metrics },
  );
  const streamWriter = createStreamWriter({ maxBytes: options.maxStreamBytes }, { keys, clock });
  const writer = createItemWriter({ keys, outbox, trees, stream: streamWriter, emitter });
  const counters = createCounterReserve(facts.life, { clock, queue });
  const parts = { queue, view, keys, reader, writer, outbox, hints, counters };
  const changes = createItemChanges({
    ...parts,
    // As the group sees it: what is issued after a renewal, in one group too, is of the new epoch.
    epochIn: async (tx) => currentOf(await epochsIn(tx)),
  });

  const queries = createItemQueries({ q: options.q }, parts);
  const streamReader = createStreamReader({
    ...{ keys, view, cache, readEnvelope, items: queries },
    epoch: () => currentOf(epochs),
  });

  const health = (): StoreHealth => ({
    state: problems.length === 0 ? 'sound' : 'damaged',
    renewed: facts.renewed,
    lostGroups: facts.lostGroups,
    problems,
    repair: facts.repair,
    unrepaired: facts.unrepaired,
    writing: queue.writing,
    verified,
  });
  async function remember(found: readonly StoreProblem[]): Promise<void> {
    const known = new Set(problems.map(({ detail }) => detail));
    const fresh = found.filter(({ detail }) => !known.has(detail));
    if (fresh.length === 0) return;
    for (const { kind, detail } of fresh) logger.error('the store is damaged', { kind, detail });
    problems = [...problems, ...fresh].slice(-MAX_PROBLEMS);
    const body = encodeProblems(problems);
    await queue.submit({
      bytes: body.byteLength,
      grows: false,
      stage: (tx) => Promise.resolve(tx.put(DAMAGE_KEY, body)),
    });
  }

  return {
    changes,
    queries,
    trees,
    records: createNamedRecords({ queue, view }),
    stream: createStreamStore({ queue, keys, random, reader: streamReader, writer: streamWriter }),
    restore: createStoreRestore(parts),
    formers: (key, counts) => streamReader.formers(key, counts),
    epoch: () => currentOf(epochs),
    epochs: () => epochs,
    async renewEpoch() {
      return queue.submit({
        bytes: 0,
        grows: false,
        async stage(tx) {
          const made = newEpoch(random);
          const next = [made, ...(await epochsIn(tx))].slice(0, MAX_EPOCHS);
          tx.put(EPOCH_KEY, encodeEpochs(next), { memo: next });
          tx.onCommit(() => {
            epochs = next;
          });
          return made;
        },
      });
    },
    health,
    noteDamage(error) {
      const record = error.details['record'];
      const detail = `${error.message} ${typeof record === 'string' ? record : ''}`.trim();
      remember([{ kind: 'bad-record', at: clock.wallMs(), detail }]).catch((failed: unknown) => {
        logger.warn('a damage could not be noted on disk', { code: toAppError(failed).code });
      });
    },
    async verify({ signal, pauseMs = 0 } = {}) {
      const found = await recount(disk, async () => {
        if (signal?.aborted) throw abortedError(signal);
        if (pauseMs > 0) await sleep(clock, pauseMs, signal);
      });
      const at = clock.wallMs();
      await remember(problemsOf(found).map((problem) => ({ ...problem, at })));
      verified = { at, records: found.state.records, bytes: found.bytes };
      if (problems.length === 0) await disk.trust();
      return health();
    },
    async close() {
      // Only a shortcut for the next start: what is not written is counted again.
      await trees.flush().catch(() => undefined);
      await counters.close();
      // The last batch: after it this life gives no name. Without it the next one begins above.
      const ended = encodeLife({ ...facts.life, running: false });
      const last = queue.submit({
        bytes: ended.byteLength,
        grows: false,
        stage: (tx) => Promise.resolve(tx.put(LIFE_KEY, ended)),
      });
      await Promise.all([last.catch(() => undefined), queue.close()]);
      await outside.settle();
    },
  };
}

async function epochsIn(tx: Transaction): Promise<readonly StoreEpoch[]> {
  const record = await tx.get(EPOCH_KEY);
  if (record === undefined) return [];
  record.memo ??= decodeEpochs(record.body);
  return record.memo as readonly StoreEpoch[];
}

function currentOf(epochs: readonly StoreEpoch[]): StoreEpoch {
  const [first] = epochs;
  if (first === undefined) throw new AppError('INTERNAL', 'The store has no epoch.');
  return first;
}
