/**
 * Lists of products as people have them, CSV or JSON: the products, and what is wrong in which
 * line. Nothing is guessed: a line with a problem is no product.
 */
import { contentProblem, productKey, type Money, type Product } from './cart.ts';
import { readCsv, type CsvRow } from './csv.ts';

export const MAX_PRODUCTS = 5000;

/** Stable: shells have words for each. */
export type ProductProblem =
  /** The text is no JSON, or no list. */
  | 'notAList'
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

export interface LineProblem {
  /** Line of the file; of JSON the number of the product. From 1. */
  readonly line: number;
  readonly problem: ProductProblem;
}

export interface ProductList {
  readonly products: readonly { readonly line: number; readonly product: Product }[];
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
  readonly line: number;
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
  const products: { line: number; product: Product }[] = [];
  const problems: LineProblem[] = [];
  const seen = new Set<string>();
  for (const { line, fields, problem } of rows) {
    const read = problem ?? productOf(fields, init);
    if (typeof read === 'string') problems.push({ line, problem: read });
    else if (seen.has(productKey(read))) problems.push({ line, problem: 'twice' });
    else if (products.length >= MAX_PRODUCTS) problems.push({ line, problem: 'tooMany' });
    else {
      seen.add(productKey(read));
      products.push({ line, product: read });
    }
  }
  return { products, problems };
}

function jsonRows(text: string): readonly Row[] {
  const list = listIn(text);
  if (list === undefined) return [{ line: 1, fields: {}, problem: 'notAList' }];
  return list.map((one: unknown, i): Row => {
    const line = i + 1;
    if (typeof one === 'string') return { line, fields: { title: one } };
    if (typeof one !== 'object' || one === null)
      return { line, fields: {}, problem: 'titleMissing' };
    return { line, fields: named(Object.entries(one)) };
  });
}

function listIn(text: string): readonly unknown[] | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (Array.isArray(value)) return value;
    const { products } = value as { readonly products?: unknown };
    return Array.isArray(products) ? products : undefined;
  } catch {
    return undefined;
  }
}

function csvRows(text: string): readonly Row[] {
  const { rows, openQuote } = readCsv(text);
  const [head, ...rest] = rows;
  const names = head?.cells ?? [];
  if (!names.some((name) => HEADS[folded(name)] === 'title')) {
    return [{ line: 1, fields: {}, problem: 'noTitles' }];
  }
  const toRow = ({ line, cells }: CsvRow): Row => {
    const fields = named(names.map((name, i) => [name, cells[i]?.trim() ?? '']));
    return cells.length > names.length
      ? { line, fields, problem: 'tooManyCells' }
      : { line, fields };
  };
  const open: readonly Row[] =
    openQuote === undefined ? [] : [{ line: openQuote, fields: {}, problem: 'openQuote' }];
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
