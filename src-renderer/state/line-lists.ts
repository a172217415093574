/** Lists of lines, one beside another. Pure. */
import type { LineView } from '../wall.ts';

/**
 * The new lines, each as the same object as before if it says the same, and the same list if all
 * do: little is drawn anew. Every edit comes twice, as its answer and to who watches.
 */
export function keepSame(before: LineView[], after: readonly LineView[]): LineView[] {
  const old = new Map(before.map((line) => [line.id, line]));
  const kept = after.map((line) => {
    const one = old.get(line.id);
    return one !== undefined && saysSame(one, line) ? one : line;
  });
  const isSame = kept.length === before.length && kept.every((line, at) => line === before[at]);
  return isSame ? before : kept;
}

/** Of values as JSON has them. No lists are made on the way: of a long cart it looks at 10,000. */
export function saysSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  let more = 0;
  for (const key in left) {
    if (!Object.hasOwn(right, key) || !saysSame(left[key], right[key])) return false;
    more++;
  }
  for (const key in right) if (Object.hasOwn(right, key)) more--;
  return more === 0;
}

/** The lines in the order of these ids; those not named come last, as they were. */
export function inOrder(lines: readonly LineView[], ids: readonly string[]): readonly LineView[] {
  const at = new Map(ids.map((id, index) => [id, index]));
  return lines.toSorted((a, b) => (at.get(a.id) ?? at.size) - (at.get(b.id) ?? at.size));
}
