/**
 * Views: functions whose writes go to a table of this machine's own and never to the ring. Each is
 * written as any other function is (function-api.ts).
 */
import type { CarrosselFunction, FunctionEvent, ItemValue, Json } from './function-api.ts';
import { stockOf } from './low-stock.ts';

type Fields = Readonly<Record<string, Json>>;

/** Products that are down to where they should be bought again. */
export const stockView: CarrosselFunction = {
  name: 'view-low-stock',
  on: { prefix: 'product#' },
  handler(events, context) {
    for (const { key, after } of events) {
      // Written apart: the smallest count is the one to worry about.
      const found = after.flatMap(({ value }) => stockOf(value) ?? []);
      const low = found.filter(({ stock, reorderAt }) => stock <= reorderAt);
      const [first] = low.sort((a, b) => a.stock - b.stock);
      if (first === undefined) context.delete(key);
      else context.put(key, { ...first });
    }
  },
};

/** Notices that rules have written. */
export const noticeView: CarrosselFunction = {
  name: 'view-notices',
  on: { prefix: 'notice#' },
  handler(events, context) {
    for (const { key, after } of events) {
      const [first] = after.filter(({ value }) => fieldsOf(value)['rule'] !== undefined);
      if (first?.value === undefined) context.delete(key);
      else context.put(key, { ...fieldsOf(first.value), wallMs: first.wallMs });
    }
  },
};

/** What each cart comes to, by category and currency. */
export const totalsView: CarrosselFunction = {
  name: 'view-totals',
  on: { prefix: 'cart#' },
  handler(events, context) {
    for (const event of events) context.put(event.key, sumsOf(event));
  },
};

/** The union of the siblings: every line once, with the larger quantity (DESIGN §2 Carts). */
function sumsOf({ after }: FunctionEvent): Json {
  const lines = new Map<string, { quantity: number; product: Fields }>();
  for (const line of after.flatMap(linesOf)) {
    const { id, quantity } = line;
    if (typeof id !== 'string' || typeof quantity !== 'number') continue;
    if ((lines.get(id)?.quantity ?? 0) < quantity) {
      lines.set(id, { quantity, product: fieldsOf(line['product']) });
    }
  }
  const sums = new Map<
    string,
    { category: string; currency: string; amount: number; lines: number }
  >();
  for (const { quantity, product } of lines.values()) {
    const { amount, currency } = fieldsOf(product['price']);
    if (typeof amount !== 'number' || typeof currency !== 'string') continue;
    const category = typeof product['category'] === 'string' ? product['category'] : '';
    const name = JSON.stringify([category, currency]);
    const sum = sums.get(name) ?? { category, currency, amount: 0, lines: 0 };
    sum.amount += amount * quantity;
    sum.lines++;
    sums.set(name, sum);
  }
  return [...sums.values()];
}

function linesOf({ value }: ItemValue): readonly Fields[] {
  const { lines } = fieldsOf(value);
  return Array.isArray(lines) ? lines.map(fieldsOf) : [];
}

function fieldsOf(value: Json | undefined): Fields {
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isFields ? (value as Fields) : {};
}
