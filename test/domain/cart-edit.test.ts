import { describe, expect, it } from 'vitest';
import {
  addLines,
  draftOf,
  removeLine,
  reorderLines,
  setLine,
  stampLines,
} from '../../src-main/domain/cart-edit.ts';
import type { LineId } from '../../src-main/domain/cart.ts';
import { createTestDevice, draft, lineAt, milk } from './cart-versions.ts';

const notFound = expect.objectContaining({ code: 'LINE_NOT_FOUND' });
const stranger: LineId = {
  dot: { actor: createTestDevice('9').actor, counter: 1 },
  index: 0,
};

function twoLines() {
  const phone = createTestDevice('a');
  const base = phone.write([], draft(milk(1, 'Milk'), milk(2, 'Tea')));
  return { phone, base, first: lineAt(base, 0), second: lineAt(base, 1) };
}

describe('edits of a draft', () => {
  it('add lines at the end, set, remove and reorder, and leave the draft as it was', () => {
    const { base, first, second } = twoLines();
    const start = draftOf(base.cart);
    expect(addLines(start, [milk(3, 'Rice')]).lines.map((line) => line.product.title)).toEqual([
      'Milk',
      'Tea',
      'Rice',
    ]);
    expect(setLine(start, first.id, { quantity: 5 }).lines[0]).toMatchObject({
      id: first.id,
      quantity: 5,
      note: '',
      product: { title: 'Milk' },
    });
    expect(setLine(start, first.id, { note: 'n', product: { title: 'M' } }).lines[0]).toMatchObject(
      {
        quantity: 1,
        note: 'n',
        product: { title: 'M' },
      },
    );
    expect(removeLine(start, first.id).lines.map((line) => line.id)).toEqual([second.id]);
    expect(reorderLines(start, [second.id]).lines.map((line) => line.id)).toEqual([
      second.id,
      first.id,
    ]);
    expect(start).toEqual(draftOf(base.cart));
  });

  it('refuse a line that is not there', () => {
    const start = draftOf(twoLines().base.cart);
    expect(() => setLine(start, stranger, { quantity: 1 })).toThrow(notFound);
    expect(() => removeLine(start, stranger)).toThrow(notFound);
    expect(() => reorderLines(start, [stranger])).toThrow(notFound);
  });

  it('refuse more than a thousand lines', () => {
    const full = addLines(
      draft(),
      Array.from({ length: 1000 }, () => milk(1)),
    );
    const refused = expect.objectContaining({ code: 'LIMIT_EXCEEDED' });
    expect(() => addLines(full, [milk(1)])).toThrow(refused);
    const { phone } = twoLines();
    expect(() => phone.write([], { ...full, lines: [...full.lines, milk(1)] })).toThrow(refused);
  });

  it('never hand on a dot or an id that a caller made up', () => {
    const added = addLines(draft(), [{ ...milk(1), id: stranger, dot: stranger.dot } as never]);
    expect(added.lines).toEqual([milk(1)]);
  });
});

describe('stamping lines', () => {
  it('gives lines that enter ids by the version and their number', () => {
    const { base, first, second } = twoLines();
    expect([first.id, second.id]).toEqual([
      { dot: base.dot, index: 0 },
      { dot: base.dot, index: 1 },
    ]);
    expect(first).toMatchObject({ dot: base.dot, at: base.dot.counter });
  });

  it('lets untouched lines keep dot and time, and gives a changed one the new dot', () => {
    const { phone, base, first, second } = twoLines();
    const next = phone.write([base], setLine(draftOf(base.cart), first.id, { quantity: 9 }));
    expect(lineAt(next, 0)).toEqual({ ...first, quantity: 9, dot: next.dot, at: next.dot.counter });
    expect(lineAt(next, 1)).toEqual(second);
  });

  it('takes setting a line to what it is for no change', () => {
    const { phone, base, first } = twoLines();
    const next = phone.write([base], setLine(draftOf(base.cart), first.id, { quantity: 1 }));
    expect(lineAt(next, 0)).toEqual(first);
  });

  it('gives a new dot to a line that a resolution keeps against a removal', () => {
    const { phone, base, first, second } = twoLines();
    const other = createTestDevice('b').write([base], removeLine(draftOf(base.cart), first.id));
    const mine = phone.write([base], setLine(draftOf(base.cart), second.id, { quantity: 3 }));
    const kept = phone.write([mine, other], draftOf(mine.cart));
    expect(lineAt(kept, 0)).toMatchObject({ id: first.id, dot: kept.dot });
    expect(lineAt(kept, 1)).toMatchObject({ id: second.id, dot: kept.dot });
  });

  it('lets a line keep its dot beside versions that never knew it', () => {
    const { phone, base } = twoLines();
    const apart = createTestDevice('b').write([], draft(milk(4, 'Rice')));
    const both = phone.write(
      [base, apart],
      draft(...draftOf(base.cart).lines, ...draftOf(apart.cart).lines),
    );
    expect(both.cart.lines).toEqual([...base.cart.lines, ...apart.cart.lines]);
  });

  it('gives a line that enters again a new id, whatever id it came with', () => {
    const { phone, base, first, second } = twoLines();
    const without = phone.write([base], removeLine(draftOf(base.cart), first.id));
    const restored = phone.write([without], draftOf(base.cart));
    expect(lineAt(restored, 0).id).toEqual({ dot: restored.dot, index: 0 });
    expect(lineAt(restored, 1)).toEqual(second);
  });

  it('gives the second of two lines with one id a new one', () => {
    const { phone, base, first } = twoLines();
    const [line] = draftOf(base.cart).lines;
    const twice = phone.write([base], draft(line as never, line as never));
    expect(lineAt(twice, 0)).toEqual(first);
    expect(lineAt(twice, 1).id).toEqual({ dot: twice.dot, index: 0 });
  });

  it('knows no lines where it replaces a tombstone', () => {
    const { phone, base } = twoLines();
    const gone = phone.delete([base]);
    const dot = { actor: phone.actor, counter: 9 };
    const back = stampLines({ draft: draftOf(base.cart), replaced: [gone], dot, wallMs: 1 });
    expect(back.lines.map((line) => line.id)).toEqual([
      { dot, index: 0 },
      { dot, index: 1 },
    ]);
  });
});
