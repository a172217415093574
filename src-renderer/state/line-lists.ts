/** Lists of lines, one beside another. Pure. */
import type { LineView } from '../wall.ts';

/** The new lines, each as the same object as before if it says the same: little is drawn anew. */
export function keepSame(before: readonly LineView[], after: readonly LineView[]): LineView[] {
  const old = new Map(before.map((line) => [line.id, line]));
  return after.map((line) => {
    const one = old.get(line.id);
    return one !== undefined && saysSame(one, line) ? one : line;
  });
}

/** Of values as JSON has them. */
function saysSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === Object.keys(right).length &&
    left.every(([key, value]) => Object.hasOwn(right, key) && saysSame(value, right[key]))
  );
}

/** The lines in the order of these ids; those not named come last, as they were. */
export function inOrder(lines: readonly LineView[], ids: readonly string[]): readonly LineView[] {
  const at = new Map(ids.map((id, index) => [id, index]));
  return lines.toSorted((a, b) => (at.get(a.id) ?? at.size) - (at.get(b.id) ?? at.size));
}
