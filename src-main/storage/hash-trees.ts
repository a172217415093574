import type { Hash, PartitionKey } from '../domain/ids.ts';

/** What one account has in this store. */
export interface AccountNode {
  readonly partitionKey: PartitionKey;
  /** The same text as `ItemStore.accountDigest`. */
  readonly digest: Hash;
  readonly items: number;
  /** Of envelopes. */
  readonly bytes: number;
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
}
