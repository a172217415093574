import type { Events } from '../base/emitter.ts';
import type { Startable } from '../base/startable.ts';
import type { Dot } from '../domain/causal-context.ts';
import type { ActorId, Hash, ItemKey, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { HashTrees } from './hash-trees.ts';
import type { RecordWrite } from './record-store.ts';

/** What one item holds here, right after it changed. */
export interface ItemChanged {
  readonly key: ItemKey;
  /** Versions that were not here before and now stand among the siblings. */
  readonly added: readonly SignedVersion[];
  readonly siblings: readonly SignedVersion[];
  /** True for this machine's own write, false for one that arrived. */
  readonly local: boolean;
}

/** What is on this disk, for people. */
export interface StoreSize {
  readonly items: number;
  /** Of all envelopes. */
  readonly bytes: number;
  /** Versions that are tombstones, and the bytes of their envelopes. */
  readonly tombstones: number;
  readonly tombstoneBytes: number;
}

export interface ItemStoreEvents {
  /** After the batch is synced. */
  changed: ItemChanged;
  /** Two versions with one dot: a copied or restored store has written (DESIGN §2 Epochs). */
  duplicateDot: { readonly key: ItemKey; readonly dot: Dot };
  /** An outbox entry was added or taken off. */
  outbox: { readonly key: ItemKey };
}

/** One local write: `build` runs inside the item's turn, synchronously, and returns the version. */
export interface IssueRequest {
  readonly key: ItemKey;
  /** Makes the actor of (this peer, the store's epoch now, this account). */
  readonly actorOf: (epoch: StoreEpoch) => ActorId;
  /**
   * Makes the signed version. What it throws is thrown by `issue`, with nothing written.
   * The new context also takes the counters lastOwn+1 .. counter-1 of its own actor (DESIGN §1).
   */
  readonly build: (given: IssueGiven) => SignedVersion;
}

export interface IssueGiven {
  readonly epoch: StoreEpoch;
  readonly actor: ActorId;
  /** Greater than every counter of the actor that this store has issued or met. */
  readonly counter: number;
  /**
   * The greatest counter of the actor in the joined `seen` of the siblings held, or the last that
   * was lost here in a crash if that is greater. When there is none of the siblings it is
   * counter − 1, so that the context gets none of its own: an earlier version of the item that was
   * dropped here must not be covered unread.
   */
  readonly lastOwn: number;
  /** What this store holds of the item at this moment. */
  readonly siblings: readonly SignedVersion[];
}

export interface MergeOutcome {
  /** `stored`: now here (or was already); `covered`: something here already follows it. */
  readonly each: readonly ('stored' | 'covered')[];
  readonly siblings: readonly SignedVersion[];
}

/** A version that a fallback keeps for an owner. */
export interface Hint {
  readonly owner: PeerId;
  readonly key: ItemKey;
  readonly dot: Dot;
  readonly hash: Hash;
}

export interface OutboxEntry {
  readonly key: ItemKey;
  readonly dot: Dot;
  readonly hash: Hash;
}

export interface ScanRange {
  readonly partitionKey: PartitionKey;
  readonly prefix?: string;
  /** Inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
  /** Exclusive start for paging (the last sort key of the page before). */
  readonly after?: string;
  readonly reverse?: boolean;
  readonly limit: number;
}

export interface StoredItem {
  readonly key: ItemKey;
  readonly siblings: readonly SignedVersion[];
}

/** What identifies the siblings of an item without their bytes. */
export interface ItemSummary {
  readonly key: ItemKey;
  readonly versions: readonly { readonly dot: Dot; readonly hash: Hash; readonly size: number }[];
}

/**
 * The versions this machine holds. All methods that write resolve only when the write is synced to
 * disk; writes that arrive while a sync runs share the next one (group commit). Reads see writes
 * whose sync is still under way. Two implementations, one suite: LevelDB and memory.
 */
export interface ItemStore extends Startable, Events<ItemStoreEvents> {
  readonly epoch: StoreEpoch;
  /** The siblings held of the item, in (dot, hash) order; [] if none. */
  read(key: ItemKey): Promise<readonly SignedVersion[]>;
  /**
   * Merges versions of one item that came from elsewhere; hints are written in the same batch. A
   * version held here that one of them covers leaves the outbox: what covers it carries it.
   * @throws QUOTA_EXCEEDED (hints have no room left), OVERLOADED, DISK_FULL, STORAGE_FAILED:
   * nothing was acknowledged.
   */
  merge(
    key: ItemKey,
    versions: readonly SignedVersion[],
    options?: { readonly hintsFor?: readonly PeerId[] },
  ): Promise<MergeOutcome>;
  /**
   * In one batch: the versions `remove` leave the item, with their outbox references and hints,
   * then `add` is merged. For issuing a version again under a new dot, and for taking one back;
   * never for a person's delete. Hashes not held are passed over. Returns the siblings then held.
   */
  replaceVersions(
    key: ItemKey,
    change: { readonly remove: readonly Hash[]; readonly add: readonly SignedVersion[] },
  ): Promise<readonly SignedVersion[]>;
  /**
   * Of the versions that left the item and are on this disk still (an account that is followed
   * keeps them for its change stream), those that count and that none of them covers; [] if none.
   */
  formerVersions(
    key: ItemKey,
    counts: (version: SignedVersion) => boolean,
  ): Promise<readonly SignedVersion[]>;
  /**
   * Own writes: counters, items and outbox references in one durable batch (DESIGN §2), with
   * the records `alongside`. @throws STALE_CONTEXT, nothing written, when one is not as it was
   * @param leave called while that batch is on its way to the disk, where the versions may leave
   *   already (CounterReserve): never with records alongside. If it fails, they are not here.
   */
  issue(
    requests: readonly IssueRequest[],
    alongside?: readonly RecordWrite[],
    leave?: (versions: readonly SignedVersion[]) => void,
  ): Promise<readonly SignedVersion[]>;
  /**
   * The greatest counter of the actor that may have left this store (0 if none): what it issued, or
   * had reserved for a burst of writes that a crash cut short.
   */
  issuedCounter(actor: ActorId): Promise<number>;
  /** The greatest counter of the actor met in any stored dot or context (0 if none). */
  highestKnownCounter(actor: ActorId): Promise<number>;
  /** A new life of the store: a fresh epoch, durable before it resolves. */
  renewEpoch(): Promise<StoreEpoch>;

  /** Items of one account in sort-key order. */
  scan(range: ScanRange): Promise<readonly StoredItem[]>;
  /** Every partition key with at least one item here, of the given partitions. */
  accountsIn(partitions: ReadonlySet<number>): Promise<readonly PartitionKey[]>;
  /** As `scan`, without the versions' bytes: no envelope is read for it. */
  summaries(range: ScanRange): Promise<readonly ItemSummary[]>;
  /**
   * Order-independent digest (hex) of all (item, dot, hash) an account has here; equal digests mean
   * equal siblings. Kept up to date with every write.
   */
  accountDigest(partitionKey: PartitionKey): Promise<string>;
  /** Bytes of all envelopes an account has here. Kept up to date with every write. */
  accountBytes(partitionKey: PartitionKey): Promise<number>;
  /** For comparing all that is here with another member. */
  readonly trees: HashTrees;
  /**
   * Deletes items outright (handed over and no longer owned here). Never a person's delete. An item
   * with an own version still in the outbox stays.
   */
  drop(keys: readonly ItemKey[]): Promise<void>;

  /** The oldest entries first. */
  outbox(limit: number): Promise<readonly OutboxEntry[]>;
  outboxSize(): Promise<number>;
  /** Takes entries off the outbox (every owner has them, or something that covers them). */
  completeOutbox(entries: readonly OutboxEntry[]): Promise<void>;

  /**
   * Hints for the owner. When a hinted version has been replaced here meanwhile, what `read` gives
   * of its item covers it: deliver that.
   */
  hintsFor(owner: PeerId, limit: number): Promise<readonly Hint[]>;
  hintOwners(): Promise<readonly PeerId[]>;
  hintBytes(): Promise<number>;
  deleteHints(hints: readonly Hint[]): Promise<void>;

  /** Items and bytes on this disk, for status. */
  size(): Promise<StoreSize>;
}
