import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CartVersion } from '../../src-main/app/cart-versions.ts';
import { versionName } from '../../src-main/app/context-token.ts';
import {
  alsoCovered,
  refuseUnseenTwins,
  withoutTwins,
  withTwinLines,
} from '../../src-main/app/twins.ts';
import { draftOf, stampLines } from '../../src-main/domain/cart-edit.ts';
import { mergeCart } from '../../src-main/domain/cart-merge.ts';
import type { CartLine } from '../../src-main/domain/cart.ts';
import { EMPTY_CONTEXT, type CausalContext } from '../../src-main/domain/causal-context.ts';
import type { ActorId, Hash } from '../../src-main/domain/ids.ts';
import { mergeSiblings, seenOfAll } from '../../src-main/domain/versioned-item.ts';

const a = 'aa'.repeat(16) as ActorId;
const b = 'bb'.repeat(16) as ActorId;
const PAST: CausalContext = new Map([[a, [[1, 3]]]]);
const DOT = { actor: a, counter: 4 };

function version(hash: number, dot = DOT, context = PAST, lines: CartLine[] = []): CartVersion {
  const named = { dot, hash: hash.toString(16).padStart(16, '0').repeat(4) as Hash };
  const cart = { name: 'Groceries', lines };
  return { ...named, context, cart, name: versionName(named), device: '', own: false, wallMs: 0 };
}
function line(counter: number, index: number, title: string, setAt = counter): CartLine {
  return {
    id: { dot: { actor: a, counter }, index },
    dot: { actor: a, counter: setAt },
    ...{ at: 0, quantity: 1, note: '', product: { title } },
  };
}

describe('two versions under one name', () => {
  const one = version(1);
  const twin = version(2);
  const apart = version(3, { actor: b, counter: 1 }, EMPTY_CONTEXT);

  it('are both covered by what covers one', () => {
    expect(alsoCovered([one, twin, apart], [one])).toEqual([one, twin]);
    expect(alsoCovered([one, twin, apart], [apart])).toEqual([apart]);
    expect(withoutTwins([one, apart], [one, twin, apart])).toEqual([apart]);
  });

  it('are not replaced by one who was shown only one of them', () => {
    const read = { versions: [one.name, apart.name], context: seenOfAll([one, apart]) };
    expect(() => {
      refuseUnseenTwins(read, [one, apart]);
    }).not.toThrow();
    expect(() => {
      refuseUnseenTwins(read, [one, twin, apart]);
    }).toThrow(expect.objectContaining({ code: 'STALE_CONTEXT' }) as Error);
  });

  it('are shown with all lines that either set, none of them as removed by the other', () => {
    const mine = version(1, DOT, PAST, [line(1, 0, 'Milk'), line(4, 0, 'Bread')]);
    const other = version(2, DOT, PAST, [
      line(2, 0, 'Removed by the one'),
      { ...line(1, 0, 'Milk', 4), quantity: 7 },
      line(4, 1, 'Tea'),
    ]);
    const { conflict, lines } = mergeCart([mine, other]);
    expect(conflict).toBe(true);
    const groups = Object.fromEntries(lines.map((one) => [one.product.title, one.group]));
    expect(groups).toEqual({
      Milk: 'changed',
      Bread: 'added',
      'Removed by the one': 'removed',
      Tea: 'added',
    });
  });

  it('keep all lines that either of them set, and what the one removed knowingly stays so', () => {
    const mine = version(1, DOT, PAST, [line(1, 0, 'Milk'), line(4, 0, 'Bread')]);
    const other = version(2, DOT, PAST, [
      ...[line(1, 0, 'Milk'), line(2, 0, 'Removed by the one')],
      ...[line(4, 0, 'Eggs'), line(4, 1, 'Tea'), line(3, 0, 'Coffee', 4)],
    ]);
    const draft = withTwinLines(draftOf(mine.cart!), mine, [other]);
    const dot = { actor: b, counter: 9 };
    const { lines } = stampLines({ draft, replaced: [mine, other], dot, wallMs: 1 });
    expect(lines.map(({ product: { title } }) => title)).toEqual([
      ...['Milk', 'Bread', 'Eggs', 'Tea', 'Coffee'],
    ]);
    const ids = lines.map(({ id }) => `${id.dot.actor} ${id.dot.counter} ${id.index}`);
    expect(new Set(ids).size).toBe(lines.length);
  });

  it('leave nothing held that the write covers and does not replace', () => {
    const dots = fc.record({
      actor: fc.constantFrom(a, b),
      counter: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(dots, { minLength: 1, maxLength: 6 }), fc.nat(), (drawn, pick) => {
        const all = drawn.map((dot, i) => version(i + 1, dot, EMPTY_CONTEXT));
        const held = mergeSiblings(all, []);
        const replaced = alsoCovered(held, [held[pick % held.length]!]);
        const next = version(99, { actor: a, counter: 9 }, seenOfAll(replaced));
        const left = mergeSiblings(held, [next]).filter((other) => other !== next);
        expect(left).toEqual(held.filter((other) => !replaced.includes(other)));
      }),
    );
  });
});
