import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hash, PartitionKey } from '../../src-main/domain/ids.ts';
import {
  addSums,
  createPartitionHasher,
  digestHash,
  digestOfHash,
  EMPTY_SUM,
  rangeHash,
  rangesBetween,
  splitPartitions,
  subtractSums,
  sumOfItem,
} from '../../src-main/domain/merkle-tree.ts';

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as Hash);
const sum = fc.array(fc.array(hash, { maxLength: 3 }), { maxLength: 5 }).map(sumOf);

function sumOf(items: readonly (readonly Hash[])[]) {
  return items.map(sumOfItem).reduce(addSums, EMPTY_SUM);
}

describe('sums of items', () => {
  it('do not depend on the order, and can be taken off again', () => {
    fc.assert(
      fc.property(sum, sum, (a, b) => {
        expect(addSums(a, b)).toEqual(addSums(b, a));
        expect(subtractSums(addSums(a, b), b)).toEqual(a);
      }),
    );
  });

  it('go to text and back', () => {
    fc.assert(
      fc.property(sum, ({ digest }) => {
        expect(digestHash(digest)).toHaveLength(64);
        expect(digestOfHash(digestHash(digest))).toBe(digest);
      }),
    );
  });

  it('are nothing for an item without versions', () => {
    expect(sumOfItem([])).toEqual(EMPTY_SUM);
  });
});

describe('the hash of a partition', () => {
  const hashed = (accounts: readonly (readonly [Hash, Hash])[]) => {
    const hasher = createPartitionHasher();
    for (const [key, digest] of accounts) hasher.add(key as string as PartitionKey, digest);
    return hasher.done();
  };
  it('is another for any other accounts or digests, and none for nothing', () => {
    expect(hashed([])).toBeUndefined();
    const accounts = fc.array(fc.tuple(hash, hash), { maxLength: 5 });
    fc.assert(
      fc.property(accounts, accounts, (a, b) => {
        expect(hashed(a) === hashed(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('a range of partitions', () => {
  const q = fc.integer({ min: 1, max: 16 }).map((bits) => 2 ** bits);

  it('is cut without gaps', () => {
    fc.assert(
      fc.property(q, fc.integer({ min: 2, max: 64 }), (count, ways) => {
        const parts = splitPartitions({ first: 0, count }, ways);
        expect(parts.length).toBeLessThanOrEqual(ways);
        let next = 0;
        for (const part of parts) {
          expect(part.first).toBe(next);
          next += part.count;
        }
        expect(next).toBe(count);
      }),
    );
  });

  it('has a hash of just the partitions within', () => {
    const hashes = new Map([
      [3, '12'.repeat(32) as Hash],
      [9, '34'.repeat(32) as Hash],
    ]);
    expect(rangeHash({ first: 4, count: 5 }, hashes)).toBeUndefined();
    const within = rangeHash({ first: 0, count: 8 }, hashes);
    expect(within).toBe(rangeHash({ first: 3, count: 1 }, hashes));
    expect(within).not.toBe(rangeHash({ first: 0, count: 16 }, hashes));
    expect(rangeHash({ first: 0, count: 8 }, new Map([[4, '12'.repeat(32) as Hash]]))).not.toBe(
      within,
    );
  });
});

describe('ranges of sort keys', () => {
  it('lie between the boundaries', () => {
    expect(rangesBetween({}, [])).toEqual([{}]);
    expect(rangesBetween({ from: 'a' }, ['c', 'e'])).toEqual([
      { from: 'a', to: 'c' },
      { from: 'c', to: 'e' },
      { from: 'e' },
    ]);
  });
});
