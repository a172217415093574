/**
 * What a cart was before: each version of a cart that comes to stand on this machine is kept in the
 * history's records, behind the write. A crash in between loses at most that one entry of the
 * history, never a version of the cart.
 */
import { AppError, toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { lineIdString, totalsOf } from '../domain/cart.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import { readEnvelope } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemChanged, ItemStore } from '../storage/item-store.ts';
import type { Account } from './account.ts';
import type { AccountBook } from './account-book.ts';
import type { CartFinder } from './cart-finder.ts';
import type { CartHistoryRecords } from './cart-history-records.ts';
import { CART_PREFIX, type CartVersion, type CartVersions } from './cart-versions.ts';
import type { PastCart, PastVersion } from './views/cart-history.ts';

interface Named {
  readonly name: string;
  readonly account?: string | undefined;
}

export interface CartHistory {
  /** Newest first. @throws CART_NOT_FOUND */
  list(input: Named): Promise<PastVersion[]>;
  /** @throws CART_NOT_FOUND, NOT_FOUND when that version is not kept here (any more). */
  show(input: Named & { readonly version: string }): Promise<PastCart>;
  /** All versions kept of one cart, oldest first, those standing now included. */
  versionsOf(account: Account, key: ItemKey): Promise<readonly CartVersion[]>;
  /** Resolves when all that has changed so far is kept. */
  settled(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Changes waiting to be kept; beyond that the oldest are left out of the history. */
const MAX_WAITING = 2000;

export function createCartHistory(components: {
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly book: AccountBook;
  readonly finder: CartFinder;
  readonly versions: CartVersions;
  readonly history: CartHistoryRecords;
}): CartHistory {
  const { store, book, finder, versions, history } = components;
  const logger = components.logger.scope('history');
  const waiting: SignedVersion[] = [];
  let working: Promise<void> | undefined;
  let unsubscribe = (): void => undefined;

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await history.add(itemKeyString(next.key), next.hash, next.bytes);
      } catch (error) {
        logger.warn('a version was not kept', { error: toAppError(error).message });
      }
    }
  }
  function begin(): void {
    if (working !== undefined || waiting.length === 0) return;
    // Not at the end of `work`: with nothing to wait for, that comes before it is known as working.
    working = work().finally(() => {
      working = undefined;
      begin();
    });
  }
  function follow({ key, added }: ItemChanged): void {
    if (!key.sortKey.startsWith(CART_PREFIX) || book.get(key.partitionKey) === undefined) return;
    waiting.push(...added);
    waiting.splice(0, Math.max(0, waiting.length - MAX_WAITING));
    begin();
  }
  const settled = async (): Promise<void> => {
    while (working !== undefined) await working;
  };
  async function versionsOf(account: Account, key: ItemKey): Promise<readonly CartVersion[]> {
    const kept: CartVersion[] = [];
    for (const hash of history.hashesOf(itemKeyString(key))) {
      const bytes = await history.read(hash);
      if (bytes !== undefined) kept.push(...openIfPossible(account, readEnvelope(bytes), versions));
    }
    const known = new Set(kept.map(({ hash }) => hash));
    const now = versions.open(account, await store.read(key));
    return [...kept, ...now.filter(({ hash }) => !known.has(hash))];
  }
  async function all({ name, account }: Named) {
    await settled();
    const place = await finder.find(name, account);
    const current = new Set((await store.read(place.key)).map(({ hash }) => hash));
    return { current, past: (await versionsOf(place.account, place.key)).toReversed() };
  }
  return {
    versionsOf,
    settled,
    async list(input) {
      const { current, past } = await all(input);
      return past.map((version) => ({
        ...headOf(version, current.has(version.hash)),
        lines: version.cart?.lines.length ?? 0,
      }));
    },
    async show(input) {
      const { current, past } = await all(input);
      const found = past.find(({ name }) => name === input.version);
      if (found === undefined) {
        throw new AppError('NOT_FOUND', 'That version is not kept on this machine any more.');
      }
      const lines = (found.cart?.lines ?? []).map(({ id, product, quantity, note }) => ({
        id: lineIdString(id),
        product: { ...product },
        quantity,
        note,
      }));
      return { ...headOf(found, current.has(found.hash)), lines };
    },
    async start() {
      await history.load();
      unsubscribe = store.on('changed', follow);
    },
    async stop() {
      unsubscribe();
      await settled();
    },
  };
}

function headOf(version: CartVersion, current: boolean): Omit<PastVersion, 'lines'> {
  return {
    version: version.name,
    device: version.device,
    own: version.own,
    wallMs: version.wallMs,
    deleted: version.cart === undefined,
    current,
    totals: [...totalsOf(version.cart?.lines ?? [])],
  };
}

/** None where the key of the version is no longer (or not yet) held here. */
function openIfPossible(
  account: Account,
  version: SignedVersion,
  versions: CartVersions,
): readonly CartVersion[] {
  try {
    return versions.open(account, [version]);
  } catch {
    return [];
  }
}
