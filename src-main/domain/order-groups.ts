/**
 * Which orders were made apart from one cart, and who keeps a line that stands in more than one of
 * them: a pure function of orders and decisions, the same on every device (DESIGN §2 Checkout and
 * compensation; the "wrong purchase" of a store that is always writable, Dynamo §4.4).
 */
import { lineKey, type LineId } from './cart.ts';
import type { Decision, Order, OrderId } from './order.ts';

/** What all orders of one group that hold a line come to for it. */
export interface SharedLine {
  readonly line: LineId;
  /** Orders of the group that hold it, in the order of ids. */
  readonly holders: readonly OrderId[];
  readonly kept: readonly OrderId[];
  /** Nobody has decided yet, or people decided apart and differently: for now the rule holds. */
  readonly open: boolean;
}

/** Orders connected by overlaps, or one order of which a line was decided apart. */
export interface OrderGroup {
  /** The smallest id in it. */
  readonly id: OrderId;
  readonly orders: readonly OrderId[];
  /** Lines that more than one of the orders holds, or about which decisions differ. */
  readonly shared: readonly SharedLine[];
  readonly open: boolean;
}

export interface JudgedOrders {
  /** In the order of ids; only those with shared lines. */
  readonly groups: readonly OrderGroup[];
  /** @param line by `lineKey`. */
  isKept(order: OrderId, line: string): boolean;
  /** The order (the smallest id) that keeps the line, by `lineKey`: it stands there as ordered. */
  standing(line: string): OrderId | undefined;
  /** All orders that hold the line, by `lineKey`, in the order of ids. */
  holders(line: string): readonly OrderId[];
}

/**
 * @param orders each id once, in any order.
 * @param decisions by `lineKey`, the siblings of each decision item.
 */
export function judgeOrders(
  orders: readonly Order[],
  decisions: ReadonlyMap<string, readonly Decision[]>,
): JudgedOrders {
  const sorted = [...orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const byLine = holdersOf(sorted);
  const groupOf = connect(sorted, byLine);
  const kept = new Map<string, ReadonlySet<OrderId>>();
  const groups = new Map<OrderId, SharedLine[]>();
  for (const [key, { line, holders }] of byLine) {
    const all = new Set<OrderId>();
    const parts = Map.groupBy(holders, ({ id }) => groupOf(id));
    for (const [group, members] of parts) {
      const ids = members.map(({ id }) => id);
      const verdict = judgeLine(ids, decisions.get(key) ?? []);
      for (const id of verdict.kept) all.add(id);
      if (ids.length < 2 && !verdict.open) continue;
      groups.set(group, [...(groups.get(group) ?? []), { line, holders: ids, ...verdict }]);
    }
    kept.set(key, all);
  }
  const members = Map.groupBy(sorted, ({ id }) => groupOf(id));
  return {
    groups: [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, shared]) => ({
        id,
        orders: (members.get(id) ?? []).map((order) => order.id),
        shared,
        open: shared.some(({ open }) => open),
      })),
    isKept: (order, line) => kept.get(line)?.has(order) ?? false,
    standing: (line) => [...(kept.get(line) ?? [])].sort()[0],
    holders: (line) => byLine.get(line)?.holders.map(({ id }) => id) ?? [],
  };
}

/**
 * Two orders overlap if they share a line and neither was made in the knowledge of the other. Who
 * knew of the other could order the line only because the other had it cancelled, and says so.
 */
export function overlap(a: Order, b: Order): boolean {
  if (a.id === b.id || a.again.includes(b.id) || b.again.includes(a.id)) return false;
  const lines = new Set(a.lines.map(({ id }) => lineKey(id)));
  return b.lines.some(({ id }) => lines.has(lineKey(id)));
}

/**
 * Decisions made apart count as one as long as they agree on every order; about an order on which
 * they differ nobody has decided. Of the undecided the smallest id keeps the line, unless a
 * decided one keeps it.
 */
function judgeLine(
  holders: readonly OrderId[],
  decisions: readonly Decision[],
): Pick<SharedLine, 'kept' | 'open'> {
  const says = (list: 'keep' | 'cancel', id: OrderId): boolean =>
    decisions.some((decision) => decision[list].includes(id));
  const differ = holders.some((id) => says('keep', id) && says('cancel', id));
  const keepers = holders.filter((id) => says('keep', id) && !says('cancel', id));
  const undecided = holders.filter((id) => says('keep', id) === says('cancel', id));
  const open = differ || (holders.length > 1 && undecided.length > 0);
  return { kept: keepers.length > 0 ? keepers : undecided.slice(0, 1), open };
}

interface Held {
  readonly line: LineId;
  readonly holders: readonly Order[];
}

function holdersOf(sorted: readonly Order[]): ReadonlyMap<string, Held> {
  const found = new Map<string, { line: LineId; holders: Order[] }>();
  for (const order of sorted) {
    for (const { id } of order.lines) {
      const held = found.get(lineKey(id));
      if (held === undefined) found.set(lineKey(id), { line: id, holders: [order] });
      else held.holders.push(order);
    }
  }
  return found;
}

/** The smallest id of the connected orders that an order is among. */
function connect(
  sorted: readonly Order[],
  byLine: ReadonlyMap<string, Held>,
): (id: OrderId) => OrderId {
  const parent = new Map(sorted.map(({ id }) => [id, id]));
  const root = (id: OrderId): OrderId => {
    let at = id;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  for (const { holders } of byLine.values()) {
    for (const [i, one] of holders.entries()) {
      for (const other of holders.slice(i + 1)) {
        if (!overlap(one, other)) continue;
        const [low, high] = [root(one.id), root(other.id)].sort();
        if (low !== undefined && high !== undefined) parent.set(high, low);
      }
    }
  }
  return root;
}
