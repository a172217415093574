/**
 * Carts: what the contract's `carts` procedures do, but sharing and watching (files of their
 * own).
 */
import { isAppError } from '../base/app-error.ts';
import { addLines, removeLine, setLine } from '../domain/cart-edit.ts';
import { parseLineId } from '../domain/cart.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueGiven, ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Draft } from './account.ts';
import { arrangementKey, arrangementRequest, readArrangement } from './cart-arrangement.ts';
import {
  cartNotFound,
  plainProduct,
  type CartDrafts,
  type CartEdit,
  type WholeCart,
} from './cart-drafts.ts';
import type { CartFinder, CartPlace } from './cart-finder.ts';
import { CART_PREFIX, isGone, type CartVersion, type CartVersions } from './cart-versions.ts';
import { cartSummary, cartView } from './cart-view.ts';
import { makeContextToken, readContextToken, versionName } from './context-token.ts';
import type { ItemAnswer, ItemReader, Reading } from './item-reader.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import type { OrderBook } from './order-book.ts';
import type { CartSummary, CartView, LineInput, Product, Safety } from './views.ts';

interface Named {
  /** A cart's name or id. */
  readonly name: string;
  readonly account?: string | undefined;
}
export type NewLine = Omit<LineInput, 'id'>;
interface CartWritten {
  cart: CartView;
  safety: Safety;
}

export interface CartService {
  list(): Promise<CartSummary[]>;
  create(input: Named): Promise<CartWritten>;
  show(input: Named & Reading, signal?: AbortSignal): Promise<CartView>;
  put(
    input: Named & Writing & { context: string; lines: readonly LineInput[]; resolve: boolean },
  ): Promise<CartWritten>;
  remove(input: Named & Writing & { context?: string | undefined }): Promise<{ safety: Safety }>;
  addLines(input: Named & Writing & { lines: readonly NewLine[] }): Promise<CartWritten>;
  setLine(
    input: Named &
      Writing & {
        id: string;
        quantity?: number | undefined;
        note?: string | undefined;
        product?: Product | undefined;
      },
  ): Promise<CartWritten>;
  removeLine(input: Named & Writing & { id: string }): Promise<CartWritten>;
  /** Sets the order in which the lines are shown (ids, first to last). */
  arrange(input: Named & Writing & { lines: readonly string[] }): Promise<CartWritten>;
  /** The cart at a place as this machine holds it. @throws CART_NOT_FOUND */
  view(place: CartPlace): Promise<CartView>;
  /** All carts of one account. */
  listOf(account: Account): Promise<CartSummary[]>;
}

export interface CartServiceComponents {
  readonly book: AccountBook;
  readonly store: ItemStore;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly versions: CartVersions;
  readonly drafts: CartDrafts;
  readonly finder: CartFinder;
  readonly orders: OrderBook;
}

const PAGE = 200;
/** Machines that are awake have a write within this; a person hardly notices it. */
const SETTLE_MS = 300;

