import type { CartView, LineView } from '../../app/views.ts';

/**
 * The automatic view of a cart that was written apart (DESIGN §2 Carts): lines that one side
 * removed are out, what one side changed is as it has it, and lines to choose about are as the
 * union shows them. In the order of the cart.
 */
export function suggestedLines(cart: CartView): readonly LineView[] {
  return cart.lines.filter(({ group }) => group !== 'removed').map(settled);
}

function settled(line: LineView): LineView {
  const live = line.variants.filter(({ superseded }) => !superseded);
  const [only] = live;
  if (line.group !== 'changed' || only === undefined || live.length > 1) return line;
  const { product, quantity, note, wallMs } = only;
  return { ...line, product, quantity, note, wallMs };
}
