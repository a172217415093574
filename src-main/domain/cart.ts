/** What a cart is (DESIGN §2 Carts): its lines, their limits, and when two say the same. */
import { AppError } from '../base/app-error.ts';
import { fromBase64url, fromHex, toBase64url, toHex } from '../base/bytes.ts';
import type { Dot } from './causal-context.ts';
import type { ActorId } from './ids.ts';
import type { Version } from './versioned-item.ts';

export const MAX_LINES = 1000;
export const MAX_QUANTITY = 1_000_000;
export const MAX_TITLE = 200;
export const MAX_NOTE = 1000;
export const MAX_NAME = 200;
/** Minor units of one line's price times quantity, so that sums of lines stay exact. */
export const MAX_LINE_AMOUNT = 1e12;

const LINE_ID = /^([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,15})\.(0|[1-9][0-9]{0,3})$/;

export interface Money {
  /** Minor units (cents). */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

export interface Product {
  readonly title: string;
  readonly sku?: string | undefined;
  readonly category?: string | undefined;
  readonly unit?: string | undefined;
  readonly price?: Money | undefined;
}

/** Unique for ever: the version that added the line, and which of its new lines it was. */
export interface LineId {
  /** `born` in DESIGN. */
  readonly dot: Dot;
  readonly index: number;
}

/** What a person sets of a line. */
export interface LineContent {
  readonly product: Product;
  /** A whole number, 1 or more. */
  readonly quantity: number;
  readonly note: string;
}

export interface CartLine extends LineContent {
  readonly id: LineId;
  /** The version that last set or decided the line. Only `stampLines` makes one. */
  readonly dot: Dot;
  /** Wall time of that, ms; shown, never compared. */
  readonly at: number;
}

export interface Cart {
  /** What people call it. */
  readonly name: string;
  readonly lines: readonly CartLine[];
}

/** A version of a cart item, opened. */
export interface CartSibling extends Version {
  /** Absent for a tombstone: an empty cart that knew everything in its `seen`. */
  readonly cart: Cart | undefined;
}

/** A string for maps, injective. (`lineIdString` is the form others see.) */
export function lineKey(id: LineId): string {
  return `${id.dot.actor}.${id.dot.counter}.${id.index}`;
}

/** As people and programs pass it around: `<actor base64url>.<counter>.<index>`. */
export function lineIdString(id: LineId): string {
  return `${toBase64url(fromHex(id.dot.actor))}.${id.dot.counter}.${id.index}`;
}

/** @throws BAD_REQUEST when the text is not what `lineIdString` makes. */
export function parseLineId(text: string): LineId {
  const [, actor = '', counter = '', index = ''] = LINE_ID.exec(text) ?? [];
  try {
    const bytes = fromBase64url(actor);
    const number = Number(counter);
    if (bytes.length === 16 && Number.isSafeInteger(number)) {
      const dot = { actor: toHex(bytes) as ActorId, counter: number };
      return { dot, index: Number(index) };
    }
  } catch {
    // not base64url as we write it: refused below
  }
  throw new AppError('BAD_REQUEST', 'That is not the id of a line.', { details: { id: text } });
}

export function sameContent(a: LineContent, b: LineContent): boolean {
  return a.quantity === b.quantity && a.note === b.note && sameProduct(a.product, b.product);
}

/** The same product for a shopper: one SKU, or one title in one unit, however it is typed. */
export function productKey(product: Product): string {
  if (product.sku !== undefined) return `sku ${product.sku}`;
  const title = product.title.normalize('NFC').trim().replace(/\s+/gu, ' ').toLowerCase();
  return `title ${title} ${product.unit ?? ''}`;
}

/** Price times quantity, summed per currency, in the order of currency codes. */
export function totalsOf(lines: Iterable<LineContent>): readonly Money[] {
  const sums = new Map<string, number>();
  for (const { product, quantity } of lines) {
    if (product.price === undefined) continue;
    const { amount, currency } = product.price;
    sums.set(currency, (sums.get(currency) ?? 0) + amount * quantity);
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ amount, currency }));
}

/** What keeps the content from being written, as a sentence; undefined if nothing does. */
export function contentProblem(line: LineContent): string | undefined {
  const { title, sku, category, unit, price } = line.product;
  if (title.trim() === '' || title.length > MAX_TITLE) return 'A title has 1 to 200 characters.';
  if (tooLong(sku, 64) || tooLong(category, 64) || tooLong(unit, 16)) {
    return 'A SKU or category has at most 64 characters, a unit 16.';
  }
  if (!isWhole(line.quantity, 1, MAX_QUANTITY)) return 'A quantity is 1 to 1,000,000.';
  if (line.note.length > MAX_NOTE) return 'A note has at most 1,000 characters.';
  if (price === undefined) return undefined;
  if (!/^[A-Z]{3}$/.test(price.currency)) return 'A currency is three capital letters.';
  const amount = Math.abs(price.amount);
  if (!isWhole(amount, 0, MAX_LINE_AMOUNT) || amount * line.quantity > MAX_LINE_AMOUNT) {
    return 'A line costs at most ten thousand million.';
  }
  return undefined;
}

function sameProduct(a: Product, b: Product): boolean {
  return (
    a.title === b.title &&
    a.sku === b.sku &&
    a.category === b.category &&
    a.unit === b.unit &&
    a.price?.amount === b.price?.amount &&
    a.price?.currency === b.price?.currency
  );
}

function tooLong(text: string | undefined, max: number): boolean {
  return text !== undefined && text.length > max;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}
