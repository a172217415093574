import { utf8ToString } from '../base/bytes.ts';
import type { PartitionKey } from '../domain/ids.ts';
import {
  addSums,
  EMPTY_SUM,
  subtractSums,
  type ItemSum,
  type KeyRange,
} from '../domain/merkle-tree.ts';
import type { AccountBlocks } from './account-blocks.ts';
import { sumsOf } from './account-record.ts';
import { afterPrefix, type DiskKey, type DiskRange } from './disk.ts';
import type { HashTrees } from './hash-trees.ts';
import type { ItemReader } from './item-reader.ts';
import type { ItemSummary } from './item-store.ts';
import type { KeyBlocks } from './key-blocks.ts';
import { sortKeyOf, textBytes, type RecordKeys } from './record-keys.ts';
import type { StoreView } from './store-view.ts';

/** Blocks read at once: some of the disk's threads stay free for others. */
const BLOCKS_AT_ONCE = 2;

/** A key that cuts a block, as text and as a key of the disk. */
interface Cut {
  readonly bound: string;
  readonly key: DiskKey;
}

interface CutBlock {
  readonly first: DiskKey;
  readonly below: ItemSum;
  /** Upwards. */
  readonly cuts: readonly Cut[];
}

/** Ranges of an account's sort keys: whole blocks are taken as they are, the edges are read. */
export function createAccountRanges(components: {
  readonly view: StoreView;
  readonly keys: RecordKeys;
  readonly reader: ItemReader;
  readonly blocks: AccountBlocks;
}): Pick<HashTrees, 'sums' | 'cut' | 'list'> {
  const { view, keys, reader, blocks } = components;

  async function sumIn(range: DiskRange): Promise<ItemSum> {
    let sum = EMPTY_SUM;
    for await (const { key, record } of view.all(range)) {
      sum = addSums(sum, sumsOf(reader.stored(key, record)));
    }
    return sum;
  }
  function diskRange(account: PartitionKey, { from, to }: KeyRange): DiskRange {
    const prefix = keys.itemsOf(account);
    return {
      from: from === undefined ? prefix : prefix + textBytes(from),
      to: to === undefined ? afterPrefix(prefix) : prefix + textBytes(to),
    };
  }
  /** What lies below each of these keys, by key. A block is read once, however many cut it. */
  async function sumsBelow(
    account: PartitionKey,
    tree: KeyBlocks,
    bounds: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, ItemSum>> {
    const prefix = keys.itemsOf(account);
    const out = new Map<string, ItemSum>();
    const readBlock = async ({ first, below, cuts }: CutBlock): Promise<void> => {
      let sum = below;
      let next = 0;
      const pass = (isBelow: (cut: Cut) => boolean): void => {
        for (let cut = cuts[next]; cut !== undefined && isBelow(cut); cut = cuts[++next]) {
          out.set(cut.bound, sum);
        }
      };
      const range = { from: prefix + first, to: prefix + (cuts.at(-1)?.key ?? '') };
      if (range.from < range.to) {
        for await (const { key, record } of view.all(range)) {
          pass((cut) => prefix + cut.key <= key);
          sum = addSums(sum, sumsOf(reader.stored(key, record)));
        }
      }
      pass(() => true);
    };
    const all = cutBlocks(tree, bounds);
    for (let at = 0; at < all.length; at += BLOCKS_AT_ONCE) {
      await Promise.all(all.slice(at, at + BLOCKS_AT_ONCE).map(readBlock));
    }
    return out;
  }
  async function cutItems(account: PartitionKey, range: KeyRange, ways: number) {
    const found: DiskKey[] = [];
    for await (const { key } of view.all(diskRange(account, range))) found.push(key);
    const size = Math.max(1, Math.ceil(found.length / ways));
    return found.filter((_, i) => i > 0 && i % size === 0).map(sortKeyOf);
  }
  return {
    async sums(account, ranges) {
      const tree = await blocks.of(account);
      if (tree === undefined) {
        const out: ItemSum[] = [];
        for (const range of ranges) out.push(await sumIn(diskRange(account, range)));
        return out;
      }
      const bounds = ranges.flatMap(({ from, to }) =>
        [from, to].filter((key) => key !== undefined),
      );
      const below = await sumsBelow(account, tree, new Set(bounds));
      const { total } = tree;
      return ranges.map(({ from, to }) => {
        const lower = from === undefined ? EMPTY_SUM : (below.get(from) ?? EMPTY_SUM);
        const upper = to === undefined ? total : (below.get(to) ?? EMPTY_SUM);
        return subtractSums(upper, lower);
      });
    },
    async cut(account, range, ways) {
      const tree = await blocks.of(account);
      if (tree === undefined) return cutItems(account, range, ways);
      const low = range.from === undefined ? 0 : tree.at(textBytes(range.from)) + 1;
      const high = range.to === undefined ? tree.count - 1 : tree.at(textBytes(range.to));
      // Too few whole blocks to go by: the items of those few are read.
      if (high - low < ways) return cutItems(account, range, ways);
      const step = (high - low + 1) / ways;
      return Array.from({ length: ways - 1 }, (_, i) => {
        const first = tree.first(low + Math.floor((i + 1) * step)) ?? '';
        return utf8ToString(Buffer.from(first, 'latin1'));
      });
    },
    async list(account, range, limit) {
      const entries = await view.entries(diskRange(account, range), { limit });
      return entries.map(({ key, record }): ItemSummary => {
        const versions = reader.stored(key, record);
        return {
          key: { partitionKey: account, sortKey: sortKeyOf(key) },
          versions: versions.map(({ dot, hash, size }) => ({ dot, hash, size })),
        };
      });
    },
  };
}

/** The blocks that these keys cut, as they are at this moment. */
function cutBlocks(tree: KeyBlocks, bounds: ReadonlySet<string>): readonly CutBlock[] {
  const cuts = [...bounds].map((bound) => ({ bound, key: textBytes(bound) }));
  cuts.sort((a, b) => (a.key < b.key ? -1 : 1));
  const out = new Map<number, Cut[]>();
  for (const cut of cuts) {
    const block = tree.at(cut.key);
    const known = out.get(block);
    if (known === undefined) out.set(block, [cut]);
    else known.push(cut);
  }
  return [...out].map(([block, inside]) => ({
    first: block === 0 ? '' : (tree.first(block) ?? ''),
    below: tree.below(block),
    cuts: inside,
  }));
}
