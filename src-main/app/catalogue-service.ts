/**
 * Brings lists of products into an account's catalogue: `product#<opaque id>` items, which complete
 * what people type into carts (app/suggestions.ts).
 */
import { utf8, utf8ToString } from '../base/bytes.ts';
import { productKey, type Product } from '../domain/cart.ts';
import { readProducts, type ProductList } from '../domain/catalogue.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import type { ItemReader } from './item-reader.ts';
import type { ItemWriter } from './item-writer.ts';
import { PRODUCT_PREFIX } from './suggestions.ts';
import type { CataloguePreview, CatalogueWritten } from './views/catalogue.ts';

export interface CatalogueInput {
  readonly account?: string | undefined;
  /** CSV with a head, or JSON. */
  readonly text: string;
  /** Of prices that name none. */
  readonly currency?: string | undefined;
}

export interface CatalogueService {
  /** What `import` would do; nothing is written. */
  preview(input: CatalogueInput): Promise<CataloguePreview>;
  /** Writes the good lines; a product that is there already is replaced where it is otherwise. */
  import(input: CatalogueInput): Promise<CatalogueWritten>;
}

interface Placed {
  readonly sortKey: string;
  readonly product: Product;
  readonly state: 'fresh' | 'changed' | 'there';
}

const BATCH = 25;
const READ = 100;
const MAX_SHOWN = 100;

export function createCatalogueService(components: {
  readonly book: AccountBook;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
}): CatalogueService {
  const { book, reader, writer } = components;

  async function look(input: CatalogueInput) {
    const account = book.find(input.account);
    const list = readProducts(input.text, { currency: input.currency, digits: fractionDigits });
    const placed: Placed[] = [];
    for (let at = 0; at < list.products.length; at += READ) {
      placed.push(...(await placesOf(account, list.products.slice(at, at + READ))));
    }
    return { account, list, placed };
  }
  async function placesOf(account: Account, some: ProductList['products']): Promise<Placed[]> {
    const keys = some.map(({ product }) => keyOf(account, product));
    const { items } = await reader.readAll(account.id, keys, {});
    return some.map(({ product }, i): Placed => {
      const held = (items[i] ?? []).filter(({ kind }) => kind === 'value');
      const same = held.length === 1 && held.every((one) => isProduct(account, one, product));
      const state = held.length === 0 ? 'fresh' : same ? 'there' : 'changed';
      return { sortKey: keys[i] ?? '', product, state };
    });
  }
  const countOf = (placed: readonly Placed[], state: Placed['state']): number =>
    placed.filter((one) => one.state === state).length;

  return {
    async preview(input) {
      const { list, placed } = await look(input);
      return {
        products: list.products.slice(0, MAX_SHOWN).map((one) => ({
          ...{ ...one, product: { ...one.product } },
        })),
        problems: list.problems.slice(0, MAX_SHOWN).map((one) => ({ ...one })),
        ...{ good: list.products.length, bad: list.problems.length },
        ...{ fresh: countOf(placed, 'fresh'), changed: countOf(placed, 'changed') },
      };
    },
    async import(input) {
      const { account, list, placed } = await look(input);
      const wanted = placed.filter(({ state }) => state !== 'there');
      for (let at = 0; at < wanted.length; at += BATCH) {
        const some = wanted.slice(at, at + BATCH);
        await writer.write(
          some.map((one) => requestOf(account, one)),
          {},
        );
      }
      return {
        ...{ written: wanted.length, changed: countOf(placed, 'changed') },
        ...{ there: countOf(placed, 'there'), bad: list.problems.length },
      };
    },
  };
}

/** One product, one item, whoever brings it: sort keys hold ids, never what people typed. */
function keyOf(account: Account, product: Product): string {
  return PRODUCT_PREFIX + account.opaqueId('product', productKey(product));
}

function requestOf(account: Account, { sortKey, product }: Placed): IssueRequest {
  return account.request(sortKey, ({ siblings }) => ({
    kind: 'value',
    type: 'json',
    replaced: siblings,
    encode: () => utf8(JSON.stringify(product)),
  }));
}

function isProduct(account: Account, version: SignedVersion, product: Product): boolean {
  const { type, value } = account.open(version);
  return type === 'json' && utf8ToString(value) === JSON.stringify(product);
}

function fractionDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
