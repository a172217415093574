/**
 * What each kind of cart write puts into its version: which siblings it replaces and which lines it
 * leaves. Runs inside the item's turn, on what the store holds at that moment (DESIGN §2 Carts).
 */
import { AppError } from '../base/app-error.ts';
import { EMPTY_CONTEXT, type CausalContext } from '../domain/causal-context.ts';
import { encodeCart } from '../domain/cart-codec.ts';
import {
  draftOf,
  stampLines,
  type Draft as CartDraft,
  type DraftLine,
} from '../domain/cart-edit.ts';
import { mergeCart, siblingToEdit } from '../domain/cart-merge.ts';
import { lineKey, parseLineId, type LineId, type Product } from '../domain/cart.ts';
import { versionsCoveredBy } from '../domain/write-context.ts';
import type { IssueGiven } from '../storage/item-store.ts';
import type { Account, Draft } from './account.ts';
import { isGone, type CartVersion, type CartVersions } from './cart-versions.ts';
import type { ReadContext } from './context-token.ts';
import { alsoCovered, refuseUnseenTwins, staleContext, withTwinLines } from './twins.ts';
import type { LineInput } from './views.ts';

/** An edit of a cart as it is: new lines, one line changed or removed. */
export interface CartEdit {
  /** The line it is about; absent when it only adds lines. */
  readonly line?: LineId;
  apply(draft: CartDraft): CartDraft;
}

export interface CartDrafts {
  /** A new, empty cart. @throws CART_EXISTS */
  create(account: Account, name: string, given: IssueGiven): Draft;
  /**
   * An edit by a person who looks at the cart as this machine holds it. While a choice is open it
   * replaces one sibling only, so that the choice stays open.
   * @throws CART_NOT_FOUND, LINE_NOT_FOUND
   */
  edit(account: Account, edit: CartEdit, given: IssueGiven): Draft;
  /** The whole cart, by one who has read `read`. @throws CONFLICT_OPEN, STALE_CONTEXT */
  whole(account: Account, whole: WholeCart, given: IssueGiven): Draft;
  /**
   * A deletion of what was read. Without a context: of what this machine itself wrote last, and
   * only if that is all there is (a blind write covers nothing of others).
   * @throws BAD_REQUEST when others have written, STALE_CONTEXT
   */
  tombstone(account: Account, read: ReadContext | undefined, given: IssueGiven): Draft;
  /** The cart without the lines that an order takes. @throws STALE_CONTEXT: not as it was shown */
  without(account: Account, ordered: OrderedLines, given: IssueGiven): Draft;
}

export interface OrderedLines {
  /** By `lineKey`. */
  readonly ordered: ReadonlySet<string>;
  /** What the order was made from; not a conflict. */
  readonly shown: readonly CartVersion[];
}

export interface WholeCart {
  readonly name: string;
  readonly lines: readonly LineInput[];
  readonly read: ReadContext;
  /** The person has decided the contested lines. */
  readonly resolve: boolean;
}