export function createCartService(components: CartServiceComponents): CartService {
  const { book, reader, writer, drafts, finder } = components;

  async function shown(place: CartPlace, answer: ItemAnswer, safety?: Safety): Promise<CartView> {
    const { account, id, key } = place;
    const siblings = components.versions.open(account, answer.siblings);
    if (isGone(siblings)) throw cartNotFound();
    const { judged } = await components.orders.ledger(account);
    const arrangement = readArrangement(
      account,
      await components.store.read(arrangementKey(place)),
    );
    return cartView(siblings, {
      orderOf: judged.standing,
      id,
      arrangement,
      account: account.id,
      shared: account.shared,
      context: makeContextToken(account.contextKey(), key, siblings),
      safety: safety ?? (await reader.safety(key)),
      answered: answer,
    });
  }
  const view = async (place: CartPlace): Promise<CartView> =>
    shown(place, await reader.local(place.key));

  async function write(
    place: CartPlace,
    writing: Writing,
    compose: (given: IssueGiven) => Draft,
  ): Promise<CartWritten> {
    const request = place.account.request(place.key.sortKey, compose);
    const { safety, versions: written } = await writer.write([request], {
      ...writing,
      settleMs: SETTLE_MS,
    });
    const now = await reader.local(place.key);
    // What another machine deleted in the same moment is still what this one has written.
    const gone = !now.siblings.some(({ kind }) => kind === 'value');
    const siblings = gone ? written : now.siblings;
    return { cart: await shown(place, { ...now, siblings }, safety), safety };
  }
  async function edit(input: Named & Writing, change: CartEdit): Promise<CartWritten> {
    const place = await finder.find(input.name, input.account);
    return write(place, input, (given) => drafts.edit(place.account, change, given));
  }
  async function putWhole(place: CartPlace, whole: WholeCart, writing: Writing) {
    // A context from another machine may name versions that are not here yet: fetch them first.
    const { siblings: local } = await reader.local(place.key);
    const here = new Set(local.map(versionName));
    const missing = whole.read.versions.some(
      (name) => !here.has(name) && components.versions.recent(name) === undefined,
    );
    if (missing) {
      const { siblings } = await reader.read(place.key, {});
      components.versions.open(place.account, siblings);
    }
    return write(place, writing, (given) => drafts.whole(place.account, whole, given));
  }

  return {
    view,
    async list() {
      const lists = await Promise.all(book.all().map((account) => listOf(account, components)));
      return lists.flat();
    },
    listOf: (account) => listOf(account, components),
    async create({ name, account }) {
      const place = finder.place(book.find(account), name);
      return write(place, {}, (given) => drafts.create(place.account, name.trim(), given));
    },
    async show({ name, account, ...reading }, signal) {
      const held = await finder.held(name, account);
      const places = held === undefined ? finder.candidates(name, account) : [held];
      for (const place of places) {
        const answer = await reader.read(place.key, reading, signal);
        if (answer.siblings.some(({ kind }) => kind === 'value')) return shown(place, answer);
      }
      throw cartNotFound(name);
    },
    async put({ name, account, context, lines, resolve, ...writing }) {
      const place = (await finder.held(name, account)) ?? finder.place(book.find(account), name);
      const read = readContextToken(place.account.contextKey(), place.key, context);
      return putWhole(place, { name: name.trim(), lines, read, resolve }, writing);
    },
    async remove({ name, account, context, ...writing }) {
      const place = await finder.find(name, account);
      const read =
        context === undefined
          ? undefined
          : readContextToken(place.account.contextKey(), place.key, context);
      const request = place.account.request(place.key.sortKey, (given) =>
        drafts.tombstone(place.account, read, given),
      );
      return {
        safety: (await writer.write([request], { ...writing, settleMs: SETTLE_MS })).safety,
      };
    },
    addLines: ({ lines, ...input }) =>
      edit(input, { apply: (draft) => addLines(draft, lines.map(contentOf)) }),
    async setLine({ id, quantity, note, product, ...input }) {
      const line = parseLineId(id);
      const change = {
        quantity,
        note,
        product: product === undefined ? undefined : plainProduct(product),
      };
      return edit(input, { line, apply: (draft) => setLine(draft, line, change) });
    },
    async arrange({ name, account, lines, ...writing }) {
      const place = await finder.find(name, account);
      const request = arrangementRequest(place, lines);
      const { safety } = await writer.write([request], { ...writing, settleMs: SETTLE_MS });
      return { cart: await view(place), safety };
    },
    async removeLine({ id, ...input }) {
      const line = parseLineId(id);
      return edit(input, { line, apply: (draft) => removeLine(draft, line) });
    },
  };
}

/** The carts of one account that are not deleted, by name; none while its keys are on their way. */
async function listOf(
  account: Account,
  { store, reader, versions, orders }: CartServiceComponents,
): Promise<CartSummary[]> {
  if (!account.canOpen()) return [];
  const orderOf = (await orders.ledger(account)).judged.standing;
  const carts: CartSummary[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.scan({
      partitionKey: account.id,
      prefix: CART_PREFIX,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { key, siblings } of page) {
      const opened = openIfPossible(account, siblings, versions);
      if (isGone(opened)) continue;
      const safety = await reader.safety(key);
      const id = key.sortKey.slice(CART_PREFIX.length);
      const where = { id, account: account.id, shared: account.shared };
      carts.push(cartSummary(opened, { ...where, safety, orderOf }));
    }
    after = page.at(-1)?.key.sortKey;
    if (page.length < PAGE || after === undefined) break;
  }
  return carts.sort((a, b) => a.name.localeCompare(b.name));
}

/** [] while the key of one of them is still on its way here. */
function openIfPossible(
  account: Account,
  siblings: readonly SignedVersion[],
  versions: CartVersions,
): readonly CartVersion[] {
  try {
    return versions.open(account, siblings);
  } catch (error) {
    if (isAppError(error, 'SEALED')) return [];
    throw error;
  }
}

function contentOf({ product, quantity, note }: NewLine) {
  return { product: plainProduct(product), quantity, note };
}
