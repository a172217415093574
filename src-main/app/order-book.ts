/**
 * All orders and decisions of an account as this machine holds them, opened, with what follows from
 * them: who keeps what, vouchers, dues. Read once and kept up to date with the store's changes,
 * since every look at a cart asks which of its lines are ordered.
 */
import { isAppError, toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { balanceOf, type Balance } from '../domain/balance.ts';
import { lineKey, parseLineId } from '../domain/cart.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import { decodeDecision, decodeOrder } from '../domain/order-codec.ts';
import { judgeOrders, type JudgedOrders } from '../domain/order-groups.ts';
import { isOrderId, type Decision, type Order, type OrderId } from '../domain/order.ts';
import { compareVersions } from '../domain/versioned-item.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { isOneDevice, type Account } from './account.ts';

export const ORDER_PREFIX = 'order#';
export const DECISION_PREFIX = 'decision#';
const PAGE = 500;

export interface PlacedOrder extends Order {
  readonly key: ItemKey;
  readonly device: string;
  readonly own: boolean;
  readonly wallMs: number;
}

export interface OrderLedger {
  readonly orders: ReadonlyMap<OrderId, PlacedOrder>;
  /** By `lineKey`, the siblings of each decision item. */
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  readonly judged: JudgedOrders;
  readonly balance: Balance;
}

export interface OrderBook {
  /** Empty while the account's keys are still on their way here. */
  ledger(account: Account): Promise<OrderLedger>;
  start(): void;
  stop(): void;
}

export function isOrderKey(sortKey: string): boolean {
  return sortKey.startsWith(ORDER_PREFIX) || sortKey.startsWith(DECISION_PREFIX);
}

export function decisionKey(account: PartitionKey, line: string): ItemKey {
  return { partitionKey: account, sortKey: `${DECISION_PREFIX}${line}` };
}

interface Pages {
  readonly orders: Map<string, PlacedOrder>;
  readonly decisions: Map<string, { readonly line: string; readonly all: readonly Decision[] }>;
  /** Changed since they were read, or not to be opened yet. */
  readonly dirty: Set<string>;
  read: boolean;
  ledger: OrderLedger | undefined;
}

export function createOrderBook(components: {
  readonly store: ItemStore;
  readonly logger: Logger;
}): OrderBook {
  const { store, logger } = components;
  const books = new Map<PartitionKey, Pages>();
  /** One reader at a time for each account. */
  const reading = new Map<PartitionKey, Promise<OrderLedger>>();
  let unsubscribe = (): void => undefined;

  function pagesOf(id: PartitionKey): Pages {
    const pages: Pages = books.get(id) ?? {
      ...{ orders: new Map(), decisions: new Map(), dirty: new Set() },
      ...{ read: false, ledger: undefined },
    };
    books.set(id, pages);
    return pages;
  }
  async function readAll(account: Account, pages: Pages): Promise<void> {
    for (const prefix of [DECISION_PREFIX, ORDER_PREFIX]) {
      for (let after: string | undefined; ;) {
        const page = await store.scan({
          ...{ partitionKey: account.id, prefix, limit: PAGE },
          ...(after === undefined ? {} : { after }),
        });
        for (const { key } of page) pages.dirty.add(key.sortKey);
        after = page.at(-1)?.key.sortKey;
        if (page.length < PAGE || after === undefined) break;
      }
    }
    pages.read = true;
  }
  async function readOne(account: Account, pages: Pages, sortKey: string): Promise<void> {
    const key = { partitionKey: account.id, sortKey };
    // Taken off first: what changes from here on marks it again.
    pages.dirty.delete(sortKey);
    const siblings = await store.read(key).catch((error: unknown) => {
      pages.dirty.add(sortKey);
      throw error;
    });
    try {
      if (sortKey.startsWith(ORDER_PREFIX)) noteOrder(account, pages, key, siblings);
      else noteDecision(account, pages, sortKey, siblings);
    } catch (error) {
      if (isAppError(error, 'SEALED')) pages.dirty.add(sortKey);
      else logger.warn('an order cannot be read', { sortKey, code: toAppError(error).code });
    }
  }
  async function refresh(account: Account): Promise<OrderLedger> {
    const pages = pagesOf(account.id);
    if (!account.canOpen()) return EMPTY;
    if (!pages.read) await readAll(account, pages);
    const changed = [...pages.dirty];
    for (const sortKey of changed) await readOne(account, pages, sortKey);
    if (pages.ledger === undefined || changed.length > 0) pages.ledger = ledgerOf(pages);
    return pages.ledger;
  }
  return {
    ledger(account) {
      const before = reading.get(account.id) ?? Promise.resolve(EMPTY);
      const next = before.catch(() => EMPTY).then(() => refresh(account));
      reading.set(account.id, next);
      return next;
    },
    start() {
      unsubscribe = store.on('changed', ({ key }) => {
        if (isOrderKey(key.sortKey)) books.get(key.partitionKey)?.dirty.add(key.sortKey);
      });
    },
    stop() {
      unsubscribe();
      books.clear();
    },
  };
}

/**
 * An order is written once; more than one version of it is the same order issued again (DESIGN §2
 * Epochs), and all devices take the same one.
 */
function noteOrder(
  account: Account,
  pages: Pages,
  key: ItemKey,
  siblings: readonly SignedVersion[],
): void {
  const id = key.sortKey.slice(ORDER_PREFIX.length);
  const [version] = siblings.filter(({ kind }) => kind === 'value').sort(compareVersions);
  if (version === undefined || !isOrderId(id)) {
    pages.orders.delete(key.sortKey);
    return;
  }
  const { type, value, deviceName, wallMs } = account.open(version);
  if (type !== 'order') return;
  pages.orders.set(key.sortKey, {
    ...decodeOrder(id, value),
    key,
    device: deviceName,
    own: version.device === account.device.device && isOneDevice(deviceName),
    wallMs,
  });
}

function noteDecision(
  account: Account,
  pages: Pages,
  sortKey: string,
  siblings: readonly SignedVersion[],
): void {
  const line = lineKey(parseLineId(sortKey.slice(DECISION_PREFIX.length)));
  const all = siblings.flatMap((version) => {
    const { type, value } = account.open(version);
    return type === 'decision' ? [decodeDecision(value)] : [];
  });
  pages.decisions.set(sortKey, { line, all });
}

function ledgerOf(pages: Pages): OrderLedger {
  const placed = [...pages.orders.values()];
  const orders = new Map(placed.map((order) => [order.id, order]));
  const decisions = new Map([...pages.decisions.values()].map(({ line, all }) => [line, all]));
  const judged = judgeOrders(placed, decisions);
  return { orders, decisions, judged, balance: balanceOf(placed, judged) };
}

const EMPTY: OrderLedger = {
  orders: new Map(),
  decisions: new Map(),
  judged: judgeOrders([], new Map()),
  balance: { vouchers: [], dues: [] },
};
