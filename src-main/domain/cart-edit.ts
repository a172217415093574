/**
 * Edits of a cart as pure functions on a draft: what a person sets, without the dots and new ids
 * that only `stampLines` gives (DESIGN §2 Carts: the peer sets both, never the caller).
 */
import { AppError } from '../base/app-error.ts';
import { containsDot, type Dot } from './causal-context.ts';
import {
  lineKey,
  MAX_LINES,
  sameContent,
  type Cart,
  type CartLine,
  type CartSibling,
  type LineContent,
  type LineId,
} from './cart.ts';
import { seenOf } from './versioned-item.ts';

export interface DraftLine extends LineContent {
  /** Absent for a line that enters. */
  readonly id?: LineId | undefined;
}

export interface Draft {
  readonly name: string;
  readonly lines: readonly DraftLine[];
}

/** The parts of a line that an edit may set; what is absent stays. */
export type LineChange = { readonly [K in keyof LineContent]?: LineContent[K] | undefined };

export function draftOf(cart: Cart): Draft {
  const lines = cart.lines.map(({ id, product, quantity, note }) => ({
    id,
    product,
    quantity,
    note,
  }));
  return { name: cart.name, lines };
}

/** New lines at the end. @throws LIMIT_EXCEEDED beyond 1,000 lines. */
export function addLines(draft: Draft, lines: readonly LineContent[]): Draft {
  const added = lines.map(({ product, quantity, note }) => ({ product, quantity, note }));
  const out = { ...draft, lines: [...draft.lines, ...added] };
  checkLineCount(out.lines.length);
  return out;
}

/** @throws LINE_NOT_FOUND */
export function setLine(draft: Draft, id: LineId, change: LineChange): Draft {
  requireLine(draft, id);
  const lines = draft.lines.map((line) =>
    isLine(line, id)
      ? {
          id,
          product: change.product ?? line.product,
          quantity: change.quantity ?? line.quantity,
          note: change.note ?? line.note,
        }
      : line,
  );
  return { ...draft, lines };
}

/** @throws LINE_NOT_FOUND */
export function removeLine(draft: Draft, id: LineId): Draft {
  requireLine(draft, id);
  return { ...draft, lines: draft.lines.filter((line) => !isLine(line, id)) };
}

/** The lines named come in this order; those not named follow in theirs. @throws LINE_NOT_FOUND */
export function reorderLines(draft: Draft, ids: readonly LineId[]): Draft {
  const named = new Set(ids.map(lineKey));
  const byKey = new Map(draft.lines.map((line) => [line.id && lineKey(line.id), line]));
  const first = [...named].map((key) => byKey.get(key) ?? notFound(key));
  const rest = draft.lines.filter((line) => !line.id || !named.has(lineKey(line.id)));
  return { ...draft, lines: [...first, ...rest] };
}

export interface StampInput {
  readonly draft: Draft;
  /** Exactly the siblings that the new version's context covers. */
  readonly replaced: readonly CartSibling[];
  /** The new version's. */
  readonly dot: Dot;
  /** Now, by the wall; cut to whole milliseconds. */
  readonly wallMs: number;
}

/**
 * The cart of a new version. A line keeps its dot only if every covered version that knows the line
 * holds it with that dot and unchanged content; otherwise, also when a resolution merely keeps it,
 * the new version has decided it and its dot says so. A line that no covered version holds enters,
 * whatever id it came with, and gets a new id, as does a second line with one id.
 * @throws LIMIT_EXCEEDED beyond 1,000 lines.
 */
export function stampLines(input: StampInput): Cart {
  const { draft, dot } = input;
  const at = Math.max(0, Math.floor(input.wallMs));
  checkLineCount(draft.lines.length);
  const covered = input.replaced.map((sibling) => ({
    seen: seenOf(sibling),
    lines: new Map(sibling.cart?.lines.map((line) => [lineKey(line.id), line])),
  }));
  const used = new Set<string>();
  let entered = 0;
  const lines = draft.lines.map((line): CartLine => {
    const { id, product, quantity, note } = line;
    const key = id === undefined ? '' : lineKey(id);
    const held = covered.some((version) => version.lines.has(key));
    if (id === undefined || !held || used.has(key)) {
      return { id: { dot, index: entered++ }, dot, at, product, quantity, note };
    }
    used.add(key);
    const knowing = covered.filter((version) => containsDot(version.seen, id.dot));
    const kept = unanimous(knowing.map((version) => version.lines.get(key)));
    if (kept !== undefined && sameContent(kept, line)) return kept;
    return { id, dot, at, product, quantity, note };
  });
  return { name: draft.name, lines };
}

/** The line, if all hold it with one dot. */
function unanimous(lines: readonly (CartLine | undefined)[]): CartLine | undefined {
  const first = lines[0];
  if (first === undefined) return undefined;
  const same = lines.every(
    (line) =>
      line !== undefined &&
      line.dot.actor === first.dot.actor &&
      line.dot.counter === first.dot.counter &&
      sameContent(line, first),
  );
  return same ? first : undefined;
}

function isLine(line: DraftLine, id: LineId): boolean {
  return line.id !== undefined && lineKey(line.id) === lineKey(id);
}

function requireLine(draft: Draft, id: LineId): void {
  if (!draft.lines.some((line) => isLine(line, id))) notFound(lineKey(id));
}

function notFound(line: string): never {
  throw new AppError('LINE_NOT_FOUND', 'That line is not in the cart.', { details: { line } });
}

function checkLineCount(lines: number): void {
  if (lines <= MAX_LINES) return;
  throw new AppError('LIMIT_EXCEEDED', 'A cart has at most 1,000 lines.', {
    details: { lines, maxLines: MAX_LINES },
  });
}
