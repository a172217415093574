/** Orders after the checkout: what the contract's `orders` procedures show, and decisions. */
import { AppError } from '../base/app-error.ts';
import { lineIdString, lineKey, parseLineId, type Money } from '../domain/cart.ts';
import { encodeDecision } from '../domain/order-codec.ts';
import { isOrderId, type Decision, type OrderId } from '../domain/order.ts';
import { versionsCoveredBy } from '../domain/write-context.ts';
import type { IssueGiven, IssueRequest, ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Draft } from './account.ts';
import { makeContextToken, readContextToken } from './context-token.ts';
import type { ItemReader } from './item-reader.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import { decisionKey, type OrderBook, type OrderLedger, type PlacedOrder } from './order-book.ts';
import { ordersCsv } from './order-csv.ts';
import { orderSummary, orderView, overlapView, sumMoney, voucherView } from './order-view.ts';
import { spendingOf } from './spending.ts';
import { refuseUnseenTwins } from './twins.ts';
import type { Safety } from './views.ts';
import type {
  BalanceView,
  OrderSummary,
  OrderView,
  OverlapView,
  SpendingView,
} from './views/orders.ts';

interface Whose {
  /** All accounts of this machine where it is left out. */
  readonly account?: string | undefined;
}
export interface LineDecision {
  readonly line: string;
  readonly keep: readonly string[];
  readonly cancel: readonly string[];
  readonly context?: string | undefined;
}

