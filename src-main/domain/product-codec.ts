/** Products and money inside sealed values, as carts and orders hold them (PROTOCOL.md). */
import type { Cbor } from '../base/cbor.ts';
import type { Money, Product } from './cart.ts';
import { readText, readTuple, readWhole } from './value-fields.ts';

/** `[title, sku, category, unit, price]`, null where absent. */
export function productArray(product: Product): Cbor {
  const { title, sku, category, unit, price } = product;
  const money = price === undefined ? null : moneyArray(price);
  return [title, sku ?? null, category ?? null, unit ?? null, money];
}

export function readProduct(value: Cbor | undefined): Product {
  const [title, sku, category, unit, price] = readTuple(value, 5);
  return {
    title: readText(title, Infinity),
    ...(sku === null ? {} : { sku: readText(sku, Infinity) }),
    ...(category === null ? {} : { category: readText(category, Infinity) }),
    ...(unit === null ? {} : { unit: readText(unit, Infinity) }),
    ...(price === null ? {} : { price: readMoney(price) }),
  };
}

/** `[minor units, ISO 4217]` */
export function moneyArray({ amount, currency }: Money): Cbor {
  return [amount, currency];
}

export function readMoney(value: Cbor | undefined): Money {
  const [amount, currency] = readTuple(value, 2);
  const most = Number.MAX_SAFE_INTEGER;
  return { amount: readWhole(amount, -most, most), currency: readText(currency, 3) };
}
