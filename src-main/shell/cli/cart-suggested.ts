import type { CartView, LineView } from '../../app/views.ts';

/**
 * The automatic view of a cart that was written apart (DESIGN §2 Carts): lines that one side
 * removed are out, what one side changed is as it has it, and lines to choose about are as the
 * union shows them. In the order of the cart.
 */
export function suggestedLines(cart: CartView): readonly LineView[] {
  return cart.lines
    .filter(({ group }) => group !== 'removed')
    .map((line) => ({ ...line, ...line.settled }));
}
