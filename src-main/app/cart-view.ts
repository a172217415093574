import { lineIdString, lineKey, totalsOf } from '../domain/cart.ts';
import { mergeCart, type LineVariant, type MergedLine } from '../domain/cart-merge.ts';
import type { PartitionKey } from '../domain/ids.ts';
import type { Answered } from '../replication/replication.ts';
import { arranged } from './cart-arrangement.ts';
import type { CartVersion } from './cart-versions.ts';
import type { CartSummary, CartView, LineView, Safety, SiblingView } from './views.ts';

/** Where a cart is, and what is said of it besides its lines. */
export interface CartFrame {
  readonly id: string;
  readonly account: PartitionKey;
  readonly shared: boolean;
  readonly context: string;
  readonly safety: Safety;
  readonly answered: Answered;
  /** The order in which a line stands, by `lineKey`. */
  readonly orderOf: (line: string) => string | undefined;
  /** Ids of lines in the order people gave them; [] for the cart's own. */
  readonly arrangement: readonly string[];
}

/** The union of all siblings, grouped, as it is shown first (DESIGN §2 Carts). */
export function cartView(versions: readonly CartVersion[], frame: CartFrame): CartView {
  const merged = mergeCart(versions);
  return {
    id: frame.id,
    name: merged.name,
    account: frame.account,
    shared: frame.shared,
    context: frame.context,
    conflict: merged.conflict,
    siblings: versions.map(siblingView),
    lines: [...shownLines(merged.lines, frame)],
    totals: totalsLeft(merged.lines, frame),
    safety: frame.safety,
    freshness: frame.answered.freshness,
    answered: frame.answered.answered,
    answeredOwners: frame.answered.answeredOwners,
  };
}

/** In people's order, each with the order it stands in. */
function shownLines(
  lines: readonly MergedLine<CartVersion>[],
  { arrangement, orderOf }: Pick<CartFrame, 'arrangement' | 'orderOf'>,
): readonly LineView[] {
  const views = lines.map((line) => lineView(line, orderOf(lineKey(line.id))));
  return arranged(views, arrangement, ({ id }) => id);
}

export function cartSummary(
  versions: readonly CartVersion[],
  frame: Pick<CartFrame, 'id' | 'account' | 'shared' | 'safety' | 'orderOf'>,
): CartSummary {
  const merged = mergeCart(versions);
  return {
    id: frame.id,
    name: merged.name,
    account: frame.account,
    shared: frame.shared,
    conflict: merged.conflict,
    totals: totalsLeft(merged.lines, frame),
    safety: frame.safety,
    // As many as count, as on the page of the cart.
    lines: merged.lines.filter(({ group }) => group !== 'removed').length,
    wallMs: Math.max(0, ...versions.map(({ wallMs }) => wallMs)),
  };
}

/** What is ordered counts no more; what one side removed, not unless somebody brings it back. */
function totalsLeft(
  lines: readonly MergedLine<CartVersion>[],
  { orderOf }: Pick<CartFrame, 'orderOf'>,
): CartView['totals'] {
  const counted = lines.filter(
    ({ id, group }) => group !== 'removed' && orderOf(lineKey(id)) === undefined,
  );
  return [...totalsOf(counted)];
}

function siblingView(version: CartVersion): SiblingView {
  return {
    version: version.name,
    device: version.device,
    own: version.own,
    wallMs: version.wallMs,
    deleted: version.cart === undefined,
    lines: version.cart?.lines.length ?? 0,
  };
}

function lineView(line: MergedLine<CartVersion>, ordered: string | undefined): LineView {
  return {
    id: lineIdString(line.id),
    group: line.group,
    product: { ...line.product },
    quantity: line.quantity,
    note: line.note,
    wallMs: line.at,
    by: line.by.map(({ name }) => name),
    missingFrom: line.missingFrom.map(({ name }) => name),
    variants: line.variants.map(variantView),
    ...(line.group === 'changed' &&
      line.settled !== undefined && { settled: settledView(line.settled) }),
    ...(line.productGroup === undefined ? {} : { productGroup: line.productGroup }),
    ...(ordered === undefined ? {} : { ordered }),
  };
}

function settledView({
  product,
  quantity,
  note,
  at,
}: LineVariant<CartVersion>): NonNullable<LineView['settled']> {
  return { product: { ...product }, quantity, note, wallMs: at };
}

function variantView(variant: LineVariant<CartVersion>): LineView['variants'][number] {
  return {
    versions: variant.siblings.map(({ name }) => name),
    product: { ...variant.product },
    quantity: variant.quantity,
    note: variant.note,
    wallMs: variant.at,
    superseded: variant.superseded,
  };
}
