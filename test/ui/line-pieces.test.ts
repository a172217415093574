import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf, type LinePiece } from '../../src-renderer/state/line-pieces.ts';
import type { LineView } from '../../src-renderer/wall.ts';
import { line } from './fixture-views.ts';

const made = new Map<string, LineView>();
function lineOf(id: string): LineView {
  const one = made.get(id) ?? line(id, { id });
  made.set(id, one);
  return one;
}
const numbered = (count: number): LineView[] =>
  Array.from({ length: count }, (_, at) => lineOf(`l${at}`));
const sizes = (pieces: readonly LinePiece[]): number[] => pieces.map(({ lines }) => lines.length);
const keyOf = (pieces: readonly LinePiece[], id: string): number | undefined =>
  pieces.find(({ lines }) => lines.some((one) => one.id === id))?.key;
const linesIn = (pieces: readonly LinePiece[]): LineView[] => pieces.flatMap(({ lines }) => lines);

describe('a long list of lines in pieces', () => {
  it('fills piece after piece as the list grows, and leaves those that are full as they are', () => {
    const some = piecesOf([], numbered(15));
    expect(sizes(some)).toEqual([10, 5]);
    const more = piecesOf(some, numbered(34));
    expect(sizes(more)).toEqual([10, 10, 10, 4]);
    expect(more[0]).toBe(some[0]);
    expect(more[1]?.key).toBe(some[1]?.key);
  });

  it('moves no other line from piece to piece when one comes or goes', () => {
    const before = piecesOf([], numbered(40));
    const came = piecesOf(before, numbered(40).toSpliced(3, 0, lineOf('new')));
    const went = piecesOf(before, numbered(40).toSpliced(3, 1));
    expect(sizes(came)).toEqual([11, 10, 10, 10]);
    expect(sizes(went)).toEqual([9, 10, 10, 10]);
    for (const now of [came, went]) expect(now.slice(1)).toEqual(before.slice(1));
  });

  it('leaves the line in hand in its piece, however far it is taken', () => {
    let order = numbered(60);
    let now = piecesOf([], order);
    const key = keyOf(now, 'l5');
    for (let at = 5; at < 50; at++) {
      order = order.toSpliced(at, 1).toSpliced(at + 1, 0, lineOf('l5'));
      now = piecesOf(now, order, 'l5');
      expect(keyOf(now, 'l5')).toBe(key);
    }
    expect(linesIn(now)).toEqual(order);
  });

  it('shows every line once and in order, whatever came before, and moves few', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 120 }).map((at) => `l${at}`));
    const states = fc.array(fc.tuple(ids, fc.nat()), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(states, (all) => {
        let before: readonly LinePiece[] = [];
        for (const [state, nth] of all) {
          const lines = state.map(lineOf);
          const keep = linesIn(before)[nth % Math.max(1, linesIn(before).length)]?.id;
          const now = piecesOf(before, lines, keep);
          expect(linesIn(now)).toEqual(lines);
          expect(new Set(now.map(({ key }) => key)).size).toBe(now.length);
          expect(Math.max(0, ...sizes(now))).toBeLessThanOrEqual(40);
          expect(sizes(now)).not.toContain(0);
          if (keep !== undefined && state.includes(keep)) {
            expect(keyOf(now, keep)).toBe(keyOf(before, keep));
          }
          expect(piecesOf(now, lines)).toEqual(now);
          before = now;
        }
      }),
    );
  });
});
