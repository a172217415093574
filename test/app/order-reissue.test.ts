import { describe, expect, it } from 'vitest';
import { restampOrder } from '../../src-main/app/reissuer.ts';
import { addRange, EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import { lineKey } from '../../src-main/domain/cart.ts';
import { actorOf } from '../domain/histories.ts';
import { order, orderLine } from '../domain/sample-orders.ts';

describe('an order that is issued again after its store was put back', () => {
  const old = { dot: { actor: actorOf(1), counter: 9 }, context: EMPTY_CONTEXT };
  const next = { actor: actorOf(5), counter: 3 };
  const lineAt = (actor: number, counter: number, index: number) => ({
    ...orderLine(index, 100),
    id: { dot: { actor: actorOf(actor), counter }, index },
  });

  it('names lines anew whose name is given up, and no others', () => {
    const surelyOurs = addRange(EMPTY_CONTEXT, actorOf(1), 1, 4);
    const lines = [lineAt(1, 4, 0), lineAt(1, 7, 0), lineAt(1, 7, 1), lineAt(2, 7, 0)];
    const again = restampOrder(order('a', { lines }), old, { dot: next, context: surelyOurs });
    expect(again.lines.map(({ id }) => id)).toEqual([
      lines[0]!.id,
      { dot: next, index: 0 },
      { dot: next, index: 1 },
      lines[3]!.id,
    ]);
    expect(new Set(again.lines.map(({ id }) => lineKey(id))).size).toBe(4);
    expect({ ...again, lines: [] }).toEqual({ ...order('a', { lines }), lines: [] });
  });
});
