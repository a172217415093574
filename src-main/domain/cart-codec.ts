/**
 * Value type 2, "cart v1": CBOR `[name, [line…]]` with line
 * `[id actor, id counter, id index, dot actor, dot counter, at, product, quantity, note]` and
 * product `[title, sku, category, unit, price]` (null if absent; price `[amount, currency]`).
 * Actors are numbers: places in the actor table of the envelope around it. (PROTOCOL.md)
 */
import { AppError } from '../base/app-error.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import {
  contentProblem,
  lineKey,
  MAX_LINES,
  MAX_NAME,
  type Cart,
  type CartLine,
  type Money,
  type Product,
} from './cart.ts';
import { MAX_COUNTER, type Dot } from './causal-context.ts';
import type { ActorId } from './ids.ts';

/**
 * @param actors the envelope's actor table: the writer's, then the others of its context.
 * @throws LIMIT_EXCEEDED or BAD_REQUEST when the cart is not one that may be written.
 */
export function encodeCart(cart: Cart, actors: readonly ActorId[]): Uint8Array {
  if (cart.lines.length > MAX_LINES || cart.name.length > MAX_NAME) {
    throw new AppError('LIMIT_EXCEEDED', 'A cart has at most 1,000 lines and a short name.');
  }
  const numbers = new Map(actors.map((actor, i) => [actor, i]));
  const dotOf = ({ actor, counter }: Dot): [number, number] => {
    const number = numbers.get(actor);
    if (number === undefined) {
      throw new AppError('INTERNAL', 'A line refers to a version that its cart has not seen.');
    }
    return [number, counter];
  };
  const lines = cart.lines.map((line) => {
    const problem = contentProblem(line);
    if (problem !== undefined) throw new AppError('BAD_REQUEST', problem);
    const { id, dot, at, product, quantity, note } = line;
    const name = [...dotOf(id.dot), id.index, ...dotOf(dot)];
    return [...name, at, productArray(product), quantity, note];
  });
  return encodeCbor([cart.name, lines]);
}

/**
 * @param actors the envelope's actor table.
 * @throws BAD_ENCODING for anything that `encodeCart` would not have written.
 */
export function decodeCart(bytes: Uint8Array, actors: readonly ActorId[]): Cart {
  const [name, lines] = tuple(decodeCbor(bytes), 2);
  const decoded = array(lines, MAX_LINES).map((line) => decodeLine(line, actors));
  if (new Set(decoded.map((line) => lineKey(line.id))).size < decoded.length) {
    throw bad('two lines with one id');
  }
  return { name: text(name, MAX_NAME), lines: decoded };
}

function decodeLine(value: Cbor | undefined, actors: readonly ActorId[]): CartLine {
  const [idActor, idCounter, index, dotActor, dotCounter, at, product, quantity, note] = tuple(
    value,
    9,
  );
  const dotOf = (actor: Cbor | undefined, counter: Cbor | undefined): Dot => {
    const known = actors[whole(actor, 0, actors.length - 1)];
    if (known === undefined) throw bad('an unknown actor');
    return { actor: known, counter: whole(counter, 1, MAX_COUNTER) };
  };
  const line = {
    id: { dot: dotOf(idActor, idCounter), index: whole(index, 0, MAX_LINES - 1) },
    dot: dotOf(dotActor, dotCounter),
    at: whole(at, 0, Number.MAX_SAFE_INTEGER),
    product: decodeProduct(product),
    quantity: whole(quantity, 1, Number.MAX_SAFE_INTEGER),
    note: text(note, Infinity),
  };
  const problem = contentProblem(line);
  if (problem !== undefined) throw bad(problem);
  return line;
}

function productArray(product: Product): Cbor {
  const { title, sku, category, unit, price } = product;
  const money = price === undefined ? null : [price.amount, price.currency];
  return [title, sku ?? null, category ?? null, unit ?? null, money];
}

function decodeProduct(value: Cbor | undefined): Product {
  const [title, sku, category, unit, price] = tuple(value, 5);
  return {
    title: text(title, Infinity),
    ...(sku === null ? {} : { sku: text(sku, Infinity) }),
    ...(category === null ? {} : { category: text(category, Infinity) }),
    ...(unit === null ? {} : { unit: text(unit, Infinity) }),
    ...(price === null ? {} : { price: decodeMoney(price) }),
  };
}

function decodeMoney(value: Cbor | undefined): Money {
  const [amount, currency] = tuple(value, 2);
  const most = Number.MAX_SAFE_INTEGER;
  return { amount: whole(amount, -most, most), currency: text(currency, 3) };
}

function array(value: Cbor | undefined, max: number): readonly Cbor[] {
  if (!Array.isArray(value) || value.length > max) throw bad('not an array, or too long');
  return value as readonly Cbor[];
}

function tuple(value: Cbor | undefined, length: number): readonly Cbor[] {
  const items = array(value, length);
  if (items.length !== length) throw bad(`not an array of ${length}`);
  return items;
}

function text(value: Cbor | undefined, max: number): string {
  if (typeof value !== 'string' || value.length > max) throw bad('not a text, or too long');
  return value;
}

function whole(value: Cbor | undefined, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw bad('not a whole number in its range');
  }
  return value as number;
}

function bad(what: string): AppError {
  return new AppError('BAD_ENCODING', `Not a cart: ${what}`);
}
