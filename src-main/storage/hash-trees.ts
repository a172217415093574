import type { Hash, PartitionKey } from '../domain/ids.ts';
import type { ItemSum, KeyRange } from '../domain/merkle-tree.ts';
import type { ItemSummary } from './item-store.ts';

/** What one account has in this store. */
export interface AccountNode {
  readonly partitionKey: PartitionKey;
  /** The same text as `ItemStore.accountDigest`. */
  readonly digest: Hash;
  readonly items: number;
  /** Of envelopes. */
  readonly bytes: number;
}

export interface TreeCheck {
  readonly accounts: number;
  /** Accounts whose tally was not what their items add up to; it is now. */
  readonly mended: readonly PartitionKey[];
}

/**
 * The hash trees over what the store holds (domain/merkle-tree.ts; decision 0509): partitions,
 * their accounts, ranges of an account's sort keys. All of it is up to date with every write.
 */
export interface HashTrees {
  /** The hash of each of these partitions that has something here. */
  partitions(wanted: Iterable<number>): Promise<ReadonlyMap<number, Hash>>;
  /** Accounts of a partition with something here, after one (exclusive), in the order of keys. */
  accounts(
    partition: number,
    after: PartitionKey | undefined,
    limit: number,
  ): Promise<readonly AccountNode[]>;
  /** What the items of each of these ranges add up to. */
  sums(account: PartitionKey, ranges: readonly KeyRange[]): Promise<readonly ItemSum[]>;
  /** Boundaries that cut the range into at most `ways` parts of about as many items. */
  cut(account: PartitionKey, range: KeyRange, ways: number): Promise<readonly string[]>;
  /** The first items of the range, in the order of sort keys. */
  list(account: PartitionKey, range: KeyRange, limit: number): Promise<readonly ItemSummary[]>;
  /**
   * Counts the items of every account and mends tallies that do not add up; items are never
   * touched. Writes go on meanwhile.
   * @param options.pauseMs rest after each account. @default 0
   */
  check(options?: { readonly signal?: AbortSignal; readonly pauseMs?: number }): Promise<TreeCheck>;
}
