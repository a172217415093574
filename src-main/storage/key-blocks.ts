import { addSums, EMPTY_SUM, subtractSums, type ItemSum } from '../domain/merkle-tree.ts';
import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';
import { fromNumber256, toNumber256 } from './checked-record.ts';

/** Items of a block as it is made. */
export const BLOCK_ITEMS = 64;
/** A block that has grown to so many times the size is to be divided. */
const MAX_GROWTH = 4;
/** Beyond so many blocks each takes twice the items: the bound of an account's memory. */
const MAX_BLOCKS = 16_384;

/**
 * One account's items in blocks neighbouring by sort key, each with its sum. Keys are byte texts
 * (record-keys.ts), whose order is that of the bytes. Block 0 takes what is below its first key.
 */
export interface KeyBlocks {
  readonly count: number;
  readonly total: ItemSum;
  /** The block that a key belongs to. */
  at(key: string): number;
  /** First key of the block; undefined beyond the last. */
  first(block: number): string | undefined;
  /** What is in the blocks before this one. */
  below(block: number): ItemSum;
  /** The next item of a walk upwards. */
  append(key: string, sum: ItemSum): void;
  /** One item changed. Returns a block that has become too large, if one has. */
  change(key: string, before: ItemSum, after: ItemSum): number | undefined;
  /** Puts the items of one block, all of them and in order, into new ones. */
  divide(block: number, items: readonly { readonly key: string; readonly sum: ItemSum }[]): void;
  encode(): Uint8Array;
}

interface Block {
  readonly first: string;
  sum: ItemSum;
}

export function createKeyBlocks(initial: readonly Block[] = []): KeyBlocks {
  let blocks: Block[] = [...initial];
  let size = BLOCK_ITEMS;
  let sums: ItemSum[] | undefined;
  coarsen();

  function coarsen(): void {
    for (; blocks.length > MAX_BLOCKS; size *= 2) {
      blocks = blocks.flatMap((block, i) => {
        if (i % 2 === 1) return [];
        return [{ ...block, sum: addSums(block.sum, blocks[i + 1]?.sum ?? EMPTY_SUM) }];
      });
    }
    sums = undefined;
  }
  /** Running sums: number i is of the blocks before i. */
  function running(): ItemSum[] {
    if (sums !== undefined) return sums;
    const out = [EMPTY_SUM];
    for (const { sum } of blocks) out.push(addSums(out.at(-1) ?? EMPTY_SUM, sum));
    sums = out;
    return out;
  }
  function at(key: string): number {
    let [low, high] = [0, blocks.length];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((blocks[middle]?.first ?? '') <= key) low = middle;
      else high = middle;
    }
    return low;
  }
  /** Blocks of `size` for items in order. */
  function made(items: readonly { key: string; sum: ItemSum }[]): Block[] {
    const out: Block[] = [];
    for (const { key, sum } of items) {
      const last = out.at(-1);
      if (last === undefined || last.sum.items >= size) out.push({ first: key, sum });
      else last.sum = addSums(last.sum, sum);
    }
    return out;
  }
  return {
    get count() {
      return blocks.length;
    },
    get total() {
      return running().at(-1) ?? EMPTY_SUM;
    },
    at,
    first: (block) => blocks[block]?.first,
    below: (block) => running()[Math.min(block, blocks.length)] ?? EMPTY_SUM,
    append(key, sum) {
      sums = undefined;
      const last = blocks.at(-1);
      if (last !== undefined && last.sum.items < size) last.sum = addSums(last.sum, sum);
      else blocks.push({ first: key, sum });
      if (blocks.length > MAX_BLOCKS) coarsen();
    },
    change(key, before, after) {
      sums = undefined;
      const number = at(key);
      const block = blocks[number];
      if (block === undefined) {
        blocks = [{ first: key, sum: subtractSums(after, before) }];
        return undefined;
      }
      block.sum = subtractSums(addSums(block.sum, after), before);
      return block.sum.items > MAX_GROWTH * size ? number : undefined;
    },
    divide(block, items) {
      blocks.splice(block, 1, ...made(items));
      coarsen();
    },
    encode: () => encodeBlocks(blocks),
  };
}

const FIXED = 2 + 4 + 32;

/** u32 blocks, then for each: u16 length of its first key, the key, u32 items, 32 bytes digest. */
function encodeBlocks(blocks: readonly Block[]): Uint8Array {
  const bytes = blocks.reduce((all, block) => all + FIXED + block.first.length, 4);
  const out = createLayoutWriter(bytes);
  out.u32(blocks.length);
  for (const { first, sum } of blocks) {
    out.u16(first.length);
    out.bytes(Buffer.from(first, 'latin1'));
    out.u32(sum.items);
    out.bytes(fromNumber256(sum.digest));
  }
  return out.done();
}

/** Throws a RangeError for anything `encode` never wrote. */
export function decodeBlocks(body: Uint8Array): KeyBlocks {
  const input = createLayoutReader(body);
  const blocks = Array.from({ length: input.u32() }, (): Block => {
    const key = input.bytes(input.u16());
    const first = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
    const items = input.u32();
    return { first, sum: { items, digest: toNumber256(input.bytes(32)) } };
  });
  input.end();
  return createKeyBlocks(blocks);
}
