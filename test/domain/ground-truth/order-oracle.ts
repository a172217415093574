/**
 * The ground truth of orders made apart, told by the simulation what people did: which orders a
 * person knew of when ordering, which decisions a decision was made after, and what was paid. It
 * knows nothing of contexts, of `again`, of voucher ids or of who is due what.
 */
import type { Balance } from '../../../src-main/domain/balance.ts';
import { lineKey, type Money } from '../../../src-main/domain/cart.ts';
import type { Decision, OrderId, OrderLine } from '../../../src-main/domain/order.ts';

export interface OrderTruth {
  isKept(order: OrderId, line: string): boolean;
  /** Whether people are still to be asked about the line, where this order holds it. */
  isOpen(order: OrderId, line: string): boolean;
  /** What was paid in all for these orders, by currency. */
  readonly paid: ReadonlyMap<string, number>;
  /** What the lines kept cost, by currency. */
  readonly kept: ReadonlyMap<string, number>;
}

export interface OrderOracle {
  ordered(
    id: OrderId,
    lines: readonly OrderLine[],
    how: { readonly knew: readonly OrderId[]; readonly pay: readonly Money[] },
  ): void;
  /** @returns the decision's number. */
  decided(line: string, after: readonly number[], decision: Decision): number;
  truth(orders: readonly OrderId[], decisions: readonly number[]): OrderTruth;
}

interface Told {
  readonly lines: ReadonlyMap<string, OrderLine>;
  readonly knew: ReadonlySet<OrderId>;
  readonly pay: readonly Money[];
}

/** `both`: people said both, apart. */
type Word = 'keep' | 'cancel' | 'both' | '?';

export function createOrderOracle(): OrderOracle {
  const orders = new Map<OrderId, Told>();
  const decisions: { line: string; past: ReadonlySet<number>; decision: Decision }[] = [];

  const told = (id: OrderId): Told => {
    const order = orders.get(id);
    if (order === undefined) throw new RangeError(`no order ${id}`);
    return order;
  };
  function apart(a: OrderId, b: OrderId): boolean {
    if (a === b || told(a).knew.has(b) || told(b).knew.has(a)) return false;
    return [...told(a).lines.keys()].some((line) => told(b).lines.has(line));
  }
  /** All orders of the crowd that can be reached from one by steps between orders made apart. */
  function groupOf(start: OrderId, crowd: readonly OrderId[]): readonly OrderId[] {
    const met = new Set([start]);
    const queue = [start];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const other of crowd) {
        if (met.has(other) || !apart(at, other)) continue;
        met.add(other);
        queue.push(other);
      }
    }
    return [...met].sort();
  }
  /** What stands undisputed of the decisions that no later one among them replaces. */
  function wordOn(order: OrderId, line: string, known: readonly number[]): Word {
    const mine = known.filter((number) => decisions[number]?.line === line);
    const past = new Set(mine.flatMap((number) => [...(decisions[number]?.past ?? [])]));
    const last = mine.filter((number) => !past.has(number)).map((number) => decisions[number]);
    const keep = last.some((one) => one?.decision.keep.includes(order));
    const cancel = last.some((one) => one?.decision.cancel.includes(order));
    if (keep === cancel) return keep ? 'both' : '?';
    return keep ? 'keep' : 'cancel';
  }
  function judge(
    order: OrderId,
    line: string,
    crowd: readonly OrderId[],
    known: readonly number[],
  ): { readonly kept: boolean; readonly open: boolean } {
    const holders = groupOf(order, crowd).filter((id) => told(id).lines.has(line));
    const words = holders.map((id) => ({ id, word: wordOn(id, line, known) }));
    const kept = words.filter(({ word }) => word === 'keep').map(({ id }) => id);
    const unsaid = words.filter(({ word }) => word === '?' || word === 'both');
    const open =
      words.some(({ word }) => word === 'both') || (holders.length > 1 && unsaid.length > 0);
    if (kept.length > 0) return { kept: kept.includes(order), open };
    return { kept: unsaid[0]?.id === order, open };
  }

  return {
    ordered(id, lines, { knew, pay }) {
      const byKey = new Map(lines.map((line) => [lineKey(line.id), line]));
      orders.set(id, { lines: byKey, knew: new Set(knew), pay });
    },
    decided(line, after, decision) {
      const past = new Set(after.flatMap((one) => [one, ...(decisions[one]?.past ?? [])]));
      return decisions.push({ line, past, decision }) - 1;
    },
    truth(crowd, known) {
      const paid = new Map<string, number>();
      const kept = new Map<string, number>();
      const verdicts = new Map<string, { readonly kept: boolean; readonly open: boolean }>();
      for (const id of crowd) {
        for (const money of told(id).pay) add(paid, money);
        for (const [key, { product, quantity }] of told(id).lines) {
          const verdict = judge(id, key, crowd, known);
          verdicts.set(`${id} ${key}`, verdict);
          const { price } = product;
          if (!verdict.kept || price === undefined) continue;
          add(kept, { amount: price.amount * quantity, currency: price.currency });
        }
      }
      return {
        paid,
        kept,
        isKept: (order, line) => verdicts.get(`${order} ${line}`)?.kept ?? false,
        isOpen: (order, line) => verdicts.get(`${order} ${line}`)?.open ?? false,
      };
    },
  };
}

/** Invariant 8 in one currency after the other; undefined when it holds. */
export function sumsDiffer(truth: OrderTruth, balance: Balance): string | undefined {
  const left = new Map<string, number>(truth.paid);
  for (const voucher of balance.vouchers) {
    add(left, { amount: -voucher.left, currency: voucher.amount.currency });
  }
  for (const due of balance.dues) {
    add(left, { amount: due.open, currency: due.amount.currency });
  }
  for (const currency of new Set([...left.keys(), ...truth.kept.keys()])) {
    const [have, want] = [left.get(currency) ?? 0, truth.kept.get(currency) ?? 0];
    if (have !== want)
      return `${currency}: paid, less vouchers left, with dues ${have}, kept ${want}`;
  }
  return undefined;
}

function add(sums: Map<string, number>, { amount, currency }: Money): void {
  sums.set(currency, (sums.get(currency) ?? 0) + amount);
}
