/**
 * The storage floor put together over one disk: items, records, and the care of both. Everything
 * but the disk is the same for LevelDB, memory and the simulator.
 */
import { AppError, isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Random } from '../base/random.ts';
import type { Startable } from '../base/startable.ts';
import type { StoreEpoch } from '../domain/ids.ts';
import type { ChangeStream } from './change-stream.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { Disk } from './disk.ts';
import type { HashTrees } from './hash-trees.ts';
import type { ReadEnvelope } from './item-reader.ts';
import type { ItemStore, ItemStoreEvents } from './item-store.ts';
import { createOpenedStore, type OpenedStore } from './opened-store.ts';
import type { RecordStore } from './record-store.ts';
import type { StoreHealth } from './store-health.ts';
import { openSound } from './store-repair.ts';

export interface StoreOptions {
  /** Partitions of the ring, a power of two up to 65,536. @default 1024 */
  readonly q?: number;
  /** Writes that may wait for the disk. @default 4096 */
  readonly maxQueued?: number;
  /** Bytes that may wait for the disk. @default 64 MiB */
  readonly maxQueuedBytes?: number;
  /** No more work joins a batch that has this many bytes. @default 4 MiB */
  readonly maxBatchBytes?: number;
  /** Memory for records read or written lately. @default 32 MiB */
  readonly cacheBytes?: number;
  /** Bytes of versions kept for members that are away. @default 256 MiB */
  readonly maxHintBytes?: number;
  /** Bytes of one account's stream of changes; then the oldest go. @default 64 MiB */
  readonly maxStreamBytes?: number;
  /** Writes that grow the store are refused below this much free disk. @default 32 MiB */
  readonly minFreeBytes?: number;
}

export interface StoreComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How an envelope from this disk is read (security/envelope-format.ts). */
  readonly readEnvelope: ReadEnvelope;
  /** Whether a version's signature is its device's: asked of what a repair brings back. */
  readonly isSigned: (version: SignedVersion) => boolean;
}

export interface Store extends Startable {
  /** Its start and stop are the store's own. */
  readonly items: ItemStore;
  readonly records: RecordStore;
  readonly stream: ChangeStream;
  /** All epochs of this store, the one in force first (at most 256). */
  readonly epochs: readonly StoreEpoch[];
  health(): StoreHealth;
  /**
   * Reads every record once and compares checksums, count and digest; what is wrong is in the
   * answer, and in `health` from then on. Writes go on meanwhile.
   * @param options.pauseMs rest after each chunk of some hundred records. @default 0
   */
  verify(options?: {
    readonly signal?: AbortSignal;
    readonly pauseMs?: number;
  }): Promise<StoreHealth>;
}

const MIB = 1024 * 1024;

const DEFAULTS = {
  q: 1024,
  maxQueued: 4096,
  maxQueuedBytes: 64 * MIB,
  maxBatchBytes: 4 * MIB,
  cacheBytes: 32 * MIB,
  maxHintBytes: 256 * MIB,
  maxStreamBytes: 64 * MIB,
  minFreeBytes: 32 * MIB,
} as const satisfies Required<StoreOptions>;

/**
 * A store over `disk`; `start` opens it, repaired if it is damaged (store-repair.ts).
 * @throws at start: DATA_DIR_IN_USE, UNSUPPORTED_FORMAT; STORE_DAMAGED, DISK_FULL if it could be
 * neither repaired nor opened.
 */
