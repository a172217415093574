/** One item of an export: whether it can be written, where it goes, and whether it is here. */
import { toAppError } from '../../base/app-error.ts';
import { parseLineId } from '../../domain/cart.ts';
import type { ActorId } from '../../domain/ids.ts';
import { isOrderId } from '../../domain/order.ts';
import type { SignedVersion } from '../../security/signed-version.ts';
import type { Account } from '../account.ts';
import { CART_PREFIX } from '../cart-versions.ts';
import { isHidden } from '../item-view.ts';
import { DECISION_PREFIX, ORDER_PREFIX } from '../order-book.ts';
import { notWhole, type ArchiveItem, type ArchiveVersion } from './archive-format.ts';
import { archiveDraft, archiveVersion, meaningOf } from './archive-values.ts';

/** Stands for the version that is to come, to see what its value would be. */
const NOBODY = '00'.repeat(16) as ActorId;
const DRY = { dot: { actor: NOBODY, counter: 1 }, actors: [NOBODY], wallMs: 0 };

/** @throws FILE_NOT_WHOLE when the item is none that Carrossel writes; the item's number in it */
export function checkItem(item: ArchiveItem, number: number): void {
  const { sortKey, versions } = item;
  try {
    const type = typeOf(sortKey);
    if (isHidden(sortKey) || versions.some((version) => version.type !== type)) {
      throw notWhole(`Item ${number} is not what its key says.`);
    }
    for (const version of versions) archiveDraft(sortKey, version).encode(DRY);
  } catch (error) {
    const { message } = toAppError(error);
    throw notWhole(`Item ${number} of this file cannot be written: ${message}`, {
      ...{ item: number, sortKey },
    });
  }
}

function typeOf(sortKey: string): ArchiveVersion['type'] {
  if (sortKey.startsWith(CART_PREFIX)) return 'cart';
  if (sortKey.startsWith(ORDER_PREFIX)) {
    if (!isOrderId(sortKey.slice(ORDER_PREFIX.length))) throw notWhole('An order has another id.');
    return 'order';
  }
  if (!sortKey.startsWith(DECISION_PREFIX)) return 'json';
  parseLineId(sortKey.slice(DECISION_PREFIX.length));
  return 'decision';
}

/**
 * Where it goes in this account: ids of carts follow from their names and the account's keys.
 * @param from the account the file was made of.
 */
export function placedItem(
  account: Account,
  item: ArchiveItem,
  from: string | undefined,
): ArchiveItem {
  if (from === account.id) return item;
  const [first] = item.versions;
  if (first?.type === 'cart') {
    const id = account.opaqueId('cart', first.value.name);
    return { ...item, sortKey: CART_PREFIX + id };
  }
  const versions = item.versions.map((version): ArchiveVersion => {
    if (version.type !== 'order') return version;
    const { name } = version.value.cart;
    const cart = { id: account.opaqueId('cart', name), name };
    return { ...version, value: { ...version.value, cart } };
  });
  return { ...item, versions };
}

/** `different`: something else is here, and stays. */
export function verdictOf(
  account: Account,
  item: ArchiveItem,
  held: readonly SignedVersion[],
): 'absent' | 'there' | 'different' | 'deleted' {
  if (held.length === 0) return 'absent';
  const here = held.flatMap((version) => archiveVersion(account, version) ?? []);
  if (here.length === 0) return 'deleted';
  const [ours, theirs] = [here, item.versions].map((all) => new Set(all.map(meaningOf)));
  return ours !== undefined && theirs !== undefined && sameSet(ours, theirs)
    ? 'there'
    : 'different';
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}
