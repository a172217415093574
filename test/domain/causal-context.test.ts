import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actorTableOf,
  addDot,
  addRange,
  checkContextLimits,
  compareDots,
  containsDot,
  coversContext,
  EMPTY_CONTEXT,
  equalContexts,
  highestCounter,
  joinAllContexts,
  joinContexts,
  MAX_ACTORS,
  MAX_RANGES,
  type CausalContext,
} from '../../src-main/domain/causal-context.ts';
import { actorOf } from './histories.ts';

const a = actorOf(1);
const b = actorOf(2);

/** Dots as plain facts, and the context that should hold exactly these. */
const anyDots = fc.array(
  fc.record({
    actor: fc.integer({ min: 0, max: 2 }).map(actorOf),
    counter: fc.integer({ min: 1, max: 40 }),
  }),
  { maxLength: 30 },
);

function contextOf(dots: readonly { actor: typeof a; counter: number }[]): CausalContext {
  return dots.reduce<CausalContext>((context, dot) => addDot(context, dot), EMPTY_CONTEXT);
}

function dotsOf(context: CausalContext): string[] {
  const out: string[] = [];
  for (const [actor, ranges] of context) {
    for (const [from, to] of ranges) for (let n = from; n <= to; n++) out.push(`${actor}.${n}`);
  }
  return out.sort();
}

describe('a causal context', () => {
  it('holds exactly the dots put in, also with gaps between them', () => {
    fc.assert(
      fc.property(anyDots, (dots) => {
        const context = contextOf(dots);
        const names = new Set(dots.map(({ actor, counter }) => `${actor}.${counter}`));
        expect(dotsOf(context)).toEqual([...names].sort());
        for (let counter = 0; counter <= 41; counter++) {
          expect(containsDot(context, { actor: a, counter })).toBe(names.has(`${a}.${counter}`));
        }
      }),
    );
  });

  it('keeps ranges sorted, disjoint and not adjacent', () => {
    fc.assert(
      fc.property(anyDots, anyDots, (one, other) => {
        for (const ranges of joinContexts(contextOf(one), contextOf(other)).values()) {
          for (const [i, [from, to]] of ranges.entries()) {
            expect(from).toBeLessThanOrEqual(to);
            expect(from).toBeGreaterThan((ranges[i - 1]?.[1] ?? -1) + 1);
          }
        }
      }),
    );
  });

  it('joins like a set, and leaves what it joins as it was', () => {
    fc.assert(
      fc.property(anyDots, anyDots, (one, other) => {
        const [x, y] = [contextOf(one), contextOf(other)];
        const before = [dotsOf(x), dotsOf(y)];
        expect(dotsOf(joinContexts(x, y))).toEqual(dotsOf(contextOf([...one, ...other])));
        expect(equalContexts(joinContexts(x, y), joinContexts(y, x))).toBe(true);
        expect(equalContexts(joinContexts(x, x), x)).toBe(true);
        expect([dotsOf(x), dotsOf(y)]).toEqual(before);
      }),
    );
  });

  it('covers another exactly when it has all its dots', () => {
    fc.assert(
      fc.property(anyDots, anyDots, fc.boolean(), (one, other, within) => {
        const x = contextOf(within ? [...one, ...other] : one);
        const y = contextOf(other);
        const all = new Set(dotsOf(x));
        expect(coversContext(x, y)).toBe(dotsOf(y).every((dot) => all.has(dot)));
      }),
    );
  });

  it('finds a dot among a thousand ranges', () => {
    let context = EMPTY_CONTEXT;
    for (let i = 0; i < 1000; i++) context = addRange(context, a, 10 * i + 1, 10 * i + 3);
    expect(containsDot(context, { actor: a, counter: 5003 })).toBe(true);
    expect(containsDot(context, { actor: a, counter: 5004 })).toBe(false);
    expect(containsDot(context, { actor: b, counter: 5003 })).toBe(false);
    expect(coversContext(context, new Map([[a, [[5001, 5004]]]]))).toBe(false);
  });

  it('does not bridge a gap, and closes one that is filled', () => {
    const gap = contextOf([
      { actor: a, counter: 1 },
      { actor: a, counter: 3 },
    ]);
    expect(containsDot(gap, { actor: a, counter: 2 })).toBe(false);
    expect(addDot(gap, { actor: a, counter: 2 }).get(a)).toEqual([[1, 3]]);
    expect(addRange(gap, a, 5, 4)).toBe(gap);
  });

  it('knows the highest counter of an actor', () => {
    expect(highestCounter(addRange(EMPTY_CONTEXT, a, 4, 7), a)).toBe(7);
    expect(highestCounter(EMPTY_CONTEXT, a)).toBe(0);
  });

  it('joins any number of contexts', () => {
    const contexts = [1, 3, 2].map((counter) => addDot(EMPTY_CONTEXT, { actor: a, counter }));
    expect(joinAllContexts(contexts).get(a)).toEqual([[1, 3]]);
    expect(joinAllContexts([])).toBe(EMPTY_CONTEXT);
  });

  it('refuses more actors or ranges than the formats hold', () => {
    const actors = (count: number): CausalContext =>
      new Map(Array.from({ length: count }, (_, i) => [actorOf(i), [[1, 1]]]));
    const ranges = (count: number): CausalContext =>
      new Map([[a, Array.from({ length: count }, (_, i) => [2 * i + 1, 2 * i + 1] as const)]]);
    checkContextLimits(actors(MAX_ACTORS));
    checkContextLimits(ranges(MAX_RANGES));
    const refused = expect.objectContaining({ code: 'LIMIT_EXCEEDED' });
    expect(() => {
      checkContextLimits(actors(MAX_ACTORS + 1));
    }).toThrow(refused);
    expect(() => {
      checkContextLimits(ranges(MAX_RANGES + 1));
    }).toThrow(refused);
  });

  it('lists its actors with the writer first and the others in order', () => {
    const context = contextOf([3, 1, 2].map((n) => ({ actor: actorOf(n), counter: 1 })));
    expect(actorTableOf(actorOf(2), context)).toEqual([2, 1, 3].map(actorOf));
    expect(actorTableOf(actorOf(9), EMPTY_CONTEXT)).toEqual([actorOf(9)]);
  });

  it('orders dots by actor, then counter', () => {
    const dots = [
      { actor: b, counter: 1 },
      { actor: a, counter: 10 },
      { actor: a, counter: 9 },
    ];
    expect(dots.sort(compareDots).map((dot) => dot.counter)).toEqual([9, 10, 1]);
  });
});
