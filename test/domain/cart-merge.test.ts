import { describe, expect, it } from 'vitest';
import { draftOf, removeLine, setLine, type Draft } from '../../src-main/domain/cart-edit.ts';
import {
  autoResolved,
  mergeCart,
  productChoices,
  siblingToEdit,
  type MergedLine,
} from '../../src-main/domain/cart-merge.ts';
import type { Cart, CartSibling } from '../../src-main/domain/cart.ts';
import { mergeSiblings } from '../../src-main/domain/versioned-item.ts';
import { createTestDevice, draft, lineAt, milk } from './cart-versions.ts';

type Sibling = CartSibling & { readonly cart: Cart };
type Edit = (draft: Draft, line: Sibling['cart']['lines'][number]) => Draft;

const set =
  (quantity: number): Edit =>
  (start, { id }) =>
    setLine(start, id, { quantity });
const remove: Edit = (start, { id }) => removeLine(start, id);
const nothing: Edit = (start) => start;

/** A cart of one line, and what two devices made of it apart. */
function apart(onA: Edit, onB: Edit) {
  const a = createTestDevice('a');
  const b = createTestDevice('b');
  const base = a.write([], draft(milk(2)));
  const line = lineAt(base, 0);
  const inA = a.write([base], onA(draftOf(base.cart), line));
  const inB = b.write([base], onB(draftOf(base.cart), line));
  return { a, b, base, line, inA, inB };
}

function only(siblings: readonly CartSibling[]): MergedLine<CartSibling> {
  const { lines } = mergeCart(siblings);
  expect(lines).toHaveLength(1);
  return lines[0] as MergedLine<CartSibling>;
}

