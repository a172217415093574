import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRange,
  EMPTY_CONTEXT,
  type CausalContext,
} from '../../src-main/domain/causal-context.ts';
import type { Hash } from '../../src-main/domain/ids.ts';
import {
  coversVersion,
  findDuplicateDots,
  mergeSiblings,
  sameVersion,
  seenOf,
  seenOfAll,
  type Version,
} from '../../src-main/domain/versioned-item.ts';
import { findUnclosed } from '../../src-main/domain/write-context.ts';
import { actorOf, anyHistory, anyThreeViews, type WrittenVersion } from './histories.ts';

const a = actorOf(1);
const b = actorOf(2);

function version(actor: typeof a, counter: number, context = EMPTY_CONTEXT, hash = ''): Version {
  return { dot: { actor, counter }, hash: `${actor}${counter}${hash}` as Hash, context };
}

function past(...dots: (readonly [typeof a, number])[]): CausalContext {
  return dots.reduce((context, [actor, n]) => addRange(context, actor, n, n), EMPTY_CONTEXT);
}

describe('merging siblings', () => {
  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(anyThreeViews, ([, x, y, z]) => {
        expect(mergeSiblings(x, y)).toEqual(mergeSiblings(y, x));
        expect(mergeSiblings(mergeSiblings(x, y), z)).toEqual(
          mergeSiblings(x, mergeSiblings(y, z)),
        );
        const merged = mergeSiblings(x, y);
        expect(mergeSiblings(merged, merged)).toEqual(merged);
        expect(mergeSiblings(merged, x)).toEqual(merged);
      }),
    );
  });

  it('keeps exactly the versions that none of those at hand truly follows', () => {
    fc.assert(
      fc.property(anyThreeViews, ([, x, y]) => {
        const all = [...x, ...y];
        const followed = new Set(all.flatMap((one) => [...one.past]));
        const kept = all.filter((one) => !followed.has(one.index)).map((one) => one.index);
        const merged = mergeSiblings(x, y).map((one) => one.index);
        expect(new Set(merged)).toEqual(new Set(kept));
        expect(merged.length).toBe(new Set(merged).size);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves siblings pairwise concurrent', () => {
    fc.assert(
      fc.property(anyThreeViews, ([, x, y]) => {
        const merged = mergeSiblings(x, y);
        for (const one of merged) {
          for (const other of merged) expect(coversVersion(one, other)).toBe(false);
        }
      }),
    );
  });

  it('covers no version falsely, whatever gaps the counters have', () => {
    fc.assert(
      fc.property(anyHistory, (versions) => {
        for (const one of versions) {
          for (const other of versions) {
            expect(coversVersion(one, other)).toBe(one.past.has(other.index));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('meets only closed contexts: what covers a version covers its past', () => {
    fc.assert(
      fc.property(anyHistory, (versions) => {
        for (const one of versions) expect(findUnclosed(one, versions)).toBeUndefined();
      }),
    );
  });

  it('gives one result for one and one, and for the same by the general way', () => {
    fc.assert(
      fc.property(anyThreeViews, ([, x, y]) => {
        const [one, other] = [x[0], y[0]] as [WrittenVersion?, WrittenVersion?];
        if (one === undefined || other === undefined) return;
        expect(mergeSiblings([one], [other])).toEqual(mergeSiblings([one, one], [other]));
      }),
    );
  });

  it('keeps both of two versions with one dot and other bytes, and tells of the dot', () => {
    const [one, twin] = [version(a, 5, EMPTY_CONTEXT, 'x'), version(a, 5, EMPTY_CONTEXT, 'y')];
    expect(mergeSiblings([twin], [one])).toEqual([one, twin]);
    expect(findDuplicateDots([twin, one, version(a, 6)])).toEqual([one.dot]);
    expect(findDuplicateDots([one, version(b, 5)])).toEqual([]);
  });

  it('keeps both of two versions that claim to follow each other', () => {
    const [one, other] = [version(a, 1, past([b, 1])), version(b, 1, past([a, 1]))];
    expect(mergeSiblings([one], [other])).toEqual([one, other]);
    expect(mergeSiblings([one, other], [])).toEqual([one, other]);
  });

  it('replaces what was read and stands beside what was not', () => {
    const [read, unread] = [version(a, 1), version(b, 1)];
    const next = version(a, 2, past([a, 1]));
    expect(mergeSiblings([read, unread], [next])).toEqual([next, unread]);
  });
});

describe('seen', () => {
  it('is the past and the version itself', () => {
    expect(seenOf(version(a, 3, past([a, 2], [b, 1]))).get(a)).toEqual([[2, 3]]);
    expect(seenOfAll([version(a, 1), version(b, 4)])).toEqual(past([a, 1], [b, 4]));
    expect(seenOfAll([])).toEqual(EMPTY_CONTEXT);
  });
});

describe('two versions', () => {
  it('are the same when their bytes are', () => {
    expect(sameVersion(version(a, 1), version(a, 1))).toBe(true);
    expect(sameVersion(version(a, 1), version(a, 1, EMPTY_CONTEXT, 'x'))).toBe(false);
  });
});
