import type { Money, OverlapView } from '../wall.ts';

/** What a person is deciding about orders made apart: which of them keep each line. */
export interface TwiceChoice {
  keeps(line: string, order: string): boolean;
  toggle(line: string, order: string): void;
  /** All lines to these orders, as far as they hold them. */
  setAll(orders: readonly string[]): void;
  /** What comes back as vouchers, per currency. */
  back(): readonly Money[];
  decisions(): { line: string; context: string; keep: string[]; cancel: string[] }[];
}

/** Begins with how things stand. */
export function createTwiceChoice({ shared }: OverlapView): TwiceChoice {
  const nameOf = (line: string, order: string): string => `${line} ${order}`;
  const held = shared.flatMap(({ line, holders }) =>
    holders.map((holder) => ({ ...holder, name: nameOf(line, holder.order) })),
  );
  let kept = $state.raw<ReadonlySet<string>>(
    new Set(held.filter((holder) => holder.kept).map(({ name }) => name)),
  );
  return {
    keeps: (line, order) => kept.has(nameOf(line, order)),
    toggle(line, order) {
      const next = new Set(kept);
      const name = nameOf(line, order);
      if (!next.delete(name)) next.add(name);
      kept = next;
    },
    setAll(orders) {
      kept = new Set(held.filter(({ order }) => orders.includes(order)).map(({ name }) => name));
    },
    back() {
      const sums = new Map<string, number>();
      for (const { name, amount } of held) {
        if (amount === undefined || kept.has(name)) continue;
        sums.set(amount.currency, (sums.get(amount.currency) ?? 0) + amount.amount);
      }
      return [...sums].map(([currency, amount]) => ({ amount, currency }));
    },
    decisions: () =>
      shared.map(({ line, context, holders }) => {
        const orders = holders.map(({ order }) => order);
        const keep = orders.filter((order) => kept.has(nameOf(line, order)));
        return { line, context, keep, cancel: orders.filter((order) => !keep.includes(order)) };
      }),
  };
}
