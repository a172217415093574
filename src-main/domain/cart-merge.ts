/**
 * The siblings of a cart as one cart to look at (Dynamo §4.4 and its shopping cart: nothing added
 * is ever lost). The union is what a person sees first; saving it, corrected, is what resolves.
 */
import {
  lineKey,
  productKey,
  sameContent,
  type CartLine,
  type CartSibling,
  type LineContent,
  type LineId,
} from './cart.ts';
import { compareDots, type CausalContext } from './causal-context.ts';
import type { ActorId } from './ids.ts';
import { classifyLine, type LineVerdict } from './line-merge.ts';
import { compareVersions, seenOf } from './versioned-item.ts';

export type { LineGroup, LineVariant } from './line-merge.ts';

/** A line of the union: the larger quantity where the siblings differ, and why it is shown. */
export interface MergedLine<S extends CartSibling> extends LineContent, LineVerdict<S> {
  readonly id: LineId;
  readonly at: number;
  /** Equal for lines of one product that were added apart; absent if the product stands once. */
  readonly productGroup?: string;
}

export interface MergedCart<S extends CartSibling> {
  readonly name: string;
  /** True when every sibling is a tombstone, or there is none. */
  readonly deleted: boolean;
  /** True when the siblings say different things; siblings of equal content count as one. */
  readonly conflict: boolean;
  /** In the order of (dot, hash). */
  readonly siblings: readonly S[];
  readonly lines: readonly MergedLine<S>[];
  /** Lines to choose about and products added apart: what only a person can answer. */
  readonly questions: number;
}

/** @param siblings pairwise concurrent, as the store holds them; [] is a cart never written. */
export function mergeCart<S extends CartSibling>(siblings: readonly S[]): MergedCart<S> {
  const sorted = [...siblings].sort(compareVersions);
  const opened = sorted.map((sibling) => ({
    sibling,
    seen: knowledgeOf(sibling, sorted),
    lines: new Map(sibling.cart?.lines.map((line) => [lineKey(line.id), line])),
  }));
  const plain = unionOrder(sorted).map((key): MergedLine<S> => {
    const verdict = classifyLine(
      opened.map(({ sibling, seen, lines }) => ({ sibling, seen, line: lines.get(key) })),
    );
    return { id: idOf(key, opened), ...shownOf(verdict), ...verdict };
  });
  const groups = productGroups(plain);
  const lines = plain.map((line) => {
    const productGroup = groups.has(line) ? productKey(line.product) : undefined;
    return productGroup === undefined ? line : { ...line, productGroup };
  });
  const apart = new Set(lines.flatMap((line) => line.productGroup ?? []));
  const first = sorted[0];
  return {
    name: sorted.findLast((sibling) => sibling.cart !== undefined)?.cart?.name ?? '',
    deleted: sorted.every((sibling) => sibling.cart === undefined),
    conflict: first !== undefined && sorted.some((other) => !sameCart(first, other)),
    siblings: sorted,
    lines,
    questions: lines.filter((line) => line.group === 'choose').length + apart.size,
  };
}

/**
 * What a sibling's author knew. Of two versions under one dot (a copied store, DESIGN §2 Epochs)
 * neither knew the other: their own dot tells nothing of what the other decided under it.
 */
function knowledgeOf(one: CartSibling, all: readonly CartSibling[]): CausalContext {
  const twin = all.some((other) => other !== one && compareDots(other.dot, one.dot) === 0);
  return twin ? one.context : seenOf(one);
}

/** A line of the automatic view. */
export interface ResolvedLine extends LineContent {
  readonly id: LineId;
  readonly at: number;
}

/**
 * The cart with all one-sided cases taken as they are: added lines in, removed lines out, changes
 * on one side made. A view for reading (a setting); it is never written by itself. Lines that are a
 * question stay as the union shows them, and `open` says that there is one.
 */
export function autoResolved<S extends CartSibling>(
  merged: MergedCart<S>,
): { readonly lines: readonly ResolvedLine[]; readonly open: boolean } {
  const lines = merged.lines
    .filter((line) => line.group !== 'removed')
    .map(({ id, settled, ...union }) => {
      const { product, quantity, note, at } = settled ?? union;
      return { id, product, quantity, note, at };
    });
  return { lines, open: merged.questions > 0 };
}

