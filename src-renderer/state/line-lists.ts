/** Lists of lines, one beside another. Pure. */
import type { LineView } from '../wall.ts';

/** The new lines, each as the same object as before if it says the same: little is drawn anew. */
export function keepSame(before: readonly LineView[], after: readonly LineView[]): LineView[] {
  const old = new Map(before.map((line) => [line.id, line]));
  return after.map((line) => {
    const one = old.get(line.id);
    return one !== undefined && JSON.stringify(one) === JSON.stringify(line) ? one : line;
  });
}

/** The lines in the order of these ids; those not named come last, as they were. */
export function inOrder(lines: readonly LineView[], ids: readonly string[]): readonly LineView[] {
  const at = new Map(ids.map((id, index) => [id, index]));
  return lines.toSorted((a, b) => (at.get(a.id) ?? at.size) - (at.get(b.id) ?? at.size));
}
