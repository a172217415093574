import type { Hash } from '../domain/ids.ts';
import {
  createPartitionHasher,
  digestHash,
  type PartitionHasher,
  type PartitionRange,
} from '../domain/merkle-tree.ts';
import { decodeTally } from './account-record.ts';
import { afterPrefix, type DiskKey, type DiskRange } from './disk.ts';
import type { AccountNode, HashTrees } from './hash-trees.ts';
import { KEY_KIND, partitionKeyOf, placeOf, type RecordKeys } from './record-keys.ts';
import type { StoreView, ViewEntry } from './store-view.ts';
import type { Transaction } from './transaction.ts';

/** Bits of a partition key's hash at the head of its keys. */
const PLACE_BITS = 16;

/**
 * The hash of each partition, of its accounts' tallies: kept in memory while it holds, made anew
 * when asked for after a write. Its size goes by the partitions, never by the accounts.
 */
export interface PartitionHashes extends Pick<HashTrees, 'partitions' | 'accounts'> {
  /** To be called where an account's tally is staged, before what listeners hear of the write. */
  staged(tx: Transaction, accountKey: DiskKey): void;
}

/** @param init.q partitions of the ring, a power of two up to 65,536. */
export function createPartitionHashes(
  init: { readonly q: number },
  components: { readonly view: StoreView; readonly keys: RecordKeys },
): PartitionHashes {
  const { view, keys } = components;
  const shift = PLACE_BITS - Math.log2(init.q);
  /** By partition; null: nothing there. What is not in it has to be computed. */
  const known = new Map<number, Hash | null>();
  /**
   * Partitions with a write that is staged and, as far as is known, neither durable nor failed:
   * readers see it already. After one that failed, until the next one that does not.
   */
  const unsettled = new Set<number>();
  /** How often each partition was written to, so that a hash made meanwhile is not kept. */
  const writes = new Map<number, number>();

  function changed(partition: number): void {
    known.delete(partition);
    writes.set(partition, (writes.get(partition) ?? 0) + 1);
  }
  /** Neighbouring partitions in one walk over their accounts. */
  async function compute(run: PartitionRange): Promise<ReadonlyMap<number, Hash>> {
    const partitions = Array.from({ length: run.count }, (_, i) => run.first + i);
    const before = new Map(partitions.map((partition) => [partition, writes.get(partition)]));
    const hashers = new Map<number, PartitionHasher>();
    for await (const entry of view.all(accountsOf(run, shift))) {
      const partition = placeOf(entry.key) >>> shift;
      const hasher = hashers.get(partition) ?? createPartitionHasher();
      hashers.set(partition, hasher);
      const { partitionKey, digest } = nodeOf(entry);
      hasher.add(partitionKey, digest);
    }
    const out = new Map<number, Hash>();
    for (const partition of partitions) {
      const hash = hashers.get(partition)?.done();
      if (hash !== undefined) out.set(partition, hash);
      const stands = !unsettled.has(partition) && writes.get(partition) === before.get(partition);
      if (stands) known.set(partition, hash ?? null);
    }
    return out;
  }
  return {
    staged(tx, accountKey) {
      const partition = placeOf(accountKey) >>> shift;
      changed(partition);
      unsettled.add(partition);
      tx.onCommit(() => {
        changed(partition);
        unsettled.delete(partition);
      });
    },
    async partitions(wanted) {
      const out = new Map<number, Hash>();
      const unknown: number[] = [];
      for (const partition of wanted) {
        const hash = known.get(partition);
        if (hash === undefined) unknown.push(partition);
        else if (hash !== null) out.set(partition, hash);
      }
      for (const run of runsOf(unknown)) {
        for (const [partition, hash] of await compute(run)) out.set(partition, hash);
      }
      return out;
    },
    async accounts(partition, after, limit) {
      const { from, to } = accountsOf({ first: partition, count: 1 }, shift);
      const start = after === undefined ? from : `${keys.account(after)}\0`;
      if (start < from || (to !== undefined && start >= to)) return [];
      return (await view.entries({ from: start, to }, { limit })).map(nodeOf);
    },
  };
}

/** Runs of neighbouring partitions. */
export function runsOf(partitions: Iterable<number>): readonly PartitionRange[] {
  const runs: { first: number; count: number }[] = [];
  for (const partition of [...partitions].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run.first + run.count === partition) run.count++;
    else runs.push({ first: partition, count: 1 });
  }
  return runs;
}

/** The keys of the tallies of neighbouring partitions. */
export function accountsOf(run: PartitionRange, shift: number): DiskRange {
  return {
    from: placeKey(run.first * 2 ** shift),
    to: placeKey((run.first + run.count) * 2 ** shift),
  };
}

function nodeOf({ key, record }: ViewEntry): AccountNode {
  const { digest, items, bytes } = decodeTally(record);
  return { partitionKey: partitionKeyOf(key), digest: digestHash(digest), items, bytes };
}

function placeKey(place: number): DiskKey {
  if (place >= 2 ** PLACE_BITS) return afterPrefix(KEY_KIND.account) ?? '';
  return KEY_KIND.account + String.fromCharCode(place >>> 8, place & 0xff);
}