/**
 * The one sibling that an edit replaces while a conflict is open, so that the choice stays open and
 * the siblings do not grow in number: this device's latest if it holds the line or the line is new,
 * else the smallest dot that holds it. A new line goes to the smallest sibling that is a cart if
 * this device has none. Undefined when no sibling holds the line.
 */
export function siblingToEdit<S extends CartSibling>(
  siblings: readonly S[],
  isOwn: (actor: ActorId) => boolean,
  line?: LineId,
): S | undefined {
  const sorted = [...siblings].sort(compareVersions);
  const key = line === undefined ? undefined : lineKey(line);
  const fits = (sibling: S): boolean =>
    sibling.cart !== undefined &&
    (key === undefined || sibling.cart.lines.some((one) => lineKey(one.id) === key));
  const own = sorted.filter((sibling) => isOwn(sibling.dot.actor));
  const latest = own.toSorted((a, b) => b.dot.counter - a.dot.counter)[0];
  if (latest !== undefined && (key === undefined || fits(latest))) return latest;
  return sorted.find(fits) ?? (key === undefined ? sorted[0] : undefined);
}

/** What "added on both" can come to, besides one of the lines: the larger, or the sum. */
export function productChoices(lines: readonly LineContent[]): {
  readonly larger: number;
  readonly sum: number;
} {
  const quantities = lines.map((line) => line.quantity);
  return { larger: Math.max(0, ...quantities), sum: quantities.reduce((a, b) => a + b, 0) };
}

/** What the union shows of a line: the larger quantity of all, the rest from what is still live. */
function shownOf<S extends CartSibling>(
  verdict: LineVerdict<S>,
): LineContent & { readonly at: number } {
  const { variants } = verdict;
  const live = variants.filter((variant) => !variant.superseded);
  const candidates = live.length > 0 ? live : variants;
  const [shown] = candidates.toSorted((a, b) => b.quantity - a.quantity);
  if (shown === undefined) throw new RangeError('a line that nobody holds');
  const quantity = Math.max(...variants.map((variant) => variant.quantity));
  return { product: shown.product, quantity, note: shown.note, at: shown.at };
}

/**
 * Every line any sibling has, in the siblings' own order: a line that only a later sibling has
 * comes before the one that follows it there, and at the end if none does.
 */
function unionOrder<S extends CartSibling>(siblings: readonly S[]): readonly string[] {
  const order: string[] = [];
  const known = new Set<string>();
  for (const sibling of siblings) {
    let next: string | undefined;
    for (const line of (sibling.cart?.lines ?? []).toReversed()) {
      const key = lineKey(line.id);
      if (!known.has(key)) {
        known.add(key);
        order.splice(next === undefined ? order.length : order.indexOf(next), 0, key);
      }
      next = key;
    }
  }
  return order;
}

function idOf(
  key: string,
  opened: readonly { readonly lines: ReadonlyMap<string, CartLine> }[],
): LineId {
  for (const { lines } of opened) {
    const line = lines.get(key);
    if (line !== undefined) return line.id;
  }
  throw new RangeError('a line that nobody holds');
}

/** Lines of one product that were added apart: no sibling holds them all. */
function productGroups<S extends CartSibling>(
  lines: readonly MergedLine<S>[],
): ReadonlySet<MergedLine<S>> {
  const byProduct = Map.groupBy(
    lines.filter((line) => line.group !== 'removed'),
    (line) => productKey(line.product),
  );
  const apart = [...byProduct.values()].filter((group) => {
    const [first, ...rest] = group.map(holdersOf);
    if (first === undefined || rest.length === 0) return false;
    return ![...first].some((holder) => rest.every((holders) => holders.has(holder)));
  });
  return new Set(apart.flat());
}

function holdersOf<S extends CartSibling>(line: MergedLine<S>): ReadonlySet<S> {
  return new Set(line.variants.flatMap((variant) => variant.siblings));
}

/** The same lines with the same content, in whatever order; both deleted or neither. */
function sameCart(a: CartSibling, b: CartSibling): boolean {
  if (a === b) return true;
  if (a.cart === undefined || b.cart === undefined) return a.cart === b.cart;
  if (a.cart.name !== b.cart.name || a.cart.lines.length !== b.cart.lines.length) return false;
  const lines = new Map(a.cart.lines.map((line) => [lineKey(line.id), line]));
  return b.cart.lines.every((line) => {
    const other = lines.get(lineKey(line.id));
    return other !== undefined && sameContent(line, other);
  });
}
