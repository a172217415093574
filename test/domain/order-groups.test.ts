import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineKey } from '../../src-main/domain/cart.ts';
import { judgeOrders } from '../../src-main/domain/order-groups.ts';
import type { Decision } from '../../src-main/domain/order.ts';
import { lineId, order, orderId, orderLine } from './sample-orders.ts';

const key = (index: number): string => lineKey(lineId(index));
const [A, B, C] = [orderId('a'), orderId('b'), orderId('c')];
const two = [order('a'), order('b')];
const decided = (...decisions: Decision[]) => new Map([[key(0), decisions]]);
const NONE = new Map<string, readonly Decision[]>();

describe('orders made apart', () => {
  it('leaves the line to the smallest id, and asks', () => {
    const judged = judgeOrders(two, NONE);
    expect(judged.groups).toEqual([
      {
        ...{ id: A, orders: [A, B], open: true },
        shared: [{ line: lineId(0), holders: [A, B], kept: [A], open: true }],
      },
    ]);
    expect(judged.standing(key(0))).toBe(A);
    expect(judged.isKept(B, key(0))).toBe(false);
  });

  it('asks nothing about orders of other lines, nor of one who knew the other cancelled', () => {
    const other = order('b', { lines: [orderLine(1, 5)] });
    expect(judgeOrders([order('a'), other], NONE).groups).toEqual([]);
    const again = order('b', { again: [A] });
    const judged = judgeOrders([order('a'), again], decided({ keep: [], cancel: [A] }));
    expect(judged.groups).toEqual([]);
    expect(judged.standing(key(0))).toBe(B);
  });

  it('goes by what a person decided: one, both, none', () => {
    const keep = (...ids: string[]): boolean[] => {
      const all = [A, B];
      const decision = {
        keep: all.filter((id) => ids.includes(id)),
        cancel: all.filter((id) => !ids.includes(id)),
      };
      const judged = judgeOrders(two, decided(decision));
      expect(judged.groups[0]?.open).toBe(false);
      return all.map((id) => judged.isKept(id, key(0)));
    };
    expect(keep(B)).toEqual([false, true]);
    expect(keep(A, B)).toEqual([true, true]);
    expect(keep()).toEqual([false, false]);
  });

  it('asks again when two cancelled different orders at once, and cancels neither for both', () => {
    const judged = judgeOrders(
      two,
      decided({ keep: [A], cancel: [B] }, { keep: [B], cancel: [A] }),
    );
    expect(judged.groups[0]).toMatchObject({ open: true, shared: [{ kept: [A], open: true }] });
  });

  it('takes decisions made apart as one where they agree', () => {
    const judged = judgeOrders(
      [...two, order('c')],
      decided({ keep: [B], cancel: [A] }, { keep: [B], cancel: [A, C] }),
    );
    expect(judged.groups[0]).toMatchObject({ open: false, shared: [{ kept: [B] }] });
  });

  it('asks about a third order that comes when two were decided, and does not keep it', () => {
    const judged = judgeOrders([...two, order('c')], decided({ keep: [B], cancel: [A] }));
    expect(judged.groups[0]).toMatchObject({ open: true, shared: [{ kept: [B] }] });
  });

  it('sees a group in orders that are connected only through others', () => {
    const judged = judgeOrders(
      [
        order('a', { lines: [orderLine(0, 5)] }),
        order('b', { lines: [orderLine(0, 5), orderLine(1, 5)] }),
        order('c', { lines: [orderLine(1, 5)] }),
      ],
      NONE,
    );
    expect(judged.groups).toHaveLength(1);
    expect(judged.groups[0]?.orders).toEqual([A, B, C]);
    expect(judged.isKept(B, key(1))).toBe(true);
    expect(judged.isKept(C, key(1))).toBe(false);
  });

  it('does not depend on the order in which they come', () => {
    const lines = fc.subarray([0, 1, 2, 3], { minLength: 1 });
    const all = fc
      .tuple(lines, lines, lines, lines)
      .map((each) =>
        each.map((indices, i) =>
          order('abcd'.charAt(i), { lines: indices.map((index) => orderLine(index, 5)) }),
        ),
      );
    fc.assert(
      fc.property(
        all.chain((orders) =>
          fc.tuple(fc.constant(orders), fc.shuffledSubarray(orders, { minLength: orders.length })),
        ),
        ([orders, shuffled]) => {
          expect(judgeOrders(shuffled, NONE).groups).toEqual(judgeOrders(orders, NONE).groups);
        },
      ),
    );
  });
});
