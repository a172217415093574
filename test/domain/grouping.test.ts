import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  groupMore,
  listGroups,
  MAX_GROUPS,
  NO_GROUPS,
  parseField,
  type Grouping,
  type GroupRow,
  type Plain,
} from '../../src-main/domain/grouping.ts';

const row = (value: Plain, sortKey = 'order#2026-11#7'): GroupRow => ({
  ...{ sortKey, device: 'kitchen', day: '2026-11-27', value },
});
const grouped = (rows: readonly GroupRow[], grouping: Grouping) =>
  listGroups(groupMore(NO_GROUPS, rows, grouping), grouping);

describe('fields of items', () => {
  it('are parts of the sort key, the time, the device, or paths into the value', () => {
    const item = row({ month: 'May', lines: [{ title: 'Tea' }], price: { amount: 5 } });
    const read = (name: string) => parseField(name)(item);
    expect(['key.0', 'key.1', 'key.2', 'key.3'].map(read)).toEqual([
      ...['order', '2026-11', '7', undefined],
    ]);
    expect(['year', 'month', 'day', 'device'].map(read)).toEqual([
      ...['2026', '2026-11', '2026-11-27', 'kitchen'],
    ]);
    expect(['value.month', 'lines.0.title', 'price.amount', 'price.tax', 'lines.9.title'].map(read))
      // A value's own members only: nothing of JavaScript's.
      .toEqual(['May', 'Tea', 5, undefined, undefined]);
    expect(['constructor', 'lines.length', '__proto__'].map(read)).toEqual([
      ...[undefined, 1, undefined],
    ]);
  });

  it('are refused when they name nothing', () => {
    for (const name of ['', 'a..b', '.a', 'value.'])
      expect(() => parseField(name)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});

describe('groups', () => {
  const by = parseField('kind');

  it('add numbers, and money of each currency by itself', () => {
    const eur = (amount: number) => ({ amount, currency: 'EUR' });
    const rows = [
      row({ kind: 'a', paid: [eur(100), { amount: 7, currency: 'BRL' }, eur(50)] }),
      row({ kind: 'a', paid: eur(30) }),
      row({ kind: 'a', paid: 'nothing' }),
      row({ kind: 2, paid: 1.5 }),
      row({ paid: 2 }),
    ];
    const paid = parseField('paid');
    expect(grouped(rows, { by, sum: paid, min: paid, max: paid })).toEqual([
      { group: null, count: 1, sum: [{ value: 2 }], min: [{ value: 2 }], max: [{ value: 2 }] },
      { group: 2, count: 1, sum: [{ value: 1.5 }], min: [{ value: 1.5 }], max: [{ value: 1.5 }] },
      {
        ...{ group: 'a', count: 3 },
        sum: [
          { value: 7, currency: 'BRL' },
          { value: 180, currency: 'EUR' },
        ],
        min: [
          { value: 7, currency: 'BRL' },
          { value: 30, currency: 'EUR' },
        ],
        max: [
          { value: 7, currency: 'BRL' },
          { value: 150, currency: 'EUR' },
        ],
      },
    ]);
  });

  it('are a thousand at most', () => {
    const rows = Array.from({ length: MAX_GROUPS + 1 }, (_, kind) => row({ kind }));
    expect(() => grouped(rows, { by })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    expect(grouped(rows.slice(1), { by })).toHaveLength(MAX_GROUPS);
  });

  it('say the same as counting all at once, however the pages are cut', () => {
    const value = fc.record(
      {
        kind: fc.oneof(fc.constantFrom('a', 'b', 'é', null, true, false), fc.nat(3)),
        n: fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant('text')),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(value), fc.array(fc.nat(20)), (values, cuts) => {
        const n = parseField('n');
        const grouping: Grouping = { by, sum: n, min: n, max: n };
        const rows = values.map((one) => row(one as Plain));
        let groups = NO_GROUPS;
        let at = 0;
        for (const cut of [...cuts, rows.length]) {
          groups = groupMore(groups, rows.slice(at, at + cut), grouping);
          at += cut;
        }
        groups = groupMore(groups, rows.slice(at), grouping);
        const listed = listGroups(groups, grouping);
        // The model: for each name, the rows of that name, looked at by themselves.
        const names = new Set(values.map(({ kind }) => kind ?? null));
        expect(new Set(listed.map(({ group }) => group))).toEqual(names);
        for (const { group, count, sum, min, max } of listed) {
          const own = values.filter(({ kind }) => (kind ?? null) === group);
          const numbers = own.flatMap((one) => (typeof one.n === 'number' ? [one.n] : []));
          const amount = (found: number) => (numbers.length === 0 ? [] : [{ value: found }]);
          expect(count).toBe(own.length);
          expect(sum).toEqual(amount(numbers.reduce((a, b) => a + b, 0)));
          expect(min).toEqual(amount(Math.min(...numbers)));
          expect(max).toEqual(amount(Math.max(...numbers)));
        }
      }),
    );
  });
});
