import { describe, expect, it } from 'vitest';
import {
  addRange,
  EMPTY_CONTEXT,
  type CausalContext,
} from '../../src-main/domain/causal-context.ts';
import type { Hash } from '../../src-main/domain/ids.ts';
import type { Version } from '../../src-main/domain/versioned-item.ts';
import {
  contextForWrite,
  findUnclosed,
  versionsCoveredBy,
} from '../../src-main/domain/write-context.ts';
import { actorOf } from './histories.ts';

const a = actorOf(1);
const b = actorOf(2);

function version(actor: typeof a, counter: number, context = EMPTY_CONTEXT): Version {
  return { dot: { actor, counter }, hash: `${actor}${counter}` as Hash, context };
}

function ranges(actor: typeof a, ...list: (readonly [number, number])[]): CausalContext {
  return list.reduce((context, [from, to]) => addRange(context, actor, from, to), EMPTY_CONTEXT);
}

describe('the context of a write', () => {
  it('is the joined seen of all it replaces', () => {
    const replaced = [version(b, 3, ranges(b, [1, 1])), version(a, 1)];
    const context = contextForWrite({ actor: a, counter: 2, lastOwn: 1, replaced });
    expect([...context]).toEqual([
      [
        b,
        [
          [1, 1],
          [3, 3],
        ],
      ],
      [a, [[1, 1]]],
    ]);
  });

  it('takes in the counters its actor spent on other items since', () => {
    const replaced = [version(a, 2)];
    const context = contextForWrite({ actor: a, counter: 9, lastOwn: 2, replaced });
    expect(context.get(a)).toEqual([[2, 8]]);
  });

  it('does not cover the last own version if that is not replaced', () => {
    const context = contextForWrite({
      actor: a,
      counter: 9,
      lastOwn: 5,
      replaced: [version(b, 1)],
    });
    expect(context.get(a)).toEqual([[6, 8]]);
    expect(versionsCoveredBy([version(a, 5), version(b, 1)], context)).toEqual([version(b, 1)]);
  });

  it('covers nothing of others when it is blind', () => {
    expect(contextForWrite({ actor: a, counter: 1, lastOwn: 0, replaced: [] })).toEqual(
      EMPTY_CONTEXT,
    );
    const later = contextForWrite({ actor: a, counter: 4, lastOwn: 3, replaced: [] });
    expect(versionsCoveredBy([version(a, 3), version(b, 1)], later)).toEqual([]);
  });

  it('takes in what the author had read elsewhere', () => {
    const given = ranges(b, [1, 7]);
    const context = contextForWrite({ actor: a, counter: 1, lastOwn: 0, replaced: [], given });
    expect(context).toEqual(given);
  });

  it('refuses a past in which its own dot, or a later one, has been written already', () => {
    const refused = expect.objectContaining({ code: 'UNKNOWN_CONTEXT' });
    const given = ranges(a, [1, 4]);
    expect(() =>
      contextForWrite({ actor: a, counter: 4, lastOwn: 3, replaced: [], given }),
    ).toThrow(refused);
    expect(() => contextForWrite({ actor: a, counter: 4, lastOwn: 4, replaced: [] })).toThrow(
      refused,
    );
  });

  it('refuses to grow beyond what the formats hold', () => {
    const given = ranges(
      b,
      ...Array.from({ length: 1025 }, (_, i) => [2 * i + 1, 2 * i + 1] as const),
    );
    expect(() =>
      contextForWrite({ actor: a, counter: 1, lastOwn: 0, replaced: [], given }),
    ).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });
});

describe('a context that is not closed', () => {
  it('is found out by whoever knows a covered version and its past', () => {
    const covered = version(b, 2, ranges(b, [1, 1]));
    const forged = version(a, 1, ranges(b, [2, 2]));
    expect(findUnclosed(forged, [version(b, 9), covered])).toBe(covered);
    expect(findUnclosed(version(a, 1, ranges(b, [1, 2])), [covered])).toBeUndefined();
    expect(findUnclosed(forged, [])).toBeUndefined();
  });
});
