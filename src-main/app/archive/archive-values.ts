/** Versions as an export says them, and as they are written again. */
import { utf8, utf8ToString } from '../../base/bytes.ts';
import { decodeCart, encodeCart } from '../../domain/cart-codec.ts';
import { lineIdString, parseLineId, type CartLine } from '../../domain/cart.ts';
import { actorTableOf } from '../../domain/causal-context.ts';
import {
  decodeDecision,
  decodeOrder,
  encodeDecision,
  encodeOrder,
} from '../../domain/order-codec.ts';
import type { OrderId, VoucherId } from '../../domain/order.ts';
import type { SignedVersion } from '../../security/signed-version.ts';
import type { Account, Draft } from '../account.ts';
import { arranged } from '../cart-arrangement.ts';
import { plainProduct } from '../cart-drafts.ts';
import { ORDER_PREFIX } from '../order-book.ts';
import type { JsonValue } from '../views.ts';
import type { ArchiveVersion } from './archive-format.ts';

type Valued<T extends ArchiveVersion['type']> = Extract<ArchiveVersion, { type: T }>['value'];

/**
 * Undefined for a deletion: there is nothing to bring back.
 * @param arrangement ids of the cart's lines in people's order.
 */
export function archiveVersion(
  account: Account,
  version: SignedVersion,
  arrangement: readonly string[] = [],
): ArchiveVersion | undefined {
  const { type, value, deviceName: device, wallMs } = account.open(version);
  const { sortKey } = version.key;
  switch (type) {
    case 'none':
      return undefined;
    case 'json':
      return { type, device, wallMs, value: JSON.parse(utf8ToString(value)) as JsonValue };
    case 'cart':
      return { type, device, wallMs, value: cartValue(version, value, arrangement) };
    case 'order':
      return { type, device, wallMs, value: orderValue(sortKey, value) };
    case 'decision': {
      const { keep, cancel } = decodeDecision(value);
      return { type, device, wallMs, value: { keep: [...keep], cancel: [...cancel] } };
    }
  }
}

/** A cart's lines get new ids where they are written again; an order's keep theirs. */
function cartValue(
  version: SignedVersion,
  bytes: Uint8Array,
  arrangement: readonly string[],
): Valued<'cart'> {
  const cart = decodeCart(bytes, actorTableOf(version.dot.actor, version.context));
  const lines = arranged(cart.lines, arrangement, ({ id }) => lineIdString(id));
  return {
    name: cart.name,
    lines: lines.map(({ product, quantity, note, at }) => ({
      ...{ product: { ...product }, quantity, note, wallMs: at },
    })),
  };
}

function orderValue(sortKey: string, bytes: Uint8Array): Valued<'order'> {
  const order = decodeOrder(sortKey.slice(ORDER_PREFIX.length) as OrderId, bytes);
  return {
    cart: { ...order.cart },
    lines: order.lines.map(({ id, product, quantity, note }) => ({
      ...{ id: lineIdString(id), product: { ...product }, quantity, note },
    })),
    again: [...order.again],
    vouchers: order.vouchers.map(({ voucher, amount }) => ({ voucher, amount: { ...amount } })),
    dues: order.dues.map(({ order: due, amount }) => ({ order: due, amount: { ...amount } })),
  };
}

/**
 * What writes it again, beside what is there: with its own time, and the name of who wrote it.
 * @throws BAD_REQUEST, LIMIT_EXCEEDED when it is issued: a value that may not be written
 */
export function archiveDraft(sortKey: string, version: ArchiveVersion): Draft {
  return {
    kind: 'value',
    type: version.type,
    replaced: [],
    continues: version.device,
    wallMs: version.wallMs,
    encode: (at) => bytesOf(sortKey, version, at),
  };
}

function bytesOf(
  sortKey: string,
  version: ArchiveVersion,
  { dot, actors }: Parameters<Draft['encode']>[0],
): Uint8Array {
  switch (version.type) {
    case 'json':
      return utf8(JSON.stringify(version.value));
    case 'cart': {
      const lines = version.value.lines.map(
        ({ product, quantity, note, wallMs }, index): CartLine => ({
          ...{ id: { dot, index }, dot, at: Math.floor(wallMs) },
          ...{ product: plainProduct(product), quantity, note },
        }),
      );
      return encodeCart({ name: version.value.name, lines }, actors);
    }
    case 'order':
      return encodeOrder(orderOf(sortKey, version.value));
    case 'decision':
      return encodeDecision({
        keep: version.value.keep as OrderId[],
        cancel: version.value.cancel as OrderId[],
      });
  }
}

function orderOf(
  sortKey: string,
  { cart, lines, again, vouchers, dues }: Valued<'order'>,
): Parameters<typeof encodeOrder>[0] {
  return {
    id: sortKey.slice(ORDER_PREFIX.length) as OrderId,
    cart,
    lines: lines.map(({ id, product, quantity, note }) => ({
      ...{ id: parseLineId(id), product: plainProduct(product), quantity, note },
    })),
    again: again as OrderId[],
    vouchers: vouchers.map(({ voucher, amount }) => ({ voucher: voucher as VoucherId, amount })),
    dues: dues.map(({ order, amount }) => ({ order: order as OrderId, amount })),
  };
}

/** The same for two versions that say the same, whoever wrote them and when. */
export function meaningOf({ type, value }: ArchiveVersion): string {
  if (type !== 'cart') return `${type} ${ordered(value)}`;
  const lines = value.lines.map(({ product, quantity, note }) =>
    ordered({ product, quantity, note }),
  );
  return `cart ${ordered({ name: value.name, lines: lines.sort() })}`;
}

/** JSON with the members of objects in one order. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
