/**
 * Value type 3, "order v1": CBOR `[cart id, cart name, [line…], [order id known…], [use…], [due…]]`
 * with line `[actor, counter, index, product, quantity, note]` (the actor's 16 bytes, since an order
 * outlives the cart's versions), use `[voucher id, money]`, due `[order id, money]`; and value type
 * 4, "decision v1": `[[order id kept…], [order id cancelled…]]`. (PROTOCOL.md)
 */
import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import { contentProblem, lineKey, MAX_LINES, MAX_NAME, type LineId, type Money } from './cart.ts';
import { MAX_COUNTER } from './causal-context.ts';
import type { ActorId } from './ids.ts';
import {
  MAX_USES,
  type Decision,
  type Order,
  type OrderId,
  type OrderLine,
  type VoucherId,
} from './order.ts';
import { moneyArray, productArray, readMoney, readProduct } from './product-codec.ts';
import { badValue, readArray, readFixed, readText, readTuple, readWhole } from './value-fields.ts';

const ID_BYTES = 16;
const MAX_ORDERS = 1000;

/** @throws LIMIT_EXCEEDED or BAD_REQUEST when the order is not one that may be written. */
export function encodeOrder(order: Order): Uint8Array {
  const { cart, lines, again, vouchers, dues } = order;
  if (lines.length > MAX_LINES || again.length > MAX_ORDERS) throw tooMuch();
  if (vouchers.length > MAX_USES || dues.length > MAX_USES) throw tooMuch();
  const problem = orderProblem(order);
  if (problem !== undefined) throw new AppError('BAD_REQUEST', problem);
  return encodeCbor([
    cart.id,
    cart.name,
    lines.map(lineArray),
    again.map(fromHex),
    vouchers.map(({ voucher, amount }) => [fromHex(voucher), moneyArray(amount)]),
    dues.map(({ order: due, amount }) => [fromHex(due), moneyArray(amount)]),
  ]);
}

/** @throws BAD_ENCODING for anything that `encodeOrder` would not have written. */
export function decodeOrder(id: OrderId, bytes: Uint8Array): Order {
  const [cartId, cartName, lines, again, vouchers, dues] = readTuple(decodeCbor(bytes), 6);
  const order: Order = {
    id,
    cart: { id: readText(cartId, MAX_NAME), name: readText(cartName, MAX_NAME) },
    lines: readArray(lines, MAX_LINES).map(readLine),
    again: readArray(again, MAX_ORDERS).map((one) => readId(one) as OrderId),
    vouchers: readArray(vouchers, MAX_USES).map((use) => {
      const [voucher, amount] = readTuple(use, 2);
      return { voucher: readId(voucher) as VoucherId, amount: readMoney(amount) };
    }),
    dues: readArray(dues, MAX_USES).map((due) => {
      const [order, amount] = readTuple(due, 2);
      return { order: readId(order) as OrderId, amount: readMoney(amount) };
    }),
  };
  const problem = orderProblem(order);
  if (problem !== undefined) throw badValue(problem);
  return order;
}

export function encodeDecision({ keep, cancel }: Decision): Uint8Array {
  if (keep.length + cancel.length > MAX_ORDERS) throw tooMuch();
  return encodeCbor([[...keep].sort().map(fromHex), [...cancel].sort().map(fromHex)]);
}

/** @throws BAD_ENCODING for anything that `encodeDecision` would not have written. */
export function decodeDecision(bytes: Uint8Array): Decision {
  const ids = (value: Cbor | undefined): readonly OrderId[] => {
    const read = readArray(value, MAX_ORDERS).map((one) => readId(one) as OrderId);
    if (read.some((id, i) => i > 0 && (read[i - 1] ?? '') >= id)) throw badValue('not in order');
    return read;
  };
  const [keep, cancel] = readTuple(decodeCbor(bytes), 2);
  const decision = { keep: ids(keep), cancel: ids(cancel) };
  if (decision.keep.some((id) => decision.cancel.includes(id))) throw badValue('kept, cancelled');
  return decision;
}

/** What keeps the order from being written, as a sentence; undefined if nothing does. */
function orderProblem({ lines, vouchers, dues, cart }: Order): string | undefined {
  if (cart.name.length > MAX_NAME) return 'The name of a cart has at most 200 characters.';
  if (new Set(lines.map(({ id }) => lineKey(id))).size < lines.length) {
    return 'A line stands in an order once.';
  }
  const used = vouchers.map(({ voucher }) => voucher);
  if (new Set(used).size < used.length) return 'An order uses a voucher once.';
  const paid = dues.map(({ order, amount }) => `${order} ${amount.currency}`);
  if (new Set(paid).size < paid.length) return 'An order pays an amount due once.';
  for (const { amount } of [...vouchers, ...dues]) {
    if (!isPositive(amount)) return 'Vouchers and amounts due are more than nothing.';
  }
  return lines.map(contentProblem).find((problem) => problem !== undefined);
}

function isPositive({ amount, currency }: Money): boolean {
  return Number.isSafeInteger(amount) && amount > 0 && /^[A-Z]{3}$/.test(currency);
}

function lineArray({ id, product, quantity, note }: OrderLine): Cbor {
  const { dot, index } = id;
  return [fromHex(dot.actor), dot.counter, index, productArray(product), quantity, note];
}

function readLine(value: Cbor): OrderLine {
  const [actor, counter, index, product, quantity, note] = readTuple(value, 6);
  const id: LineId = {
    dot: { actor: readId(actor) as ActorId, counter: readWhole(counter, 1, MAX_COUNTER) },
    index: readWhole(index, 0, MAX_LINES - 1),
  };
  return {
    id,
    product: readProduct(product),
    quantity: readWhole(quantity, 1, Number.MAX_SAFE_INTEGER),
    note: readText(note, Infinity),
  };
}

function readId(value: Cbor | undefined): string {
  return toHex(readFixed(value, ID_BYTES));
}

function tooMuch(): AppError {
  return new AppError('LIMIT_EXCEEDED', 'An order has at most 1,000 lines and 1,000 vouchers.');
}