describe('a line, seen over two siblings', () => {
  it('is the same when neither touched it', () => {
    const { inA, inB } = apart(nothing, nothing);
    expect(only([inA, inB])).toMatchObject({ group: 'same', quantity: 2, by: [] });
  });

  it('is added when one knows it and the other never did', () => {
    const { inA } = apart(nothing, nothing);
    const other = createTestDevice('c').write([], draft(milk(1, 'Rice')));
    const [line] = mergeCart([inA, other]).lines;
    expect(line).toMatchObject({ group: 'added', by: [inA], missingFrom: [other] });
  });

  it('is changed on one side, by whoever changed it, and shown with the larger quantity', () => {
    const { inA, inB } = apart(set(1), nothing);
    const line = only([inA, inB]);
    expect(line).toMatchObject({ group: 'changed', by: [inA], quantity: 2 });
    expect(line.settled?.quantity).toBe(1);
    expect(line.variants.map(({ quantity, superseded }) => [quantity, superseded])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('is removed on one side, and shown all the same', () => {
    const { inA, inB } = apart(remove, nothing);
    const line = only([inA, inB]);
    expect(line).toMatchObject({ group: 'removed', by: [inA], missingFrom: [inA], quantity: 2 });
    expect(line.settled).toBeUndefined();
  });

  it('is a question when both changed it otherwise', () => {
    const { inA, inB } = apart(set(1), set(5));
    expect(only([inA, inB])).toMatchObject({ group: 'choose', by: [inA, inB], quantity: 5 });
  });

  it('is a question when one changed and the other removed it', () => {
    const { inA, inB } = apart(set(1), remove);
    expect(only([inA, inB])).toMatchObject({
      group: 'choose',
      by: [inA, inB],
      missingFrom: [inB],
    });
  });

  it('is no question when both changed it to the same', () => {
    const { inA, inB } = apart(set(7), set(7));
    const line = only([inA, inB]);
    expect(line).toMatchObject({ group: 'same', quantity: 7 });
    expect(line.variants).toHaveLength(1);
    expect(mergeCart([inA, inB])).toMatchObject({ conflict: false, questions: 0 });
  });

  it('is a question when a removal meets one decision it knew and one it did not', () => {
    const { a, base, inB, line } = apart(nothing, set(7));
    const seven = a.write([base], setLine(draftOf(base.cart), line.id, { quantity: 7 }));
    const gone = createTestDevice('c').write([seven], draft());
    const siblings = mergeSiblings<CartSibling>([seven, inB], [gone]);
    expect(only(siblings)).toMatchObject({ group: 'choose', missingFrom: [gone] });
  });

  it('is a question when a copied store wrote it twice under one dot', () => {
    const { inA } = apart(set(1), nothing);
    const twin: Sibling = {
      ...inA,
      hash: 'f'.repeat(64) as Sibling['hash'],
      cart: { ...inA.cart, lines: [{ ...lineAt(inA, 0), quantity: 9 }] },
    };
    expect(only([inA, twin])).toMatchObject({ group: 'choose', quantity: 9 });
  });

  it('keeps its removal when the cart was deleted with the line in sight', () => {
    const { a, base } = apart(nothing, nothing);
    const other = createTestDevice('c').write(
      [base],
      draft(...draftOf(base.cart).lines, milk(1, 'Rice')),
    );
    const gone = a.delete([base]);
    const { lines, deleted, conflict } = mergeCart<CartSibling>([other, gone]);
    expect(lines.map((line) => line.group)).toEqual(['removed', 'added']);
    expect({ deleted, conflict }).toEqual({ deleted: false, conflict: true });
  });

  it('is a question when the cart was deleted while the line was changed', () => {
    const { a, base, inB } = apart(nothing, set(5));
    expect(only([a.delete([base]), inB]).group).toBe('choose');
  });

  it('that a resolution kept is not taken away by a removal that did not see it', () => {
    const { a, b, inA, inB } = apart(set(3), remove);
    const kept = a.write([inA, inB], draftOf(inA.cart));
    const later = b.write([inB], draft(milk(1, 'Rice')));
    const [line] = mergeCart(mergeSiblings([kept], [later])).lines;
    expect(line).toMatchObject({ group: 'choose', quantity: 3 });
  });
});

describe('a merged cart', () => {
  it('shows every line any sibling has, each where it stood', () => {
    const a = createTestDevice('a');
    const b = createTestDevice('b');
    const base = a.write([], draft(milk(1, 'Milk'), milk(1, 'Tea')));
    const [first, second] = draftOf(base.cart).lines;
    const inA = a.write([base], draft(first as never, milk(1, 'Rice'), second as never));
    const inB = b.write(
      [base],
      draft(milk(1, 'Salt'), ...draftOf(base.cart).lines, milk(1, 'Oil')),
    );
    const merged = mergeCart([inB, inA]);
    expect(merged.lines.map((line) => line.product.title)).toEqual([
      'Salt',
      'Milk',
      'Rice',
      'Tea',
      'Oil',
    ]);
    expect(merged).toMatchObject({ name: 'Home', conflict: true, questions: 0, deleted: false });
    expect(merged.siblings).toEqual([inA, inB]);
  });

  it('of one version is that version, without a conflict', () => {
    const { base } = apart(nothing, nothing);
    const merged = mergeCart([base]);
    expect(merged).toMatchObject({ conflict: false, questions: 0, name: 'Home' });
    expect(merged.lines).toMatchObject([{ group: 'same', quantity: 2, by: [], missingFrom: [] }]);
  });

  it('of nothing, or of tombstones only, is deleted', () => {
    const { a, base } = apart(nothing, nothing);
    expect(mergeCart([])).toMatchObject({ deleted: true, conflict: false, lines: [], name: '' });
    expect(mergeCart([a.delete([base])])).toMatchObject({ deleted: true, conflict: false });
  });

  it('tells an emptied cart from a deleted one', () => {
    const { a, b, base } = apart(nothing, nothing);
    const siblings = [a.delete([base]), b.write([base], draft())];
    expect(mergeCart<CartSibling>(siblings)).toMatchObject({ conflict: true, lines: [] });
  });

  it('groups lines of one product that were added apart', () => {
    const inA = createTestDevice('a').write([], draft(milk(2, 'milk'), milk(1, 'Tea')));
    const inB = createTestDevice('b').write([], draft(milk(3, ' Milk ')));
    const { lines, questions } = mergeCart([inA, inB]);
    const grouped = lines.filter((line) => line.productGroup !== undefined);
    expect(grouped.map((line) => line.product.title).sort()).toEqual([' Milk ', 'milk']);
    expect(new Set(grouped.map((line) => line.productGroup)).size).toBe(1);
    expect(questions).toBe(1);
    expect(productChoices(grouped)).toEqual({ larger: 3, sum: 5 });
  });

  it('does not group what one device put side by side itself', () => {
    const inA = createTestDevice('a').write([], draft(milk(2), { ...milk(1), note: 'for you' }));
    const inB = createTestDevice('b').write([], draft(milk(1, 'Tea')));
    expect(mergeCart([inA, inB]).lines.filter((line) => line.productGroup)).toEqual([]);
  });

  it('is the same in whatever order the siblings come', () => {
    const { inA, inB } = apart(set(1), set(5));
    const inC = createTestDevice('c').write([], draft(milk(4)));
    expect(mergeCart([inC, inB, inA])).toEqual(mergeCart([inA, inB, inC]));
  });
});

describe('the automatic view', () => {
  it('takes what is one-sided as it is, without writing anything', () => {
    const { inA, inB } = apart(set(1), nothing);
    const view = autoResolved(mergeCart([inA, inB]));
    expect(view).toMatchObject({ open: false, lines: [{ quantity: 1 }] });
    const gone = apart(remove, nothing);
    expect(autoResolved(mergeCart([gone.inA, gone.inB]))).toEqual({ open: false, lines: [] });
  });

  it('leaves a question open, as the union shows it', () => {
    const { inA, inB } = apart(set(1), set(5));
    expect(autoResolved(mergeCart([inA, inB]))).toMatchObject({
      open: true,
      lines: [{ quantity: 5 }],
    });
  });
});

describe('an edit while a conflict is open', () => {
  const isOwn = (name: string) => (actor: string) => actor.startsWith(name);

  it('replaces the sibling of this device if that holds the line, or if the line is new', () => {
    const { inA, inB, line } = apart(set(1), set(5));
    expect(siblingToEdit([inA, inB], isOwn('b'), line.id)).toBe(inB);
    expect(siblingToEdit([inA, inB], isOwn('b'))).toBe(inB);
    expect(siblingToEdit([inA, inB], isOwn('x'))).toBe(inA);
  });

  it('replaces the smallest dot that holds the line if this device does not', () => {
    const { inA, inB, line } = apart(set(1), remove);
    expect(siblingToEdit([inA, inB], isOwn('b'), line.id)).toBe(inA);
    const other = apart(remove, set(5));
    expect(siblingToEdit([other.inA, other.inB], isOwn('a'), other.line.id)).toBe(other.inB);
  });

  it('puts a new line into a cart rather than into a tombstone', () => {
    const { a, base, inB } = apart(nothing, set(5));
    expect(siblingToEdit<CartSibling>([a.delete([base]), inB], isOwn('x'))).toBe(inB);
  });

  it('replaces nothing when nobody holds the line', () => {
    const { a, base, inB, line } = apart(nothing, remove);
    expect(
      siblingToEdit<CartSibling>([a.delete([base]), inB], isOwn('b'), line.id),
    ).toBeUndefined();
    expect(siblingToEdit([], isOwn('b'))).toBeUndefined();
  });

  it('keeps the choice open and the number of siblings as it was', () => {
    const { b, inA, inB, line } = apart(set(1), set(5));
    const one = siblingToEdit([inA, inB], isOwn('b'), line.id) as Sibling;
    const next = b.write([one], setLine(draftOf(one.cart), line.id, { quantity: 6 }));
    const siblings = mergeSiblings([inA, inB], [next]);
    expect(siblings).toHaveLength(2);
    expect(only(siblings)).toMatchObject({ group: 'choose', quantity: 6 });
  });
});