export function createCartDrafts(components: { readonly versions: CartVersions }): CartDrafts {
  const { versions } = components;
  return {
    create(account, name, given) {
      const siblings = versions.open(account, given.siblings);
      if (!isGone(siblings)) throw cartExists(name);
      return lines({ name, lines: [] }, siblings);
    },
    edit(account, edit, given) {
      const siblings = versions.open(account, given.siblings);
      if (isGone(siblings)) throw cartNotFound();
      const merged = mergeCart(siblings);
      const one = merged.conflict
        ? siblingToEdit(siblings, (actor) => actor === given.actor, edit.line)
        : siblings.find(({ cart }) => cart !== undefined);
      if (one === undefined) throw lineNotFound();
      const draft = edit.apply(draftOf(one.cart ?? { name: merged.name, lines: [] }));
      if (!merged.conflict) return lines(draft, siblings);
      const replaced = alsoCovered(siblings, [one]);
      const twins = replaced.filter((other) => other !== one);
      // The side keeps the name of who wrote it apart; who edited it since comes after.
      return { ...lines(withTwinLines(draft, one, twins), replaced), continues: one.device };
    },
    whole(account, { name, lines: wanted, read, resolve }, given) {
      const siblings = versions.open(account, given.siblings);
      refuseUnseenTwins(read, siblings);
      const replaced = versionsCoveredBy(siblings, read.context);
      const shown = shownVersions(read, siblings, versions);
      const merged = mergeCart(shown);
      if (!resolve && merged.lines.some(({ group }) => group === 'choose')) throw conflictOpen();
      const draft = { name: merged.name === '' ? name : merged.name, lines: wanted.map(draftLine) };
      return lines(draft, replaced, { stampedOn: union(replaced, shown), given: read.context });
    },
    tombstone(account, read, given) {
      const siblings = versions.open(account, given.siblings);
      if (isGone(siblings)) throw cartNotFound();
      if (read !== undefined) {
        refuseUnseenTwins(read, siblings);
        return deletion(versionsCoveredBy(siblings, read.context), read.context);
      }
      const own = siblings.every(({ dot }) => dot.actor === given.actor);
      if (!own || siblings.length > 1) throw contextNeeded();
      return deletion(siblings);
    },
    without(account, { ordered, shown }, given) {
      const siblings = versions.open(account, given.siblings);
      const hashes = new Set(shown.map(({ hash }) => hash));
      if (siblings.length !== shown.length || !siblings.every(({ hash }) => hashes.has(hash))) {
        throw staleContext();
      }
      const cart = siblings.find((one) => one.cart !== undefined)?.cart;
      if (cart === undefined) throw cartNotFound();
      const draft = draftOf(cart);
      const rest = draft.lines.filter(({ id }) => id === undefined || !ordered.has(lineKey(id)));
      return lines({ ...draft, lines: rest }, siblings);
    },
  };
}

/** A tombstone over the siblings it replaces. */
export function deletion(replaced: readonly CartVersion[], given?: CausalContext): Draft {
  return {
    kind: 'tombstone',
    type: 'none',
    replaced,
    ...(given === undefined ? {} : { given }),
    encode: () => new Uint8Array(0),
  };
}

/** A cart value over the siblings it replaces. */
function lines(
  draft: CartDraft,
  replaced: readonly CartVersion[],
  whole?: { readonly stampedOn: readonly CartVersion[]; readonly given: CausalContext },
): Draft {
  return {
    kind: 'value',
    type: 'cart',
    replaced,
    given: whole?.given ?? EMPTY_CONTEXT,
    encode({ dot, actors, wallMs }) {
      const cart = stampLines({ draft, replaced: whole?.stampedOn ?? replaced, dot, wallMs });
      return encodeCart(cart, actors);
    },
  };
}

/**
 * The versions the caller was shown, as far as they are known: what it kept, changed and left out
 * can only be told from them. One may have been replaced since by a version from elsewhere.
 */
function shownVersions(
  read: ReadContext,
  held: readonly CartVersion[],
  versions: CartVersions,
): readonly CartVersion[] {
  return read.versions.map((name) => {
    const version = held.find((one) => one.name === name) ?? versions.recent(name);
    if (version === undefined) throw staleContext();
    return version;
  });
}

function union(a: readonly CartVersion[], b: readonly CartVersion[]): readonly CartVersion[] {
  return [...new Map([...a, ...b].map((one) => [one.hash, one])).values()];
}

function draftLine({ id, product, quantity, note }: LineInput): DraftLine {
  const content = { product: plainProduct(product), quantity, note };
  return id === undefined ? content : { id: parseLineId(id), ...content };
}

/** The product without members that are there but undefined: one meaning, one encoding. */
export function plainProduct(product: LineInput['product']): Product {
  const entries = Object.entries(product).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(entries), title: product.title };
}

export function cartNotFound(name?: string): AppError {
  return new AppError(
    'CART_NOT_FOUND',
    name === undefined ? 'This cart was deleted.' : `There is no cart called "${name}".`,
    { details: name === undefined ? {} : { name } },
  );
}

function cartExists(name: string): AppError {
  return new AppError('CART_EXISTS', `There is a cart called "${name}" already.`, {
    details: { name },
  });
}

function lineNotFound(): AppError {
  return new AppError('LINE_NOT_FOUND', 'That line is not in the cart (any more).');
}

function conflictOpen(): AppError {
  return new AppError(
    'CONFLICT_OPEN',
    'The cart was changed apart and some lines need a choice; show them and answer with resolve.',
  );
}

function contextNeeded(): AppError {
  return new AppError(
    'BAD_REQUEST',
    'Others have written to this cart. Read it, then delete it with the context of what you read.',
  );
}
