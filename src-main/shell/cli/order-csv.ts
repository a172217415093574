import type { OrderView } from '../../app/views/orders.ts';

const COLUMNS = [
  ...['order', 'made', 'device', 'cart', 'line', 'sku', 'category', 'unit', 'quantity'],
  ...['amount', 'currency', 'kept', 'voucher', 'note'],
] as const;

/** Every line of the orders, RFC 4180; amounts in minor units, times in UTC. */
export function ordersCsv(orders: readonly OrderView[]): string {
  const rows = orders.flatMap((order) =>
    order.lines.map(({ product, quantity, amount, kept, voucher, note }) => [
      order.id,
      new Date(order.wallMs).toISOString(),
      order.device,
      order.cart.name,
      product.title,
      product.sku ?? '',
      product.category ?? '',
      product.unit ?? '',
      String(quantity),
      amount === undefined ? '' : String(amount.amount),
      amount?.currency ?? '',
      kept ? 'yes' : 'no',
      voucher ?? '',
      note,
    ]),
  );
  return [COLUMNS, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

/** Quoted where needed; what a spreadsheet would take for a formula is made a text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
