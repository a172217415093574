/**
 * The automatic view of a cart that was written apart (DESIGN §2 Carts): what only one side added,
 * changed or removed is taken as it is. A setting, for reading only: nothing is written by it, and
 * the dialog shows the whole union all the same. Pure.
 */
import type { CartView } from '../wall.ts';
import { questionsOf, totalsOf } from './resolution.ts';

/**
 * The whole union; or what only one side changed as it is, with lines to choose about left or,
 * where it `fits`, with none.
 */
export type ShownAs = 'union' | 'suggested' | 'fits';

export interface SuggestedView {
  readonly cart: CartView;
  /** Lines that only a person can decide about are left; they stay as the union shows them. */
  readonly open: boolean;
}

export function suggestedView(cart: CartView): SuggestedView {
  const lines = cart.lines
    .filter(({ group }) => group !== 'removed')
    // The same object where nothing is other than in the union: it is not drawn anew.
    .map((line) => (line.settled === undefined ? line : { ...line, ...line.settled }));
  const counted = lines.filter(({ ordered }) => ordered === undefined);
  const open = questionsOf(cart).some(({ group }) => group === 'choose' || group === 'duplicate');
  return { cart: { ...cart, lines, totals: totalsOf(counted) }, open };
}
