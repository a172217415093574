/**
 * Lists of products as people have them, CSV or JSON: the products, and what is wrong in which
 * line. Nothing is guessed: a line with a problem is no product.
 */
import { contentProblem, productKey, type Money, type Product } from './cart.ts';
import { readCsv, type CsvRow } from './csv.ts';
import { placeJsonList } from './json-lines.ts';

export const MAX_PRODUCTS = 5000;

/** Stable: shells have words for each. */
export type ProductProblem =
  /** JSON, but no list. */
  | 'notAList'
  /** No JSON: something is wrong here, or right before. */
  | 'notJson'
  /** The head names no column of titles. */
  | 'noTitles'
  | 'openQuote'
  /** More cells than the head has. */
  | 'tooManyCells'
  | 'titleMissing'
  | 'tooLong'
  | 'price'
  /** A price without a currency, or one that is not three capital letters. */
  | 'currency'
  /** The same product stands further up. */
  | 'twice'
  /** Beyond 5,000. */
  | 'tooMany';

/** Where a product stands in the file. */
interface Place {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Of JSON, which product of the list, from 1: a whole list may be one line. */
  readonly number?: number;
}

export interface LineProblem extends Place {
  readonly problem: ProductProblem;
}

export interface ProductList {
  readonly products: readonly (Place & { readonly product: Product })[];
  readonly problems: readonly LineProblem[];
}

/** A product as it stands there. */
interface Fields {
  readonly title?: unknown;
  readonly sku?: unknown;
  readonly category?: unknown;
  readonly unit?: unknown;
  readonly price?: unknown;
  readonly currency?: unknown;
}
type FieldName = keyof Fields;
interface Row {
  readonly place: Place;
  readonly fields: Fields;
  readonly problem?: ProductProblem;
}

/** Heads of columns, in English and Portuguese. */
const HEADS: Readonly<Record<string, FieldName>> = {
  ...{ title: 'title', name: 'title', product: 'title', item: 'title' },
  ...{ título: 'title', titulo: 'title', nome: 'title', produto: 'title', descrição: 'title' },
  ...{ sku: 'sku', code: 'sku', ean: 'sku', código: 'sku', codigo: 'sku' },
  ...{ category: 'category', categoria: 'category', group: 'category', grupo: 'category' },
  ...{ unit: 'unit', unidade: 'unit', price: 'price', preço: 'price', preco: 'price' },
  ...{ currency: 'currency', moeda: 'currency' },
};

/**
 * @param init.currency of prices that name none.
 * @param init.digits after the point of a currency: 2 for EUR, 0 for JPY.
 */
export function readProducts(
  text: string,
  init: { readonly currency?: string | undefined; digits(currency: string): number },
): ProductList {
  const plain = text.replace(/^\uFEFF/, '');
  const rows = /^\s*[[{]/.test(plain) ? jsonRows(plain) : csvRows(plain);
  const products: (Place & { product: Product })[] = [];
  const problems: LineProblem[] = [];
  const seen = new Set<string>();
  for (const { place, fields, problem } of rows) {
    const read = problem ?? productOf(fields, init);
    if (typeof read === 'string') problems.push({ ...place, problem: read });
    else if (seen.has(productKey(read))) problems.push({ ...place, problem: 'twice' });
    else if (products.length >= MAX_PRODUCTS) problems.push({ ...place, problem: 'tooMany' });
    else {
      seen.add(productKey(read));
      products.push({ ...place, product: read });
    }
  }
  return { products, problems };
}

function jsonRows(text: string): readonly Row[] {
  const found = placeJsonList(text, 'products');
  if ('wrongLine' in found) {
    return [{ place: { line: found.wrongLine }, fields: {}, problem: 'notJson' }];
  }
  const list = listIn(JSON.parse(text));
  if (list === undefined) return [{ place: { line: 1 }, fields: {}, problem: 'notAList' }];
  return list.map((one: unknown, i): Row => {
    const place = { line: found.lines[i] ?? 1, number: i + 1 };
    if (typeof one === 'string') return { place, fields: { title: one } };
    if (typeof one !== 'object' || one === null)
      return { place, fields: {}, problem: 'titleMissing' };
    return { place, fields: named(Object.entries(one)) };
  });
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const { products } = value as { readonly products?: unknown };
  return Array.isArray(products) ? products : undefined;
}

function csvRows(text: string): readonly Row[] {
  const { rows, openQuote } = readCsv(text);
  const [head, ...rest] = rows;
  const names = head?.cells ?? [];
  if (!names.some((name) => HEADS[folded(name)] === 'title')) {
    return [{ place: { line: 1 }, fields: {}, problem: 'noTitles' }];
  }
  const toRow = ({ line, cells }: CsvRow): Row => {
    const fields = named(names.map((name, i) => [name, cells[i]?.trim() ?? '']));
    return cells.length > names.length
      ? { place: { line }, fields, problem: 'tooManyCells' }
      : { place: { line }, fields };
  };
  const open: readonly Row[] =
    openQuote === undefined
      ? []
      : [{ place: { line: openQuote }, fields: {}, problem: 'openQuote' }];
  return [...rest.map(toRow), ...open];
}

/** The first column of each name counts. */
function named(entries: readonly (readonly [string, unknown])[]): Fields {
  const fields: { [K in FieldName]?: unknown } = {};
  for (const [name, value] of entries) {
    const field = Object.hasOwn(HEADS, folded(name)) ? HEADS[folded(name)] : undefined;
    if (field !== undefined) fields[field] ??= value;
  }
  return fields;
}

const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase();

function productOf(
  fields: Fields,
  init: Parameters<typeof readProducts>[1],
): Product | ProductProblem {
  const title = textOf(fields.title);
  if (title === '') return 'titleMissing';
  const price = priceOf(fields, init);
  if (typeof price === 'string') return price;
  const [sku, category, unit] = [fields.sku, fields.category, fields.unit].map(textOf);
  const product = {
    title,
    ...(sku ? { sku } : {}),
    ...(category ? { category } : {}),
    ...(unit ? { unit } : {}),
    ...(price === undefined ? {} : { price }),
  };
  return contentProblem({ product, quantity: 1, note: '' }) === undefined ? product : 'tooLong';
}

function priceOf(
  { price, currency }: Fields,
  { currency: usual, digits }: Parameters<typeof readProducts>[1],
): Money | 'price' | 'currency' | undefined {
  if (price === undefined || price === null || price === '') return undefined;
  if (typeof price === 'object') {
    const { amount, currency: own } = price as { amount?: unknown; currency?: unknown };
    if (typeof own !== 'string' || !/^[A-Z]{3}$/.test(own)) return 'currency';
    return Number.isSafeInteger(amount) && Number(amount) >= 0
      ? { amount: Number(amount), currency: own }
      : 'price';
  }
  const named = textOf(currency) || usual;
  if (named === undefined || !/^[A-Z]{3}$/.test(named)) return 'currency';
  const text = textOf(price).replace(/^(?:[A-Z]{3}|R\$|[€$£])\s*/u, '');
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text) ?? [];
  const after = digits(named);
  if (whole === undefined || fraction.length > after) return 'price';
  return { amount: Number(whole + fraction.padEnd(after, '0')), currency: named };
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.normalize('NFC').trim().replace(/\s+/gu, ' ') : '';
}
