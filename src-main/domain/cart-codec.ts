/**
 * Value type 2, "cart v1": CBOR `[name, [line…]]` with line
 * `[id actor, id counter, id index, dot actor, dot counter, at, product, quantity, note]` and
 * product `[title, sku, category, unit, price]` (null if absent; price `[amount, currency]`).
 * Actors are numbers: places in the actor table of the envelope around it. (PROTOCOL.md)
 */
import { AppError } from '../base/app-error.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import { contentProblem, lineKey, MAX_LINES, MAX_NAME, type Cart, type CartLine } from './cart.ts';
import { MAX_COUNTER, type Dot } from './causal-context.ts';
import type { ActorId } from './ids.ts';
import { productArray, readProduct } from './product-codec.ts';
import { badValue, readArray, readText, readTuple, readWhole } from './value-fields.ts';

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
  const [name, lines] = readTuple(decodeCbor(bytes), 2);
  const decoded = readArray(lines, MAX_LINES).map((line) => decodeLine(line, actors));
  if (new Set(decoded.map((line) => lineKey(line.id))).size < decoded.length) {
    throw badValue('two lines with one id');
  }
  return { name: readText(name, MAX_NAME), lines: decoded };
}

function decodeLine(value: Cbor | undefined, actors: readonly ActorId[]): CartLine {
  const [idActor, idCounter, index, dotActor, dotCounter, at, product, quantity, note] = readTuple(
    value,
    9,
  );
  const dotOf = (actor: Cbor | undefined, counter: Cbor | undefined): Dot => {
    const known = actors[readWhole(actor, 0, actors.length - 1)];
    if (known === undefined) throw badValue('an unknown actor');
    return { actor: known, counter: readWhole(counter, 1, MAX_COUNTER) };
  };
  const line = {
    id: { dot: dotOf(idActor, idCounter), index: readWhole(index, 0, MAX_LINES - 1) },
    dot: dotOf(dotActor, dotCounter),
    at: readWhole(at, 0, Number.MAX_SAFE_INTEGER),
    product: readProduct(product),
    quantity: readWhole(quantity, 1, Number.MAX_SAFE_INTEGER),
    note: readText(note, Infinity),
  };
  const problem = contentProblem(line);
  if (problem !== undefined) throw badValue(problem);
  return line;
}
