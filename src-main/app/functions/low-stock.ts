import type { CarrosselFunction, Json } from './function-api.ts';

/**
 * A rule: when a product's stock is down to where it should be bought again, there is a notice of
 * it. The notice follows from that one version of the product, so every device writes the same one.
 */
export const lowStock: CarrosselFunction = {
  name: 'low-stock',
  on: { prefix: 'product#' },
  handler(events, context) {
    for (const { key, before, after } of events) {
      const known = new Set(before.map((one) => one.version));
      for (const { version, value, derivedKey } of after) {
        const stock = stockOf(value);
        if (known.has(version) || stock === undefined || stock.stock > stock.reorderAt) continue;
        context.put(derivedKey, { rule: 'low-stock', source: key, version, ...stock });
      }
    }
  },
};

export interface Stock {
  readonly title: string;
  readonly stock: number;
  readonly reorderAt: number;
}

/** What a product item says of its stock; undefined for products that are not counted. */
export function stockOf(value: Json | undefined): Stock | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { title, stock, reorderAt } = value as Readonly<Record<string, Json>>;
  if (typeof stock !== 'number' || typeof reorderAt !== 'number') return undefined;
  return { title: typeof title === 'string' ? title : '', stock, reorderAt };
}
