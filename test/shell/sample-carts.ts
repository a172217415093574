import type { CartView, LineView, Safety } from '../../src-main/app/views.ts';

/** Carts and lines as the app shows them, for the shell's tests. */

export const ACCOUNT = 'cd'.repeat(32);
export const NOON = Date.UTC(2026, 10, 12, 12, 0);
export const COMPLETE: Safety = { state: 'complete', copies: 3, owners: 3, waitingFor: [] };

export function emptyCart(id: string, name: string): CartView {
  return {
    id,
    name,
    account: ACCOUNT,
    shared: false,
    context: 'ctx',
    conflict: false,
    siblings: [sibling('v-a', 'kitchen', true, NOON, 0)],
    lines: [],
    totals: [],
    safety: COMPLETE,
    freshness: 'quorum',
    answered: 2,
    answeredOwners: 2,
  };
}

export function sibling(
  version: string,
  device: string,
  own: boolean,
  wallMs: number,
  lines: number,
): CartView['siblings'][number] {
  return { version, device, own, wallMs, lines, deleted: false };
}

export function lineView(
  line: { id?: string | undefined; product: LineView['product']; quantity: number; note: string },
  at: number,
): LineView {
  const { product, quantity, note } = line;
  return {
    id: line.id ?? `l${at + 1}`,
    group: 'same',
    product,
    quantity,
    note,
    wallMs: NOON,
    by: [],
    missingFrom: [],
    variants: [{ versions: ['v-a'], product, quantity, note, wallMs: NOON, superseded: false }],
  };
}

export function withTotals(cart: CartView): CartView {
  const sums = new Map<string, number>();
  for (const { product, quantity } of cart.lines) {
    if (product.price === undefined) continue;
    const { amount, currency } = product.price;
    sums.set(currency, (sums.get(currency) ?? 0) + amount * quantity);
  }
  return { ...cart, totals: [...sums].map(([currency, amount]) => ({ currency, amount })) };
}

export function account() {
  return {
    id: ACCOUNT,
    name: 'Ana',
    shared: false,
    current: true,
    deviceName: 'kitchen',
    revoked: false,
  };
}
