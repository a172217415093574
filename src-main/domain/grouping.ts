/**
 * Items in groups, with counts and sums, like SQL's GROUP BY over one range (DESIGN §2 Queries).
 * Groups grow page by page: what was counted so far goes in, a new value comes out.
 */
import { AppError } from '../base/app-error.ts';
import { compareUtf8 } from '../base/bytes.ts';

export type Plain =
  null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** One item as it is counted. */
export interface GroupRow {
  readonly sortKey: string;
  /** Who wrote it. */
  readonly device: string;
  /** The day it was written, `2026-11-27`. */
  readonly day: string;
  readonly value: Plain;
}

export interface Grouping {
  readonly by: Field;
  readonly sum?: Field | undefined;
  readonly min?: Field | undefined;
  readonly max?: Field | undefined;
}

/** What a row says under the name of a field; undefined when it says nothing. */
export type Field = (row: GroupRow) => Plain | undefined;

/** A number, or one of a currency: those of different currencies are never added. */
export interface Amount {
  readonly value: number;
  readonly currency?: string;
}

export type GroupName = null | boolean | number | string;

export interface Group {
  /** null: items that do not have the field. */
  readonly group: GroupName;
  readonly count: number;
  /** Of the items that have a number there; one for each currency. */
  readonly sum?: Amount[];
  readonly min?: Amount[];
  readonly max?: Amount[];
}

type Measure = 'sum' | 'min' | 'max';
type Amounts = ReadonlyMap<string, number>;

/** By currency ('' for plain numbers) what was measured of a group. */
interface Counted extends Readonly<Record<Measure, Amounts>> {
  readonly name: GroupName;
  readonly count: number;
}
/** Groups counted so far, by their names. */
export type Groups = ReadonlyMap<string, Counted>;

export const NO_GROUPS: Groups = new Map();
export const MAX_GROUPS = 1000;

const MEASURES: readonly Measure[] = ['sum', 'min', 'max'];
const FOLD: Record<Measure, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  min: Math.min,
  max: Math.max,
};
const DAY_DIGITS: Readonly<Record<string, number>> = { year: 4, month: 7, day: 10 };

/**
 * A field by its name: `key.N` is the part of the sort key after its N-th `#` (`key.0` what stands
 * before the first), `year`, `month`, `day` and `device` say when and where the item was written,
 * all else is a path into the value (`price.amount`, `lines.0.title`); `value.` in front makes any
 * name a path. @throws BAD_REQUEST
 */
export function parseField(text: string): Field {
  const part = /^key\.(\d{1,3})$/.exec(text)?.[1];
  if (part !== undefined) return ({ sortKey }) => sortKey.split('#')[Number(part)];
  const digits = Object.hasOwn(DAY_DIGITS, text) ? DAY_DIGITS[text] : undefined;
  if (digits !== undefined) return ({ day }) => day.slice(0, digits);
  if (text === 'device') return ({ device }) => device;
  const path = text.replace(/^value\./, '').split('.');
  if (path.includes('')) {
    throw new AppError('BAD_REQUEST', `"${text}" is not the name of a field.`, {
      details: { field: text },
    });
  }
  return ({ value }) => path.reduce<Plain | undefined>(memberOf, value);
}

/** The groups with these rows counted too. @throws LIMIT_EXCEEDED: more than 1,000 groups */
export function groupMore(groups: Groups, rows: Iterable<GroupRow>, grouping: Grouping): Groups {
  const out = new Map(groups);
  for (const row of rows) {
    const name = nameOf(grouping.by(row));
    const key = JSON.stringify(name);
    const before = out.get(key);
    if (before === undefined && out.size >= MAX_GROUPS) {
      throw new AppError('LIMIT_EXCEEDED', 'That makes more than 1,000 groups: ask for less.', {
        details: { maxGroups: MAX_GROUPS },
      });
    }
    const measured = MEASURES.map((measure): [Measure, Amounts] => {
      const found = amountsIn(grouping[measure]?.(row));
      return [measure, folded(before?.[measure] ?? new Map(), found, FOLD[measure])];
    });
    const amounts = Object.fromEntries(measured) as Record<Measure, Amounts>;
    out.set(key, { name, count: (before?.count ?? 0) + 1, ...amounts });
  }
  return out;
}

/** In the order of their names: none first, then numbers, then texts by their bytes. */
export function listGroups(groups: Groups, grouping: Grouping): readonly Group[] {
  return [...groups.values()]
    .sort((a, b) => compareNames(a.name, b.name))
    .map((counted) => ({
      group: counted.name,
      count: counted.count,
      ...Object.fromEntries(
        MEASURES.filter((measure) => grouping[measure] !== undefined).map((measure) => [
          measure,
          listAmounts(counted[measure]),
        ]),
      ),
    }));
}

function memberOf(value: Plain | undefined, name: string): Plain | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as { readonly [name: string]: Plain })[name];
}

/** What is no single value stands under its JSON. */
function nameOf(value: Plain | undefined): GroupName {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** By currency: a number, money, or several of them, added up. */
function amountsIn(value: Plain | undefined): Amounts {
  if (typeof value === 'number') return new Map([['', value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  if (isList(value)) {
    const none: Amounts = new Map();
    return value.map(amountsIn).reduce((all, one) => folded(all, one, FOLD.sum), none);
  }
  const { amount, currency } = value as { readonly [name: string]: Plain };
  if (typeof amount !== 'number' || typeof currency !== 'string') return new Map();
  return new Map([[currency, amount]]);
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

function folded(all: Amounts, more: Amounts, fold: (a: number, b: number) => number): Amounts {
  if (more.size === 0) return all;
  const out = new Map(all);
  for (const [currency, value] of more) {
    const before = out.get(currency);
    out.set(currency, before === undefined ? value : fold(before, value));
  }
  return out;
}

function listAmounts(amounts: Amounts): Amount[] {
  return [...amounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, value]) => (currency === '' ? { value } : { value, currency }));
}

const RANKS = ['object', 'boolean', 'number', 'string'];

function compareNames(a: GroupName, b: GroupName): number {
  const ranks = RANKS.indexOf(typeof a) - RANKS.indexOf(typeof b);
  if (ranks !== 0) return ranks;
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b);
  return Number(a) - Number(b);
}
