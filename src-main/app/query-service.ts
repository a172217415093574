/**
 * An account's items in the order of their sort keys, page by page, and in groups with sums (DESIGN
 * §2 Queries). A page goes on after a sort key, not after a number of items: what others write
 * meanwhile moves nothing of it.
 */
import { abortedError } from '../base/waiting.ts';
import { lineKey, totalsOf } from '../domain/cart.ts';
import {
  groupMore,
  listGroups,
  NO_GROUPS,
  parseField,
  type Group,
  type Grouping,
  type GroupRow,
} from '../domain/grouping.ts';
import type { OrderId } from '../domain/order.ts';
import { compareVersions } from '../domain/versioned-item.ts';
import type { Answered } from '../replication/replication.ts';
import type { ItemStore, ScanRange, StoredItem } from '../storage/item-store.ts';
import type { Account } from './account.ts';
import type { AccountBook } from './account-book.ts';
import { daysIn } from './calendar.ts';
import { LOCAL, type Reading } from './item-reader.ts';
import { isHidden, itemVersion, itemView } from './item-view.ts';
import { ORDER_PREFIX, type OrderBook } from './order-book.ts';
import type { RingSession } from './ring-session.ts';
import type { ItemView, JsonValue } from './views.ts';

export interface Query extends Reading {
  readonly account?: string | undefined;
  readonly prefix?: string | undefined;
  /** Inclusive. */
  readonly from?: string | undefined;
  /** Exclusive. */
  readonly to?: string | undefined;
  /** Exclusive start: `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly reverse: boolean;
  /** Names of fields (`parseField`). With `groupBy` all items of the range are counted. */
  readonly groupBy?: string | undefined;
  readonly sum?: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  /** IANA name, for `year`, `month` and `day`. @default UTC */
  readonly timeZone?: string | undefined;
}

export interface QueryAnswer extends Answered {
  items: ItemView[];
  next?: string;
  groups?: Group[];
}

export interface QueryService {
  /** @throws BAD_REQUEST, QUORUM_NOT_REACHED for 'strict', LIMIT_EXCEEDED: too many groups */
  query(input: Query, signal?: AbortSignal): Promise<QueryAnswer>;
}

interface Page extends Answered {
  readonly items: readonly StoredItem[];
  /** There are items after the last of these. */
  readonly more: boolean;
}
type Bounds = Omit<ScanRange, 'limit'>;

/** Items read at once while they are counted. */
const COUNT_PAGE = 500;
const FRESHNESS = ['local', 'quorum', 'strict'] as const;

