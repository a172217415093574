/** What was spent, by month and by category: of the lines kept, for people to look at. */
import { lineKey, totalsOf, type Money } from '../domain/cart.ts';
import type { OrderLine } from '../domain/order.ts';
import type { OrderLedger } from './order-book.ts';
import type { SpendingView } from './views/orders.ts';

interface KeptLine {
  readonly order: string;
  readonly month: string;
  readonly line: OrderLine;
}

/** @param timeZone IANA name, for the months; the orders' wall times are shown, never compared. */
export function spendingOf(ledgers: readonly OrderLedger[], timeZone: string): SpendingView {
  const months = monthsIn(timeZone);
  const kept = ledgers.flatMap(({ orders, judged }) =>
    [...orders.values()].flatMap((order) =>
      order.lines
        .filter(({ id }) => judged.isKept(order.id, lineKey(id)))
        .map((line): KeptLine => ({ order: order.id, month: months(order.wallMs), line })),
    ),
  );
  const byMonth = Map.groupBy(kept, ({ month }) => month);
  const byCategory = Map.groupBy(kept, ({ line }) => line.product.category ?? '');
  return {
    months: [...byMonth]
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .map(([month, lines]) => ({
        month,
        orders: new Set(lines.map(({ order }) => order)).size,
        totals: totals(lines),
      })),
    categories: [...byCategory]
      .map(([category, lines]) => ({ category, lines: lines.length, totals: totals(lines) }))
      .sort((a, b) => largest(b.totals) - largest(a.totals) || (a.category < b.category ? -1 : 1)),
    totals: totals(kept),
  };
}

function totals(lines: readonly KeptLine[]): Money[] {
  return [...totalsOf(lines.map(({ line }) => line))];
}

function largest(all: readonly Money[]): number {
  return Math.max(0, ...all.map(({ amount }) => amount));
}

/** "2026-11" of a wall time. @throws RangeError for a zone that there is not. */
function monthsIn(timeZone: string): (wallMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit' });
  return (wallMs) => {
    const parts = format.formatToParts(new Date(wallMs));
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    return `${part('year').padStart(4, '0')}-${part('month')}`;
  };
}
