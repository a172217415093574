/**
 * Two versions under one dot, which only a copied or restored store makes (DESIGN §2 Epochs). What
 * covers one of them covers the other too, whether its author has seen it or not: so a write has to
 * say what becomes of both, or leave both alone.
 */
import { AppError } from '../base/app-error.ts';
import { compareDots, containsDot, EMPTY_CONTEXT, joinContexts } from '../domain/causal-context.ts';
import type { CausalContext } from '../domain/causal-context.ts';
import type { Draft as CartDraft, DraftLine } from '../domain/cart-edit.ts';
import { lineKey, sameContent } from '../domain/cart.ts';
import { seenOf, seenOfAll, type Version } from '../domain/versioned-item.ts';
import { versionsCoveredBy } from '../domain/write-context.ts';
import type { CartVersion } from './cart-versions.ts';
import { versionName, type ReadContext } from './context-token.ts';

/**
 * All versions held that a write over `replaced` covers: these, and any whose dot is in what they
 * and the context given have seen.
 */
export function alsoCovered<V extends Version>(
  held: readonly V[],
  replaced: readonly V[],
  given: CausalContext = EMPTY_CONTEXT,
): readonly V[] {
  for (let covered = replaced; ;) {
    const more = versionsCoveredBy(held, joinContexts(seenOfAll(covered), given));
    if (more.length <= covered.length) return covered;
    covered = more;
  }
}

/** Those that share their dot with no other version held. */
export function withoutTwins<V extends Version>(
  versions: readonly V[],
  held: readonly Version[],
): readonly V[] {
  return versions.filter((one) => !held.some((other) => isTwin(one, other)));
}

/**
 * A caller that was shown one of two versions with one dot must not replace the other unread.
 * @throws STALE_CONTEXT
 */
export function refuseUnseenTwins(read: ReadContext, held: readonly Version[]): void {
  const shown = new Set(read.versions);
  const dots = new Set(read.versions.map(dotPart));
  for (const version of held) {
    const name = versionName(version);
    if (dots.has(dotPart(name)) && !shown.has(name)) throw staleContext();
  }
}

/**
 * The draft of an edit of `one`, with the lines that only its twins hold. A line id that was given
 * twice under the shared dot names two lines: the second enters anew. What `one` has knowingly
 * changed or removed stays so.
 */
export function withTwinLines(
  draft: CartDraft,
  one: CartVersion,
  twins: readonly CartVersion[],
): CartDraft {
  const own = new Map(one.cart?.lines.map((line) => [lineKey(line.id), line]));
  const seen = seenOf(one);
  const lines: DraftLine[] = [...draft.lines];
  for (const twin of twins) {
    for (const line of twin.cart?.lines ?? []) {
      const mine = own.get(lineKey(line.id));
      if (mine !== undefined && sameContent(mine, line)) continue;
      const decidedByTwin = compareDots(line.dot, twin.dot) === 0;
      if (!decidedByTwin && containsDot(seen, line.dot)) continue;
      const { id, product, quantity, note } = line;
      const content = { product, quantity, note };
      lines.push(mine === undefined ? { id, ...content } : content);
    }
  }
  return { ...draft, lines };
}

export function staleContext(): AppError {
  return new AppError(
    'STALE_CONTEXT',
    'The cart or item has changed since it was read. Read it again, then write.',
  );
}

function isTwin(a: Version, b: Version): boolean {
  return a.hash !== b.hash && compareDots(a.dot, b.dot) === 0;
}

/** `<actor>.<counter>` of a version's name. */
function dotPart(name: string): string {
  return name.slice(0, name.indexOf('-'));
}
