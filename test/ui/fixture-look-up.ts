import type { Group, Item, QueryInput } from '../../src-renderer/state/look-up-query.ts';
import type { Money } from '../../src-renderer/wall.ts';
import { brl } from './fixture-views.ts';

/** Items of an account, and queries of them answered as a peer answers them. */
const NOON = Date.UTC(2026, 10, 27, 12);
const DAY = 86_400_000;
const SAID = { freshness: 'local', answered: 1, answeredOwners: 1 } as const;

export function item(sortKey: string, ...values: unknown[]): Item {
  const siblings = values.map((value, i) => ({
    ...{ version: `${sortKey} ${i}`, device: i === 0 ? "Ana's laptop" : 'Shop server' },
    ...{ wallMs: NOON - i * DAY, deleted: false, value: value as never },
  }));
  return { sortKey, context: sortKey, siblings, ...SAID };
}

/** Sixty products, two orders, a cart written apart, and something that was deleted. */
export function larder(): Item[] {
  const categories = ['Pantry', 'Cleaning and everything of the house', 'Garden'];
  const products = Array.from({ length: 60 }, (_, i) =>
    item(`product#${String(i).padStart(3, '0')}`, {
      ...{ title: `Product ${i}`, category: categories[i % 3] ?? '' },
      ...{ price: { ...brl(100 * (i + 1)) }, stock: i },
    }),
  );
  const orders = ['0a', '0b'].map((id) =>
    item(`order#${id.repeat(16)}`, { cart: { name: 'Groceries' }, total: [{ ...brl(8400) }] }),
  );
  const cart = item('cart#c1', { name: 'Groceries', lines: [] }, { name: 'Groceries 2' });
  const [gone] = item('note#1', 1).siblings;
  const note = { ...item('note#1'), siblings: [{ ...gone!, deleted: true, value: undefined }] };
  return [cart, note, ...orders, ...products];
}

export function answerQuery(all: readonly Item[], input: QueryInput) {
  const { prefix = '', from = '', to, after, limit = 100, reverse = false } = input ?? {};
  const inRange = all
    .filter(({ sortKey }) => sortKey.startsWith(prefix) && sortKey >= from)
    .filter(({ sortKey }) => to === undefined || sortKey < to)
    .sort((a, b) => (a.sortKey < b.sortKey === Boolean(reverse) ? 1 : -1));
  if (input?.groupBy !== undefined) return { items: [], groups: groupsOf(inRange, input), ...SAID };
  const start = inRange.findIndex(({ sortKey }) => sortKey === after) + 1;
  const items = inRange.slice(start, start + Number(limit));
  const more = inRange.length > start + items.length;
  return { items, ...(more ? { next: items.at(-1)?.sortKey } : {}), ...SAID };
}

/** What the peer's grouping does (src-main/domain/grouping.ts), of one field and one currency. */
function groupsOf(items: readonly Item[], input: QueryInput): Group[] {
  const { groupBy = '', ...measures } = input ?? {};
  const shown = items.filter(({ siblings: [first] }) => first?.deleted === false);
  const names = [...new Set(shown.map((one) => fieldOf(one, groupBy)))].sort();
  return names.map((name) => {
    const own = shown.filter((one) => fieldOf(one, groupBy) === name);
    const measured = (['sum', 'min', 'max'] as const).flatMap((what) => {
      const field = measures[what];
      return field === undefined ? [] : [[what, amountOf(own, what, field)] as const];
    });
    return { group: name as string, count: own.length, ...Object.fromEntries(measured) };
  });
}

function fieldOf({ sortKey, siblings: [first] }: Item, name: string): unknown {
  const part = /^key\.(\d)$/u.exec(name)?.[1];
  if (part !== undefined) return sortKey.split('#')[Number(part)] ?? null;
  const steps = name.replace(/^value\./u, '').split('.');
  const inside = (value: unknown, step: string) => (value as Record<string, unknown>)?.[step];
  return steps.reduce<unknown>(inside, first?.value) ?? null;
}

const FOLD = {
  sum: (all: readonly number[]) => all.reduce((a, b) => a + b, 0),
  min: (all: readonly number[]) => Math.min(...all),
  max: (all: readonly number[]) => Math.max(...all),
};

function amountOf(items: readonly Item[], what: keyof typeof FOLD, field: string) {
  const found = items.map((one) => fieldOf(one, field));
  const money = found.filter((one): one is Money => typeof one === 'object' && one !== null);
  const numbers = found.filter((one) => typeof one === 'number');
  const [first] = money;
  if (first !== undefined) {
    const value = FOLD[what](money.map(({ amount }) => amount));
    return [{ value, currency: first.currency }];
  }
  return numbers.length === 0 ? [] : [{ value: FOLD[what](numbers) }];
}
