/** Items as programs see them: versions opened, values as JSON. */
import { utf8ToString } from '../base/bytes.ts';
import { actorTableOf } from '../domain/causal-context.ts';
import { decodeCart } from '../domain/cart-codec.ts';
import { lineIdString, totalsOf } from '../domain/cart.ts';
import type { ItemKey } from '../domain/ids.ts';
import { decodeDecision, decodeOrder } from '../domain/order-codec.ts';
import type { OrderId } from '../domain/order.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { Account, Draft } from './account.ts';
import { makeContextToken, versionName } from './context-token.ts';
import type { ItemAnswer } from './item-reader.ts';
import type { ItemVersion, ItemView, JsonValue } from './views.ts';

/** Written by Carrossel itself, in forms of its own; secrets among them are shown to nobody. */
export const OWN_PREFIXES = ['cart#', 'account#', 'share#', 'order#', 'decision#'];
export const HIDDEN_PREFIXES = ['account#', 'share#'];

/** True for items that hold secrets. */
export function isHidden(sortKey: string): boolean {
  return HIDDEN_PREFIXES.some((prefix) => sortKey.startsWith(prefix));
}

export function itemView(account: Account, key: ItemKey, answer: ItemAnswer): ItemView {
  return {
    sortKey: key.sortKey,
    context: makeContextToken(account.contextKey(), key, answer.siblings),
    siblings: answer.siblings.map((version) => itemVersion(account, version)),
    freshness: answer.freshness,
    answered: answer.answered,
    answeredOwners: answer.answeredOwners,
  };
}

export function itemVersion(account: Account, version: SignedVersion): ItemVersion {
  const { deviceName, wallMs, type, value } = account.open(version);
  const shown = { version: versionName(version), device: deviceName, wallMs };
  if (type === 'none') return { ...shown, deleted: true };
  return { ...shown, deleted: false, value: jsonOf(version, type, value) };
}

/** Any value as JSON, for programs that look at raw items. */
function jsonOf(
  version: SignedVersion,
  type: Exclude<Draft['type'], 'none'>,
  value: Uint8Array,
): JsonValue {
  switch (type) {
    case 'json':
      return JSON.parse(utf8ToString(value)) as JsonValue;
    case 'cart':
      return cartJson(version, value);
    case 'order':
      return orderJson(version, value);
    case 'decision':
      return JSON.parse(JSON.stringify(decodeDecision(value))) as JsonValue;
  }
}

function orderJson({ key }: SignedVersion, value: Uint8Array): JsonValue {
  const id = key.sortKey.slice(key.sortKey.indexOf('#') + 1);
  const order = decodeOrder(id as OrderId, value);
  const lines = order.lines.map((line) => ({ ...line, id: lineIdString(line.id) }));
  const total = totalsOf(order.lines);
  return JSON.parse(JSON.stringify({ ...order, lines, total })) as JsonValue;
}

function cartJson(version: SignedVersion, value: Uint8Array): JsonValue {
  const cart = decodeCart(value, actorTableOf(version.dot.actor, version.context));
  const lines = cart.lines.map(({ id, at, product, quantity, note }) => ({
    id: lineIdString(id),
    wallMs: at,
    product,
    quantity,
    note,
  }));
  return JSON.parse(JSON.stringify({ name: cart.name, lines })) as JsonValue;
}
