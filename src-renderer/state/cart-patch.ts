/**
 * One thing a person did to the lines of a cart, as the lines before and after, and what has to be
 * done to today's cart to get there: only what that step touched, so that undoing one's own change
 * takes nothing of what others did since. Pure.
 */
import type { LineInput, LineView } from '../wall.ts';

export type HeldLine = Pick<LineView, 'id' | 'product' | 'quantity' | 'note'>;

export interface Patch {
  readonly remove: readonly HeldLine[];
  readonly add: readonly HeldLine[];
  readonly set: readonly HeldLine[];
}

export function held({ id, product, quantity, note }: HeldLine): HeldLine {
  return { id, product, quantity, note };
}

/** What leads from `from` to `to` in a cart that holds `now`. What others took out stays out. */
export function patchOf(
  now: readonly HeldLine[],
  from: readonly HeldLine[],
  to: readonly HeldLine[],
): Patch {
  const here = new Map(now.map((line) => [line.id, line]));
  const before = new Map(from.map((line) => [line.id, line]));
  const after = new Map(to.map((line) => [line.id, line]));
  return {
    remove: from.filter(({ id }) => !after.has(id) && here.has(id)),
    add: to.filter(({ id }) => !before.has(id) && !here.has(id)),
    // A line that somebody has changed since keeps what they made of it.
    set: to.filter((line) => {
      const [was, is] = [before.get(line.id), here.get(line.id)];
      return was !== undefined && is !== undefined && same(was, is) && !same(line, is);
    }),
  };
}

/** The whole cart after the patch, in its order; added lines at the end. */
export function patched(now: readonly HeldLine[], patch: Patch): readonly LineInput[] {
  const gone = new Set(patch.remove.map(({ id }) => id));
  const set = new Map(patch.set.map((line) => [line.id, line]));
  return [
    ...now.filter(({ id }) => !gone.has(id)).map((line) => held(set.get(line.id) ?? line)),
    ...patch.add.map(contentOf),
  ];
}

/** For each line that was written without an id, the id it got: lines of one content in order. */
export function idsGiven(
  before: readonly HeldLine[],
  after: readonly HeldLine[],
  written: readonly HeldLine[],
): ReadonlyMap<string, string> {
  const known = new Set(before.map(({ id }) => id));
  const fresh = after.filter(({ id }) => !known.has(id));
  const given = new Map<string, string>();
  for (const line of written) {
    const at = fresh.findIndex((one) => same(one, line));
    const [found] = at < 0 ? [] : fresh.splice(at, 1);
    if (found !== undefined) given.set(line.id, found.id);
  }
  return given;
}

export function contentOf({ product, quantity, note }: HeldLine): Omit<LineInput, 'id'> {
  return { product, quantity, note };
}

export function same(a: HeldLine, b: HeldLine): boolean {
  const [x, y] = [a.product, b.product];
  return (
    a.quantity === b.quantity &&
    a.note === b.note &&
    x.title === y.title &&
    x.sku === y.sku &&
    x.category === y.category &&
    x.unit === y.unit &&
    x.price?.amount === y.price?.amount &&
    x.price?.currency === y.price?.currency
  );
}