export function createStore(
  init: StoreOptions,
  components: StoreComponents & { readonly disk: Disk },
): Store {
  const { disk, logger } = components;
  const options = { ...DEFAULTS, ...init };
  const emitter = createEmitter<ItemStoreEvents>((error) => {
    logger.error('a listener of the store failed', { error: String(error) });
  });
  let opened: OpenedStore | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  const now = (): OpenedStore => {
    if (opened === undefined) throw notOpen();
    return opened;
  };
  async function open(): Promise<void> {
    const facts = await openSound(options, components);
    opened = createOpenedStore(options, { ...components, emitter, facts });
  }
  async function close(): Promise<void> {
    await starting?.catch(() => undefined);
    if (opened === undefined) return;
    await opened.close();
    await disk.close();
  }
  const start = (): Promise<void> => (starting ??= open());
  const stop = (): Promise<void> => (stopping ??= close());

  /** Damage met on the way is told to the caller, and stays in the store's health. */
  function ask<T>(work: (store: OpenedStore) => Promise<T>): Promise<T> {
    if (opened === undefined) return Promise.reject(notOpen());
    const store = opened;
    return work(store).catch((error: unknown) => {
      if (isAppError(error, 'STORE_DAMAGED')) store.noteDamage(error);
      throw error;
    });
  }

  const items: ItemStore = {
    start,
    stop,
    on: (name, listener) => emitter.on(name, listener),
    get epoch() {
      return now().epoch();
    },
    renewEpoch: () => ask((its) => its.renewEpoch()),
    read: (key) => ask((its) => its.queries.read(key)),
    merge: (key, versions, with_) => ask((its) => its.changes.merge(key, versions, with_)),
    replaceVersions: (key, change) => ask((its) => its.changes.replaceVersions(key, change)),
    formerVersions: (key, counts) => ask((its) => its.formers(key, counts)),
    issue: (requests, with_, leave) => ask((its) => its.changes.issue(requests, with_, leave)),
    issuedCounter: (actor) => ask((its) => its.queries.issuedCounter(actor)),
    highestKnownCounter: (actor) => ask((its) => its.queries.highestKnownCounter(actor)),
    scan: (range) => ask((its) => its.queries.scan(range)),
    accountsIn: (partitions) => ask((its) => its.queries.accountsIn(partitions)),
    summaries: (range) => ask((its) => its.queries.summaries(range)),
    accountDigest: (account) => ask((its) => its.queries.accountDigest(account)),
    accountBytes: (account) => ask((its) => its.queries.accountBytes(account)),
    trees: treesOf(ask),
    drop: (keys) => ask((its) => its.changes.drop(keys)),
    outbox: (limit) => ask((its) => its.queries.outbox(limit)),
    outboxSize: () => ask((its) => its.queries.outboxSize()),
    completeOutbox: (entries) => ask((its) => its.changes.completeOutbox(entries)),
    hintsFor: (owner, limit) => ask((its) => its.queries.hintsFor(owner, limit)),
    hintOwners: () => ask((its) => its.queries.hintOwners()),
    hintBytes: () => ask((its) => its.queries.hintBytes()),
    deleteHints: (hints) => ask((its) => its.changes.deleteHints(hints)),
    size: () => ask((its) => its.queries.size()),
  };
  const records: RecordStore = {
    get: (space, name) => ask((its) => its.records.get(space, name)),
    put: (space, name, value) => ask((its) => its.records.put(space, name, value)),
    delete: (space, name) => ask((its) => its.records.delete(space, name)),
    list: (space, prefix) => ask((its) => its.records.list(space, prefix)),
  };
  return {
    items,
    records,
    stream: streamAsked((work) => ask((its) => work(its.stream))),
    start,
    stop,
    get epochs() {
      return now().epochs();
    },
    health: () => now().health(),
    verify: (how) => ask((its) => its.verify(how)),
  };
}

type Ask<S> = <T>(work: (its: S) => Promise<T>) => Promise<T>;

function streamAsked(ask: Ask<ChangeStream>): ChangeStream {
  return {
    follow: (account) => ask((its) => its.follow(account)),
    end: (account) => ask((its) => its.end(account)),
    read: (account, from, reading) => ask((its) => its.read(account, from, reading)),
    extent: (account) => ask((its) => its.extent(account)),
    countBehind: (account, from, prefix) => ask((its) => its.countBehind(account, from, prefix)),
    trim: (account, options) => ask((its) => its.trim(account, options)),
  };
}

function notOpen(): AppError {
  return new AppError('ABORTED', 'The store is not open.');
}

function treesOf(ask: Ask<OpenedStore>): HashTrees {
  return {
    partitions: (wanted) => ask((its) => its.trees.partitions(wanted)),
    accounts: (partition, after, limit) =>
      ask((its) => its.trees.accounts(partition, after, limit)),
    sums: (account, ranges) => ask((its) => its.trees.sums(account, ranges)),
    cut: (account, range, ways) => ask((its) => its.trees.cut(account, range, ways)),
    list: (account, range, limit) => ask((its) => its.trees.list(account, range, limit)),
    check: (options) => ask((its) => its.trees.check(options)),
  };
}
