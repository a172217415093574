/** What people ordered and decided, beside the system: by the lines they had in front of them. */
import type { Money } from '../../src-main/domain/cart.ts';

/** One press of the button. */
export interface OrderTruth {
  readonly account: string;
  /** The machine it was ordered on. */
  readonly by: string;
  /** Ids, sorted. */
  readonly lines: readonly string[];
  /** What the lines are called. */
  readonly titles: readonly string[];
  /** Of the request: pressing again with the same key orders nothing again. */
  readonly key: string;
  /** Set when the machine told so, with what was paid. */
  told: { readonly id: string; readonly paid: readonly Money[] } | undefined;
  /** Its only machine is gone. */
  lost: boolean;
}

export interface OrdersTruth {
  begin(given: Pick<OrderTruth, 'account' | 'by' | 'lines' | 'titles'>): OrderTruth;
  all(account: string): readonly OrderTruth[];
  /** Lines about which somebody tried to decide: more than one order, or none, may keep them. */
  readonly decided: Set<string>;
  /** The machine, or its disk, is gone: what only it had is not expected any more. */
  gone(machine: string, account?: string): void;
  /** It goes on with an older disk, and may issue what it writes again under other ids. */
  isGone(machine: string): boolean;
}

export function createOrdersTruth(): OrdersTruth {
  const orders: OrderTruth[] = [];
  const machines = new Set<string>();
  return {
    decided: new Set(),
    begin(given) {
      const order = { ...given, key: `order ${orders.length}`, told: undefined, lost: false };
      orders.push(order);
      return order;
    },
    all: (account) => orders.filter((order) => order.account === account),
    isGone: (machine) => machines.has(machine),
    gone(machine, account) {
      if (account === undefined) machines.add(machine);
      for (const order of orders) {
        if (order.by === machine && (account ?? order.account) === order.account) order.lost = true;
      }
    },
  };
}
