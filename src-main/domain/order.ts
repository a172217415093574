/**
 * What a checkout leaves behind (DESIGN §2 Checkout and compensation): an order, written once and
 * never again, and the decisions people make afterwards when lines were ordered apart.
 */
import { sha256Hex } from '../base/sha256.ts';
import { utf8 } from '../base/bytes.ts';
import { lineIdString, type LineContent, type LineId, type Money } from './cart.ts';

declare const brand: unique symbol;
/** 16 random bytes, 32 hex digits: the part of its sort key after `order#`. */
export type OrderId = string & { readonly [brand]: 'OrderId' };
/** Derived (`lineVoucherId`, `surplusVoucherId`), 32 hex digits. */
export type VoucherId = string & { readonly [brand]: 'VoucherId' };

/** Vouchers that one order may use, and amounts due that it may settle. */
export const MAX_USES = 1000;
const ID_DIGITS = 32;
const ID = /^[0-9a-f]{32}$/;

/** A line of the cart as it was when it was ordered. */
export interface OrderLine extends LineContent {
  readonly id: LineId;
}

/** So much of a voucher is claimed by an order; whether it counts, `balanceOf` says. */
export interface VoucherUse {
  readonly voucher: VoucherId;
  /** More than 0. */
  readonly amount: Money;
}

/** So much of what another order left due is paid with this one. */
export interface DuePaid {
  readonly order: OrderId;
  /** More than 0. */
  readonly amount: Money;
}

export interface Order {
  readonly id: OrderId;
  /** The cart it was made from, and what people called it then. */
  readonly cart: { readonly id: string; readonly name: string };
  readonly lines: readonly OrderLine[];
  /** Orders known at the checkout that hold one of these lines and had it cancelled. */
  readonly again: readonly OrderId[];
  readonly vouchers: readonly VoucherUse[];
  readonly dues: readonly DuePaid[];
}

/** Which orders keep a line, by a person who had these orders before them. */
export interface Decision {
  readonly keep: readonly OrderId[];
  readonly cancel: readonly OrderId[];
}

export function isOrderId(text: string): text is OrderId {
  return ID.test(text);
}

/** Price times quantity; undefined for a line without a price. */
export function lineAmount({ product, quantity }: LineContent): Money | undefined {
  const { price } = product;
  return price && { amount: price.amount * quantity, currency: price.currency };
}

/**
 * The voucher for a line that an order does not keep. Derived from these two names alone, so it is
 * one and the same on every device, however many find it, and however often.
 */
export function lineVoucherId(order: OrderId, line: LineId): VoucherId {
  return derived(`carrossel/voucher/1 ${order} ${lineIdString(line)}`);
}

/** The voucher for what `order` paid too much of what `due` had left due. */
export function surplusVoucherId(order: OrderId, due: OrderId, currency: string): VoucherId {
  return derived(`carrossel/surplus/1 ${order} ${due} ${currency}`);
}

function derived(name: string): VoucherId {
  return sha256Hex(utf8(name)).slice(0, ID_DIGITS) as VoucherId;
}
