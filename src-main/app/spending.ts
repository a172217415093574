/** What was spent, by month and by category: of the lines kept, for people to look at. */
import { lineKey, totalsOf, type Money } from '../domain/cart.ts';
import type { OrderLine } from '../domain/order.ts';
import { daysIn } from './calendar.ts';
import type { OrderLedger } from './order-book.ts';
import type { SpendingView } from './views/orders.ts';

const MONTH_DIGITS = '2026-11'.length;

interface KeptLine {
  readonly order: string;
  readonly month: string;
  readonly line: OrderLine;
}

/** @param timeZone IANA name, for the months. @throws BAD_REQUEST for a zone that there is not. */
export function spendingOf(ledgers: readonly OrderLedger[], timeZone: string): SpendingView {
  const days = daysIn(timeZone);
  const months = (wallMs: number): string => days(wallMs).slice(0, MONTH_DIGITS);
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
