/** What a person asks for on the “Look things up” screen, as the contract's query has it. */
import type { Client, Money } from '../wall.ts';

export type QueryInput = Parameters<Client['items']['query']>[0];
export type QueryAnswer = Awaited<ReturnType<Client['items']['query']>>;
export type Item = QueryAnswer['items'][number];
export type Group = NonNullable<QueryAnswer['groups']>[number];
type Value = Item['siblings'][number]['value'];

/** Beginnings of names that Carrossel gives; everything, and one a person types. */
export const KINDS = ['all', 'cart', 'order', 'decision', 'product', 'notice', 'own'] as const;
export type Kind = (typeof KINDS)[number];

/** What stands in the name, when and where it was written, or a field of the value. */
export const GROUPINGS = [
  ...['none', 'part0', 'part1', 'part2', 'year', 'month', 'day', 'device', 'field'],
] as const;
export type GroupingChoice =
  'none' | 'part0' | 'part1' | 'part2' | 'year' | 'month' | 'day' | 'device' | 'field';

export const MEASURES = ['sum', 'min', 'max'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Wish {
  kind: Kind;
  prefix: string;
  from: string;
  to: string;
  reverse: boolean;
  grouping: GroupingChoice;
  /** Of the value, where `grouping` is `field`. */
  field: string;
  /** The field of the value that is added up or compared. */
  number: string;
  measures: Record<Measure, boolean>;
}

export const FIRST_WISH: Wish = {
  ...{ kind: 'all', prefix: '', from: '', to: '', reverse: false },
  ...{ grouping: 'none', field: '', number: '' },
  measures: { sum: true, min: false, max: false },
};

/** Items of one page. */
export const PAGE = 50;
const MAX_FIELDS = 60;
const MAX_DEPTH = 3;

/** A group wants a field that is not named yet. */
export function lacksField({ grouping, field }: Wish): boolean {
  return grouping === 'field' && field.trim() === '';
}

export function queryOf(account: string, wish: Wish): QueryInput {
  const { kind, from, to, reverse } = wish;
  const prefix = kind === 'own' ? wish.prefix : kind === 'all' ? '' : `${kind}#`;
  const given = Object.entries({ prefix, from, to }).filter(([, text]) => text !== '');
  const range = { account, reverse, limit: PAGE, ...Object.fromEntries(given) };
  const groupBy = groupOf(wish);
  if (groupBy === undefined) return range;
  const number = wish.number.trim();
  const measured = MEASURES.filter((one) => number !== '' && wish.measures[one]);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    ...{ ...range, groupBy, timeZone },
    ...Object.fromEntries(measured.map((one) => [one, pathOf(number)])),
  };
}

function groupOf({ grouping, field }: Wish): string | undefined {
  if (grouping === 'none') return undefined;
  if (grouping === 'field') return pathOf(field.trim());
  return grouping.startsWith('part') ? `key.${grouping.slice(4)}` : grouping;
}

/** Always of the value: a field called “month” is not the month of the change. */
function pathOf(field: string): string {
  return field.startsWith('value.') ? field : `value.${field}`;
}

/** Names of fields that the values have, those of numbers and money apart. */
export function fieldsIn(items: readonly Item[]): {
  readonly all: readonly string[];
  readonly numbers: readonly string[];
} {
  const found = new Map<string, boolean>();
  for (const { sortKey, siblings } of items) {
    for (const { value } of siblings) note(value, '', 1, found);
    // What an order keeps is counted by the peer, not written.
    if (sortKey.startsWith('order#')) found.set('kept', true);
  }
  const named = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_FIELDS);
  return {
    all: named.map(([name]) => name),
    numbers: named.filter(([, countable]) => countable).map(([name]) => name),
  };
}

function note(value: Value, path: string, depth: number, found: Map<string, boolean>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, one] of Object.entries(value)) {
    // A dot in a name would be read as a step into the value.
    if (name === '' || name.includes('.') || found.size > 4 * MAX_FIELDS) continue;
    const whole = path === '' ? name : `${path}.${name}`;
    found.set(whole, found.get(whole) === true || isCountable(one));
    if (!isMoney(one) && depth < MAX_DEPTH) note(one, whole, depth + 1, found);
  }
}

function isCountable(value: Value): boolean {
  return (
    typeof value === 'number' || isMoney(value) || (Array.isArray(value) && value.every(isMoney))
  );
}

function isMoney(value: unknown): value is Money {
  if (typeof value !== 'object' || value === null) return false;
  const { amount, currency } = value as Partial<Money>;
  return typeof amount === 'number' && typeof currency === 'string';
}

const MAX_SHORT = 90;

/** A value in one short line: what it is called, if it says so, else how it is written. */
export function shortValue(value: Value): string {
  const named = nameIn(value);
  const text = named ?? (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return text.length > MAX_SHORT ? `${text.slice(0, MAX_SHORT)}…` : text;
}

function nameIn(value: Value): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { name, title, cart } = value as Record<string, Value>;
  const found = [name, title].find((one) => typeof one === 'string' && one !== '');
  return typeof found === 'string' ? found : nameIn(cart ?? null);
}