export function createQueryService(components: {
  readonly book: AccountBook;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly orders: OrderBook;
}): QueryService {
  const { book, store, session, orders } = components;

  async function scan(range: ScanRange, { r, consistency }: Reading, signal?: AbortSignal) {
    const services = session.running();
    if (services === undefined) return { items: await store.scan(range), ...LOCAL };
    return services.replication.scan(range, {
      consistency: consistency ?? 'eventual',
      ...(r === undefined ? {} : { r }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
  /** A full page as long as there is enough: what is hidden takes no room, and is no next page. */
  async function pageOf(
    bounds: Bounds,
    limit: number,
    reading: Reading,
    signal?: AbortSignal,
  ): Promise<Page> {
    const items: StoredItem[] = [];
    let said: Answered | undefined;
    for (let rest = bounds; ;) {
      if (signal?.aborted === true) throw abortedError(signal);
      const asked = limit + 1 - items.length;
      const answer = await scan({ ...rest, limit: asked }, reading, signal);
      said = weaker(said ?? answer, answer);
      items.push(...answer.items.filter(({ key }) => !isHidden(key.sortKey)));
      const last = answer.items.at(-1);
      if (items.length > limit || answer.items.length < asked || last === undefined) break;
      rest = { ...rest, after: last.key.sortKey };
    }
    return { ...(said ?? LOCAL), items: items.slice(0, limit), more: items.length > limit };
  }
  async function grouped(
    account: Account,
    bounds: Bounds,
    { grouping, timeZone = 'UTC', ...reading }: Reading & Grouped,
    signal?: AbortSignal,
  ): Promise<Answered & { groups: readonly Group[] }> {
    const days = daysIn(timeZone);
    let groups = NO_GROUPS;
    let said: Answered | undefined;
    for (let rest = bounds; ;) {
      const page = await pageOf(rest, COUNT_PAGE, reading, signal);
      said = weaker(said ?? page, page);
      const rows: GroupRow[] = [];
      for (const item of page.items) {
        const row = await rowOf(account, item, days);
        if (row !== undefined) rows.push(row);
      }
      groups = groupMore(groups, rows, grouping);
      const last = page.items.at(-1);
      if (!page.more || last === undefined) break;
      rest = { ...rest, after: last.key.sortKey };
    }
    return { ...said, groups: listGroups(groups, grouping) };
  }
  /** Undefined when it is deleted. Of siblings the greatest counts: one and the same everywhere. */
  async function rowOf(
    account: Account,
    { key, siblings }: StoredItem,
    days: (wallMs: number) => string,
  ): Promise<GroupRow | undefined> {
    const values = siblings.filter(({ kind }) => kind === 'value').sort(compareVersions);
    const version = values.at(-1);
    if (version === undefined) return undefined;
    const { device, wallMs, value = null } = itemVersion(account, version);
    const { sortKey } = key;
    const whole = sortKey.startsWith(ORDER_PREFIX)
      ? await withKept(account, sortKey, value)
      : value;
    return { sortKey, device, day: days(wallMs), value: whole };
  }
  /** An order also says what its lines that it keeps come to, as the spending does. */
  async function withKept(account: Account, sortKey: string, value: JsonValue): Promise<JsonValue> {
    const { orders: placed, judged } = await orders.ledger(account);
    const order = placed.get(sortKey.slice(ORDER_PREFIX.length) as OrderId);
    if (order === undefined) return value;
    const kept = totalsOf(order.lines.filter(({ id }) => judged.isKept(order.id, lineKey(id))));
    return { ...(value as object), kept: kept.map((one) => ({ ...one })) };
  }

  return {
    async query(input, signal) {
      const account = book.find(input.account);
      const bounds = boundsOf(account, input);
      const grouping = groupingOf(input);
      if (grouping !== undefined) {
        const { timeZone, r, consistency } = input;
        const how = { grouping, timeZone, r, consistency };
        const { groups, ...said } = await grouped(account, bounds, how, signal);
        return { items: [], groups: groups.map((one) => ({ ...one })), ...said };
      }
      const page = await pageOf(bounds, input.limit, input, signal);
      const { items, more, ...said } = page;
      const next = more ? items.at(-1)?.key.sortKey : undefined;
      return {
        items: items.map(({ key, siblings }) => itemView(account, key, { ...said, siblings })),
        ...(next === undefined ? {} : { next }),
        ...said,
      };
    },
  };
}

interface Grouped {
  readonly grouping: Grouping;
  readonly timeZone?: string | undefined;
}

function groupingOf({ groupBy, sum, min, max }: Query): Grouping | undefined {
  if (groupBy === undefined) return undefined;
  return {
    by: parseField(groupBy),
    ...(sum === undefined ? {} : { sum: parseField(sum) }),
    ...(min === undefined ? {} : { min: parseField(min) }),
    ...(max === undefined ? {} : { max: parseField(max) }),
  };
}

function boundsOf(account: Account, { prefix, from, to, after, reverse }: Query): Bounds {
  const given = { prefix, from, to, after };
  return {
    partitionKey: account.id,
    reverse,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** What can be said of two reads together. */
function weaker(a: Answered, b: Answered): Answered {
  const freshness =
    FRESHNESS.find((one) => one === a.freshness || one === b.freshness) ?? a.freshness;
  return {
    freshness,
    answered: Math.min(a.answered, b.answered),
    answeredOwners: Math.min(a.answeredOwners, b.answeredOwners),
  };
}
