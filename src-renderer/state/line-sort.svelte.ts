/**
 * Lines being put into another order, by pointer or by keys: shown at once, written when let go.
 * Within their category: that is what the cart groups by.
 */
import type { LineView } from '../wall.ts';
import { inOrder } from './line-lists.ts';

export interface LineSort {
  /** The lines as they are to be shown now. */
  readonly lines: readonly LineView[];
  /** The line in hand. */
  readonly held: string | undefined;
  /** Tells one line whether it is in hand, and no other: a long cart has a thousand of them. */
  watch(id: string, told: (held: boolean) => void): () => void;
  take(id: string): void;
  /** One place up (-1) or down (1); false at the end of its group. */
  step(by: -1 | 1): boolean;
  /** To where another line of its group is. */
  moveTo(id: string): void;
  /** Place of the line in hand within its group, from 1, and how many there are. */
  readonly place: { readonly at: number; readonly of: number } | undefined;
  drop(): void;
  cancel(): void;
}

export function createLineSort(
  given: () => readonly LineView[],
  write: (order: readonly string[]) => Promise<void>,
): LineSort {
  let held = $state<string>();
  let order = $state.raw<readonly string[]>();
  const lines = $derived(order === undefined ? given() : inOrder(given(), order));
  const groupOf = ({ product }: LineView): string => product.category ?? '';
  const group = $derived.by(() => {
    const line = lines.find(({ id }) => id === held);
    return line === undefined ? [] : lines.filter((one) => groupOf(one) === groupOf(line));
  });
  const place = $derived.by(() => {
    const at = group.findIndex(({ id }) => id === held);
    return at < 0 ? undefined : { at: at + 1, of: group.length };
  });
  // Nobody draws by what is in it: a reactive one would tell all lines of each.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  const watchers = new Map<string, (held: boolean) => void>();
  const hold = (id: string | undefined): void => {
    if (held !== undefined) watchers.get(held)?.(false);
    held = id;
    if (id !== undefined) watchers.get(id)?.(true);
  };
  const end = (): void => {
    hold(undefined);
    order = undefined;
  };
  function moveTo(target: string): void {
    const from = group.findIndex(({ id }) => id === held);
    const to = group.findIndex(({ id }) => id === target);
    if (from < 0 || to < 0 || from === to || held === undefined) return;
    const rest = lines.map(({ id }) => id).filter((id) => id !== held);
    rest.splice(rest.indexOf(target) + (to > from ? 1 : 0), 0, held);
    order = rest;
  }
  return {
    get lines() {
      return lines;
    },
    get held() {
      return held;
    },
    get place() {
      return place;
    },
    watch(id, told) {
      watchers.set(id, told);
      return () => {
        if (watchers.get(id) === told) watchers.delete(id);
      };
    },
    take: hold,
    step(by) {
      const next = place === undefined ? undefined : group[place.at - 1 + by];
      if (next === undefined) return false;
      moveTo(next.id);
      return true;
    },
    moveTo,
    drop() {
      const now = order;
      hold(undefined);
      if (now === undefined) return;
      // Shown until it is written: a line that went back meanwhile would lose the focus.
      void write(now).finally(() => {
        if (order === now) order = undefined;
      });
    },
    cancel: end,
  };
}
