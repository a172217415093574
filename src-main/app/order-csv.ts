import { lineIdString, lineKey } from '../domain/cart.ts';
import { lineAmount, lineVoucherId } from '../domain/order.ts';
import type { OrderLedger, PlacedOrder } from './order-book.ts';

const COLUMNS = [
  ...['order', 'made', 'device', 'cart', 'line', 'title', 'sku', 'category', 'unit', 'quantity'],
  ...['amount', 'currency', 'kept', 'voucher', 'note'],
] as const;

/** Every line of the orders, RFC 4180; amounts in minor units, times in UTC. */
export function ordersCsv(
  orders: readonly { readonly ledger: OrderLedger; readonly order: PlacedOrder }[],
): string {
  const rows = orders.flatMap(({ ledger, order }) =>
    order.lines.map((line) => {
      const { product, quantity, note, id } = line;
      const amount = lineAmount(line);
      const kept = ledger.judged.isKept(order.id, lineKey(id));
      const given = !kept && (amount?.amount ?? 0) > 0;
      return [
        order.id,
        new Date(order.wallMs).toISOString(),
        order.device,
        order.cart.name,
        lineIdString(id),
        product.title,
        product.sku ?? '',
        product.category ?? '',
        product.unit ?? '',
        String(quantity),
        amount === undefined ? '' : String(amount.amount),
        amount?.currency ?? '',
        kept ? 'yes' : 'no',
        given ? lineVoucherId(order.id, id) : '',
        note,
      ];
    }),
  );
  return [COLUMNS, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n');
}

/** Quoted where needed; what a spreadsheet would take for a formula is made a text. */
export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
