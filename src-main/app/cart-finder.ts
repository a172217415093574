/** Carts by name or id, over the accounts this machine is logged in to, the current one first. */
import { isAppError } from '../base/app-error.ts';
import type { ItemKey } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import { CART_PREFIX } from './cart-versions.ts';
import { cartNotFound } from './cart-drafts.ts';

export interface CartPlace {
  readonly account: Account;
  readonly id: string;
  readonly key: ItemKey;
}

export interface CartFinder {
  /** Where a new cart of that name goes. */
  place(account: Account, name: string): CartPlace;
  /**
   * The cart of that name or id that this machine holds; undefined if it holds none.
   * @param accountNamed only in this account (id or label), if given.
   */
  held(named: string, accountNamed: string | undefined): Promise<CartPlace | undefined>;
  /** Like `held`. @throws CART_NOT_FOUND */
  find(named: string, accountNamed: string | undefined): Promise<CartPlace>;
  /** Where it might be, the likeliest first, whether or not anything is held. */
  candidates(named: string, accountNamed: string | undefined): readonly CartPlace[];
}

const CART_ID = /^[0-9a-f]{32}$/;

export function createCartFinder(components: {
  readonly book: AccountBook;
  readonly store: ItemStore;
}): CartFinder {
  const { book, store } = components;

  function candidates(named: string, accountNamed: string | undefined): readonly CartPlace[] {
    const first = book.find(accountNamed);
    const accounts = accountNamed === undefined ? book.all() : [first];
    const byId = CART_ID.test(named) ? accounts.map((account) => placeOf(account, named)) : [];
    return [...byId, ...accounts.flatMap((account) => byName(account, named))];
  }
  async function held(
    named: string,
    accountNamed: string | undefined,
  ): Promise<CartPlace | undefined> {
    let gone: CartPlace | undefined;
    for (const place of candidates(named, accountNamed)) {
      const siblings = await store.read(place.key);
      if (siblings.some(({ kind }) => kind === 'value')) return place;
      if (siblings.length > 0) gone ??= place;
    }
    return gone;
  }
  return {
    candidates,
    held,
    place: (account, name) => placeOf(account, account.opaqueId('cart', name)),
    async find(named, accountNamed) {
      const place = await held(named, accountNamed);
      if (place === undefined) throw cartNotFound(named);
      return place;
    },
  };
}

function placeOf(account: Account, id: string): CartPlace {
  return { account, id, key: { partitionKey: account.id, sortKey: `${CART_PREFIX}${id}` } };
}

/** An account whose keys are still on their way here has no names yet. */
function byName(account: Account, name: string): readonly CartPlace[] {
  try {
    return [placeOf(account, account.opaqueId('cart', name))];
  } catch (error) {
    if (isAppError(error, 'SEALED')) return [];
    throw error;
  }
}
