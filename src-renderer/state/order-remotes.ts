import type {
  BalanceView,
  Client,
  OrderList,
  OrderView,
  OverlapView,
  SpendingView,
} from '../wall.ts';
import type { Remote, RemoteInit } from './remote.svelte.ts';
import { readSpentGroups, type SpendingField, type SpentGroup } from './spending-groups.ts';

/** What the Orders screen asks for. */
export interface OrderRemotes {
  order(id: string): Remote<OrderView>;
  readonly orders: Orders;
  readonly overlaps: Remote<OverlapView[]>;
  readonly balance: Remote<BalanceView>;
  readonly spending: Remote<SpendingView>;
  spentBy(field: SpendingField): Remote<SpentGroup[]>;
}

/** The newest orders; `next` of the value is there while there are older ones. */
export interface Orders extends Remote<OrderList> {
  /** Asks for so many older ones, too: all of them with Infinity. */
  older(more: number): void;
}

/** Newest orders that are asked for at first; most people have no more. */
const AT_FIRST = 200;
/** The contract gives so many in one answer. */
const PAGE = 1000;

export function createOrderRemotes(remote: <T>(init: RemoteInit<T>) => Remote<T>): OrderRemotes {
  const concerns: RemoteInit<unknown>['concerns'] = ({ type }) =>
    type === 'orders' || type === 'accounts';
  let wanted = AT_FIRST;
  const listed = remote<OrderList>({
    read: (client, signal) => readOrders(client, wanted, signal),
    concerns,
  });
  return {
    order: (id: string) =>
      remote<OrderView>({
        read: (client, signal) => client.orders.show({ id }, { signal }),
        concerns: ({ type }) => type === 'orders' || type === 'safety',
      }),
    orders: {
      get value() {
        return listed.value;
      },
      get error() {
        return listed.error;
      },
      refresh: listed.refresh,
      open: listed.open,
      older(more) {
        wanted += more;
        listed.refresh();
      },
    },
    overlaps: remote<OverlapView[]>({
      read: (client, signal) => client.orders.overlaps({}, { signal }),
      concerns,
    }),
    balance: remote<BalanceView>({
      read: (client, signal) => client.orders.vouchers({}, { signal }),
      concerns,
    }),
    spentBy: (field: SpendingField) =>
      remote<SpentGroup[]>({
        read: (client, signal) => readSpentGroups(client, field, signal),
        concerns,
      }),
    spending: remote<SpendingView>({
      read: (client, signal) =>
        client.orders.spending(
          { timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone },
          { signal },
        ),
      concerns,
    }),
  };
}

/** The newest `wanted` orders, however many answers that takes. */
async function readOrders(client: Client, wanted: number, signal: AbortSignal): Promise<OrderList> {
  // By their ids: one that comes in between moves the others from page to page.
  const found = new Map<string, OrderList['orders'][number]>();
  for (let after: string | undefined; ;) {
    const limit = Math.min(PAGE, wanted - found.size);
    const page = await client.orders.list({ limit, ...(after && { after }) }, { signal });
    const before = found.size;
    for (const order of page.orders) found.set(order.id, order);
    const whole = found.size >= wanted || found.size === before || page.next === undefined;
    if (whole) return { ...page, orders: [...found.values()] };
    after = page.next;
  }
}
