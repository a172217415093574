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
  let kept = $state.raw<readonly string[]>(
    held.filter((holder) => holder.kept).map(({ name }) => name),
  );
  return {
    keeps: (line, order) => kept.includes(nameOf(line, order)),
    toggle(line, order) {
      const name = nameOf(line, order);
      kept = kept.includes(name) ? kept.filter((one) => one !== name) : [...kept, name];
    },
    setAll(orders) {
      kept = held.filter(({ order }) => orders.includes(order)).map(({ name }) => name);
    },
    back() {
      const given = held.flatMap(({ name, amount }) => (kept.includes(name) ? [] : (amount ?? [])));
      return [...Map.groupBy(given, ({ currency }) => currency)].map(([currency, all]) => ({
        amount: all.reduce((sum, { amount }) => sum + amount, 0),
        currency,
      }));
    },
    decisions: () =>
      shared.map(({ line, context, holders }) => {
        const orders = holders.map(({ order }) => order);
        const keep = orders.filter((order) => kept.includes(nameOf(line, order)));
        return { line, context, keep, cancel: orders.filter((order) => !keep.includes(order)) };
      }),
  };
}