export interface OrderService {
  /** The newest first. */
  list(
    input: Whose & { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ orders: OrderSummary[]; open: number; next?: string }>;
  /** Every line of every order, comma-separated; the newest order first. */
  csv(input: Whose): Promise<{ csv: string }>;
  /** @throws ORDER_NOT_FOUND */
  show(input: { readonly id: string }): Promise<OrderView>;
  overlaps(input: Whose): Promise<OverlapView[]>;
  /**
   * Says which orders keep a line. Orders that are not named stay as they are.
   * @throws ORDER_NOT_FOUND, LINE_NOT_FOUND, UNKNOWN_CONTEXT
   */
  decide(
    input: Writing & { readonly id: string; readonly lines: readonly LineDecision[] },
  ): Promise<{ order: OrderView; safety: Safety }>;
  vouchers(input: Whose): Promise<BalanceView>;
  spending(input: Whose & { readonly timeZone?: string | undefined }): Promise<SpendingView>;
}

export interface OrderServiceComponents {
  readonly book: AccountBook;
  readonly orders: OrderBook;
  readonly store: ItemStore;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
}

const SETTLE_MS = 300;

interface Ledgers {
  readonly account: Account;
  readonly ledger: OrderLedger;
}

export function createOrderService(components: OrderServiceComponents): OrderService {
  const { book, orders, store, reader, writer } = components;

  const ledgersOf = (named: string | undefined): Promise<readonly Ledgers[]> =>
    Promise.all(
      (named === undefined ? book.all() : [book.find(named)]).map(async (account) => ({
        account,
        ledger: await orders.ledger(account),
      })),
    );
  async function find(id: string): Promise<Ledgers & { readonly order: PlacedOrder }> {
    if (isOrderId(id)) {
      for (const one of await ledgersOf(undefined)) {
        const order = one.ledger.orders.get(id);
        if (order !== undefined) return { ...one, order };
      }
    }
    throw new AppError('ORDER_NOT_FOUND', 'There is no such order on this machine.', {
      details: { id: id.slice(0, 64) },
    });
  }
  async function newestFirst(account: string | undefined) {
    const all = (await ledgersOf(account)).flatMap((one) =>
      [...one.ledger.orders.values()].map((order) => ({ ...one, order })),
    );
    return all.sort(
      (a, b) => b.order.wallMs - a.order.wallMs || (a.order.id < b.order.id ? -1 : 1),
    );
  }
  async function show(id: string): Promise<OrderView> {
    const { account, ledger, order } = await find(id);
    return orderView(account, ledger, order, await reader.safety(order.key));
  }
  async function overlapsOf({ account, ledger }: Ledgers): Promise<OverlapView[]> {
    const tokens = new Map<string, string>();
    for (const { shared } of ledger.judged.groups) {
      for (const line of shared.map((one) => lineIdString(one.line))) {
        const key = decisionKey(account.id, line);
        tokens.set(line, makeContextToken(account.contextKey(), key, await store.read(key)));
      }
    }
    const contextOf = (line: string): string => tokens.get(line) ?? '';
    return ledger.judged.groups.map((group) => overlapView(account, ledger, group, contextOf));
  }

  return {
    async list({ account, limit, after }) {
      const all = await newestFirst(account);
      const from = after === undefined ? 0 : all.findIndex(({ order }) => order.id === after) + 1;
      const page = all.slice(from, from + limit);
      const last = all.length > from + limit ? page.at(-1)?.order.id : undefined;
      const groups = new Set(all.map(({ ledger }) => ledger)).values();
      return {
        orders: page.map((one) => orderSummary(one.account, one.ledger, one.order)),
        open: [...groups].flatMap(({ judged }) => judged.groups).filter(({ open }) => open).length,
        ...(last === undefined ? {} : { next: last }),
      };
    },
    csv: async ({ account }) => ({ csv: ordersCsv(await newestFirst(account)) }),
    show: ({ id }) => show(id),
    async overlaps({ account }) {
      const views = await Promise.all((await ledgersOf(account)).map(overlapsOf));
      return views.flat();
    },
    async decide({ id, lines, ...writing }) {
      const { account, ledger } = await find(id);
      const requests = lines.map((line) => decisionRequest(account, ledger, line));
      const { safety } = await writer.write(requests, { ...writing, settleMs: SETTLE_MS });
      return { order: await show(id), safety };
    },
    async vouchers({ account }) {
      const all = await ledgersOf(account);
      const vouchers = all.flatMap(({ account: of, ledger }) =>
        ledger.balance.vouchers.map((voucher) => voucherView(of, ledger, voucher)),
      );
      const dues = all.flatMap(({ account: of, ledger }) =>
        ledger.balance.dues.map((due) => ({ ...due, account: of.id, amount: { ...due.amount } })),
      );
      const open = (amount: number, { currency }: Money): Money => ({ amount, currency });
      return {
        vouchers,
        dues,
        left: sumMoney(
          vouchers.filter(({ left }) => left > 0).map(({ left, amount }) => open(left, amount)),
        ),
        due: sumMoney(dues.filter((due) => due.open > 0).map((due) => open(due.open, due.amount))),
      };
    },
    async spending({ account, timeZone = 'UTC' }) {
      const ledgers = (await ledgersOf(account)).map(({ ledger }) => ledger);
      return spendingOf(ledgers, timeZone);
    },
  };
}

function decisionRequest(
  account: Account,
  ledger: OrderLedger,
  { line: text, keep, cancel, context }: LineDecision,
): IssueRequest {
  const key = decisionKey(account.id, text);
  const line = lineKey(parseLineId(text));
  const holders = ledger.judged.holders(line);
  if (holders.length === 0) {
    throw new AppError('LINE_NOT_FOUND', 'No order holds that line.', { details: { line: text } });
  }
  const strange = [...keep, ...cancel].find((id) => !holders.includes(id as OrderId));
  if (strange !== undefined || keep.some((id) => cancel.includes(id))) {
    throw new AppError('BAD_REQUEST', 'A decision names orders that hold the line, each once.');
  }
  const decision = withOthers(
    { keep: keep as readonly OrderId[], cancel: cancel as readonly OrderId[] },
    ledger.decisions.get(line) ?? [],
  );
  const read =
    context === undefined || context === ''
      ? undefined
      : readContextToken(account.contextKey(), key, context);
  return account.request(key.sortKey, ({ siblings }: IssueGiven): Draft => {
    if (read !== undefined) refuseUnseenTwins(read, siblings);
    return {
      kind: 'value',
      type: 'decision',
      replaced: read === undefined ? siblings : versionsCoveredBy(siblings, read.context),
      ...(read === undefined ? {} : { given: read.context }),
      encode: () => encodeDecision(decision),
    };
  });
}

/** What was decided before, undisputed, about orders that are not named now. */
function withOthers(now: Decision, before: readonly Decision[]): Decision {
  const named = new Set([...now.keep, ...now.cancel]);
  const said = (list: 'keep' | 'cancel'): ReadonlySet<OrderId> =>
    new Set(before.flatMap((one) => one[list]).filter((id) => !named.has(id)));
  const [keep, cancel] = [said('keep'), said('cancel')];
  return {
    keep: [...now.keep, ...[...keep].filter((id) => !cancel.has(id))],
    cancel: [...now.cancel, ...[...cancel].filter((id) => !keep.has(id))],
  };
}
