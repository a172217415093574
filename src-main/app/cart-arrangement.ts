/**
 * `arrangement#<cart id>` items: the order in which people want a cart's lines shown. Beside the
 * cart and not in it, so that sorting on one machine and shopping on another never is a conflict:
 * of arrangements made apart all devices take the same one, and nobody is asked (decision 0611).
 */
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { ItemKey } from '../domain/ids.ts';
import { compareVersions } from '../domain/versioned-item.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import type { Account } from './account.ts';
import type { CartPlace } from './cart-finder.ts';

export const ARRANGEMENT_PREFIX = 'arrangement#';
const FORMAT = 1;

export function arrangementKey({ account, id }: Pick<CartPlace, 'account' | 'id'>): ItemKey {
  return { partitionKey: account.id, sortKey: ARRANGEMENT_PREFIX + id };
}

/** The write that makes `lines` (ids, first to last) the order. */
export function arrangementRequest(place: CartPlace, lines: readonly string[]): IssueRequest {
  return place.account.request(arrangementKey(place).sortKey, ({ siblings }) => ({
    kind: 'value',
    type: 'json',
    replaced: siblings,
    encode: () => utf8(JSON.stringify({ format: FORMAT, lines })),
  }));
}

/** The ids in order; [] where nobody has arranged, or nothing of it can be read here. */
export function readArrangement(
  account: Account,
  siblings: readonly SignedVersion[],
): readonly string[] {
  if (!account.canOpen()) return [];
  for (const version of siblings.toSorted(compareVersions).toReversed()) {
    const content = account.open(version);
    if (content.type !== 'json') continue;
    const value: unknown = JSON.parse(utf8ToString(content.value));
    if (isArrangement(value)) return value.lines;
  }
  return [];
}

/** Lines the arrangement names come first, in its order; newer ones follow in theirs. */
export function arranged<L>(
  lines: readonly L[],
  ids: readonly string[],
  idOf: (line: L) => string,
): readonly L[] {
  if (ids.length === 0) return lines;
  const place = new Map(ids.map((id, index) => [id, index]));
  const at = (line: L): number => place.get(idOf(line)) ?? ids.length;
  return lines.toSorted((a, b) => at(a) - at(b));
}

function isArrangement(value: unknown): value is { readonly lines: readonly string[] } {
  const one = value as { readonly format?: unknown; readonly lines?: unknown } | null;
  return (
    typeof one === 'object' &&
    one !== null &&
    one.format === FORMAT &&
    Array.isArray(one.lines) &&
    one.lines.every((id) => typeof id === 'string')
  );
}
