/**
 * What one line is, seen over all siblings, with no stored ancestor (DESIGN §2 Carts). It rests on
 * two facts: every version's past is exact, and a line's dot names the version that last decided
 * it.
 */
import { compareDots, containsDot, type CausalContext } from './causal-context.ts';
import { sameContent, type CartLine, type CartSibling, type LineContent } from './cart.ts';

/** Where a line stands: the same everywhere, one-sided, or a question for the person. */
export type LineGroup = 'same' | 'added' | 'changed' | 'removed' | 'choose';

/** A sibling with what it has seen, and the line in question if it holds it. */
export interface Holding<S extends CartSibling> {
  readonly sibling: S;
  readonly seen: CausalContext;
  readonly line: CartLine | undefined;
}

/** One content that the line has somewhere. */
export interface LineVariant<S extends CartSibling> extends LineContent {
  /** Those that hold the line like this. */
  readonly siblings: readonly S[];
  readonly at: number;
  /** True when other siblings have replaced it knowingly. */
  readonly superseded: boolean;
}

export interface LineVerdict<S extends CartSibling> {
  readonly group: LineGroup;
  /** The siblings that added, changed or removed it, or among which to choose. */
  readonly by: readonly S[];
  /** The siblings that lack the line. */
  readonly missingFrom: readonly S[];
  readonly variants: readonly LineVariant<S>[];
  /** What it comes to without a question; undefined for `removed` and `choose`. */
  readonly settled: LineVariant<S> | undefined;
}

/** The siblings that hold a line with one dot and one content. */
interface Entry<S extends CartSibling> {
  readonly line: CartLine;
  readonly holders: readonly Holding<S>[];
  readonly live: boolean;
}

/** @param holdings every sibling of the item; at least one holds the line. */
export function classifyLine<S extends CartSibling>(
  holdings: readonly Holding<S>[],
): LineVerdict<S> {
  const entries = entriesOf(holdings);
  const lacking = holdings.filter((holding) => holding.line === undefined);
  const live = entries.filter((entry) => entry.live);
  const variants = variantsOf(entries);
  const removers = lacking.filter((holding) => knows(holding, entries));
  const shape = { missingFrom: lacking.map(siblingOf), variants };
  if (live.length === 0) {
    return { ...shape, group: 'removed', by: removers.map(siblingOf), settled: undefined };
  }
  const liveHolders = live.flatMap((entry) => entry.holders);
  const open = variants.filter((variant) => !variant.superseded);
  const settled = open[0];
  const contested = live.some((entry) => isContested(entry, lacking));
  if (open.length !== 1 || settled === undefined || contested) {
    const by = [...liveHolders, ...removers].map(siblingOf);
    return { ...shape, group: 'choose', by, settled: undefined };
  }
  const by = liveHolders.map(siblingOf);
  if (variants.length > 1) return { ...shape, group: 'changed', by, settled };
  if (lacking.length > 0) return { ...shape, group: 'added', by, settled };
  return { ...shape, group: 'same', by: [], settled };
}

function entriesOf<S extends CartSibling>(holdings: readonly Holding<S>[]): readonly Entry<S>[] {
  const found: { line: CartLine; holders: Holding<S>[] }[] = [];
  for (const holding of holdings) {
    const { line } = holding;
    if (line === undefined) continue;
    const entry = found.find((one) => sameDot(one.line, line) && sameContent(one.line, line));
    if (entry === undefined) found.push({ line, holders: [holding] });
    else entry.holders.push(holding);
  }
  return found.map((entry) => ({ ...entry, live: !isSuperseded(entry.line, holdings) }));
}

/**
 * Some sibling that does not hold the entry has its dot in `seen`: it was changed or removed
 * knowingly. (A sibling with the same dot and other content, which only a copied store can make,
 * has replaced nothing.)
 */
function isSuperseded<S extends CartSibling>(
  entry: CartLine,
  holdings: readonly Holding<S>[],
): boolean {
  return holdings.some(
    ({ line, seen }) =>
      (line === undefined || !sameDot(line, entry)) && containsDot(seen, entry.dot),
  );
}

/** Some sibling removed the line without having seen this decision about it. */
function isContested<S extends CartSibling>(
  entry: Entry<S>,
  lacking: readonly Holding<S>[],
): boolean {
  const { id, dot } = entry.line;
  return lacking.some(({ seen }) => containsDot(seen, id.dot) && !containsDot(seen, dot));
}

function knows<S extends CartSibling>(holding: Holding<S>, entries: readonly Entry<S>[]): boolean {
  const id = entries[0]?.line.id;
  return id !== undefined && containsDot(holding.seen, id.dot);
}

/** Entries of equal content as one; replaced only if all of them are. */
function variantsOf<S extends CartSibling>(
  entries: readonly Entry<S>[],
): readonly LineVariant<S>[] {
  const found: Entry<S>[][] = [];
  for (const entry of entries) {
    const group = found.find(([first]) => first && sameContent(first.line, entry.line));
    if (group === undefined) found.push([entry]);
    else group.push(entry);
  }
  return found.map((group) => {
    const shown = [...group].sort(compareEntries)[0] ?? group[0];
    if (shown === undefined) throw new RangeError('a variant without entries');
    const { product, quantity, note, at } = shown.line;
    const siblings = group.flatMap((entry) => entry.holders.map(siblingOf));
    const superseded = group.every((entry) => !entry.live);
    return { siblings, product, quantity, note, at, superseded };
  });
}

/** Live ones first, then the greatest dot, so that every device shows the same. */
function compareEntries<S extends CartSibling>(a: Entry<S>, b: Entry<S>): number {
  return Number(b.live) - Number(a.live) || compareDots(b.line.dot, a.line.dot);
}

function sameDot(a: CartLine, b: CartLine): boolean {
  return compareDots(a.dot, b.dot) === 0;
}

function siblingOf<S extends CartSibling>(holding: Holding<S>): S {
  return holding.sibling;
}
