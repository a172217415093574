/**
 * What people may want to put into a cart: what was in their carts before, and the catalogue
 * (`product#…` items), for the page to complete what is typed, with no round trip a letter.
 */
import { utf8ToString } from '../base/bytes.ts';
import { lineKey, productKey, type Product } from '../domain/cart.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore, StoredItem } from '../storage/item-store.ts';
import type { Account } from './account.ts';
import type { AccountBook } from './account-book.ts';
import type { CartHistory } from './cart-history.ts';
import { CART_PREFIX } from './cart-versions.ts';
import { Product as ProductSchema } from './views.ts';
import type { Suggestion } from './views/cart-history.ts';

export const PRODUCT_PREFIX = 'product#';
const PAGE = 200;
const MAX_CATALOGUE = 5000;
const MAX_SUGGESTIONS = 2000;

export interface Suggestions {
  /** The most used first. */
  list(): Promise<Suggestion[]>;
}

interface Seen {
  product: Product;
  wallMs: number;
  readonly lines: Set<string>;
}

export function createSuggestions(components: {
  readonly store: ItemStore;
  readonly book: AccountBook;
  readonly history: CartHistory;
}): Suggestions {
  const { store, book, history } = components;

  async function itemsOf(account: Account, prefix: string): Promise<readonly StoredItem[]> {
    const found: StoredItem[] = [];
    for (let after: string | undefined; found.length < MAX_CATALOGUE;) {
      const bounds = { partitionKey: account.id, prefix, limit: PAGE };
      const page = await store.scan(after === undefined ? bounds : { ...bounds, after });
      found.push(...page);
      after = page.at(-1)?.key.sortKey;
      if (page.length < PAGE || after === undefined) break;
    }
    return found;
  }
  return {
    async list() {
      const seen = new Map<string, Seen>();
      const meet = (product: Product, wallMs: number, line: string | undefined): void => {
        const key = productKey(product);
        const one = seen.get(key) ?? { product, wallMs, lines: new Set<string>() };
        if (line !== undefined) one.lines.add(line);
        if (wallMs >= one.wallMs) Object.assign(one, { product, wallMs });
        seen.set(key, one);
      };
      for (const account of book.all()) {
        if (!account.canOpen()) continue;
        for (const { siblings } of await itemsOf(account, PRODUCT_PREFIX)) {
          for (const product of productsIn(account, siblings)) meet(product, 0, undefined);
        }
        for (const { key } of await itemsOf(account, CART_PREFIX)) {
          for (const { cart } of await history.versionsOf(account, key)) {
            for (const { id, product, at } of cart?.lines ?? []) meet(product, at, lineKey(id));
          }
        }
      }
      return [...seen.values()]
        .map(({ product, wallMs, lines }) => ({
          product: { ...product },
          times: lines.size,
          wallMs,
        }))
        .sort((a, b) => b.times - a.times || b.wallMs - a.wallMs)
        .slice(0, MAX_SUGGESTIONS);
    },
  };
}

/** What a catalogue item says, as far as it is a product; what is not is passed over. */
function productsIn(account: Account, siblings: readonly SignedVersion[]): readonly Product[] {
  return siblings.flatMap((version) => {
    const content = account.open(version);
    if (content.type !== 'json') return [];
    const parsed = ProductSchema.safeParse(JSON.parse(utf8ToString(content.value)));
    return parsed.success ? [parsed.data] : [];
  });
}
