import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareUtf8 } from '../../src-main/base/bytes.ts';
import type { Query } from '../../src-main/app/query-service.ts';
import { createHousehold, oneFamily, type Household, type Machine } from './household.ts';
import { eur, line, name, shopping } from './order-family.ts';

let home: Household;
beforeEach(() => {
  home = createHousehold('queries');
});
afterEach(() => home.stopAll());

const DEFAULTS = { limit: 100, reverse: false };
const query = (on: Machine, input: Partial<Query>) =>
  home.run(on.app.items.query({ ...DEFAULTS, ...input }));
const keysOf = (page: { items: readonly { sortKey: string }[] }) =>
  page.items.map(({ sortKey }) => sortKey);

/** All pages of a query, with what `between` does after each. */
async function allPages(on: Machine, input: Partial<Query>, between = async () => {}) {
  const keys: string[] = [];
  for (let after: string | undefined, pages = 0; ; pages++) {
    expect(pages).toBeLessThan(200);
    const page = await query(on, { ...input, after });
    keys.push(...keysOf(page));
    if (page.next === undefined) return keys;
    expect(page.next).toBe(page.items.at(-1)?.sortKey);
    after = page.next;
    await between();
  }
}

describe('a query', () => {
  it('gives what a model in memory gives, for any range, in any pages', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    const letter = fc.constantFrom('a', 'b', '#', 'é', '\u{1F6D2}');
    const key = fc.string({ unit: letter, minLength: 1, maxLength: 3 });
    const stored = new Set(fc.sample(key, { numRuns: 60, seed: 7 }));
    for (const sortKey of stored)
      await home.run(kitchen.app.items.put({ sortKey, value: sortKey }));
    const sorted = [...stored].sort(compareUtf8);
    const bounds = fc.record({ prefix: key, from: key, to: key, after: key }, { requiredKeys: [] });
    const ask = async (asked: Partial<Query>, limit: number, reverse: boolean) => {
      const { prefix = '', from, to, after } = asked;
      const matching = (reverse ? sorted.toReversed() : sorted)
        .filter((one) => one.startsWith(prefix))
        .filter((one) => from === undefined || compareUtf8(one, from) >= 0)
        .filter((one) => to === undefined || compareUtf8(one, to) < 0)
        .filter((one) => {
          const order = after === undefined ? 1 : compareUtf8(one, after);
          return reverse && after !== undefined ? order < 0 : order > 0;
        });
      const page = await query(kitchen, { ...asked, limit, reverse });
      expect(keysOf(page)).toEqual(matching.slice(0, limit));
      expect(page.next).toBe(matching.length > limit ? matching[limit - 1] : undefined);
      expect(page.items.map(({ siblings }) => siblings[0]?.value)).toEqual(keysOf(page));
    };
    await fc.assert(fc.asyncProperty(bounds, fc.integer({ min: 1, max: 20 }), fc.boolean(), ask), {
      numRuns: 150,
    });
  });

  it('pages without a repetition or a gap while others write, and drop, other items', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    const still = Array.from({ length: 30 }, (_, i) => `n#${String(i).padStart(2, '0')}`);
    for (const sortKey of still) await home.run(kitchen.app.items.put({ sortKey, value: 1 }));
    for (const reverse of [false, true]) {
      let n = 0;
      const writes = async () => {
        // New ones before, in and after the page; old ones again; some gone outright.
        for (const place of ['n#', 'n#1', 'n#15', 'n#29']) {
          const sortKey = `${place}-${reverse}-${n++}`;
          await home.run((n % 2 === 0 ? kitchen : office).app.items.put({ sortKey, value: n }));
          if (n % 3 === 0) {
            const key = { partitionKey: kitchen.app.accounts.list()[0]!.id, sortKey };
            await home.run(kitchen.store.items.drop([key as never]));
          }
        }
      };
      const keys = await allPages(kitchen, { prefix: 'n#', limit: 4, reverse }, writes);
      expect(new Set(keys).size).toBe(keys.length);
      const untouched = keys.filter((one) => still.includes(one));
      expect(untouched).toEqual(reverse ? still.toReversed() : still);
    }
  });

  it('fills its pages past what is hidden, and says when there is no next one', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    // `account#…` items lie between these.
    for (const sortKey of ['a', 'z1', 'z2']) {
      await home.run(kitchen.app.items.put({ sortKey, value: sortKey }));
    }
    const first = await query(kitchen, { limit: 2 });
    expect([keysOf(first), first.next]).toEqual([['a', 'z1'], 'z1']);
    const second = await query(kitchen, { limit: 1, after: 'z1' });
    expect([keysOf(second), second.next]).toEqual([['z2'], undefined]);
    const none = await query(kitchen, { prefix: 'account#' });
    expect([none.items, none.next]).toEqual([[], undefined]);
  });
});

describe('a query in groups', () => {
  it('counts by a part of the key and by a field, with sums', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    const puts = [
      ['visit#may#1', { shop: 'Corner', spent: 10 }],
      ['visit#may#2', { shop: 'Market', spent: 2.5 }],
      ['visit#june#1', { shop: 'Corner', spent: 40 }],
      ['visit#june#2', { shop: 'Corner' }],
      ['other#1', { shop: 'Corner', spent: 1000 }],
    ] as const;
    for (const [sortKey, value] of puts) {
      await home.run(kitchen.app.items.put({ sortKey, value: { ...value } }));
    }
    const gone = await home.run(kitchen.app.items.put({ sortKey: 'visit#may#3', value: 1 }));
    await home.run(kitchen.app.items.delete({ sortKey: 'visit#may#3', context: gone.context }));
    const byMonth = await query(kitchen, { prefix: 'visit#', groupBy: 'key.1', sum: 'spent' });
    expect(byMonth).toMatchObject({
      items: [],
      groups: [
        { group: 'june', count: 2, sum: [{ value: 40 }] },
        { group: 'may', count: 2, sum: [{ value: 12.5 }] },
      ],
    });
    const byShop = { prefix: 'visit#', groupBy: 'shop', min: 'spent', max: 'spent' };
    expect((await query(kitchen, byShop)).groups).toEqual([
      { group: 'Corner', count: 3, min: [{ value: 10 }], max: [{ value: 40 }] },
      { group: 'Market', count: 1, min: [{ value: 2.5 }], max: [{ value: 2.5 }] },
    ]);
    await expect(query(kitchen, { groupBy: 'day', timeZone: 'Mars/Base' })).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    );
  });

  it('counts more items than one page holds, each once', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    const numbers = Array.from({ length: 1203 }, (_, i) => i);
    for (let at = 0; at < numbers.length; at += 100) {
      const some = numbers.slice(at, at + 100);
      await home.run(
        Promise.all(some.map((n) => kitchen.app.items.put({ sortKey: `n#${n}`, value: { n } }))),
      );
    }
    const { groups } = await query(kitchen, { prefix: 'n#', groupBy: 'key.0', sum: 'n' });
    const sum = [{ value: (1202 * 1203) / 2 }];
    expect(groups).toEqual([{ group: 'n', count: 1203, sum }]);
  });

  it('counts an open choice once, by the same version on every machine', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    home.cut([kitchen], [office]);
    await home.pass(5000);
    await home.run(kitchen.app.items.put({ sortKey: 'n#1', value: { a: 'k' } }));
    await home.run(office.app.items.put({ sortKey: 'n#1', value: { a: 'o' } }));
    home.heal();
    await home.until(
      () => query(kitchen, { prefix: 'n#' }),
      ({ items }) => items[0]?.siblings.length === 2,
    );
    const here = await query(kitchen, { prefix: 'n#', groupBy: 'a' });
    const there = await home.until(
      () => query(office, { prefix: 'n#', groupBy: 'a' }),
      ({ groups }) => groups?.[0]?.group === here.groups?.[0]?.group,
    );
    expect(here.groups).toEqual([{ group: expect.any(String) as string, count: 1 }]);
    expect(there.groups).toEqual(here.groups);
  });

  it('adds up orders by month: all of them, and what they keep', async () => {
    const { checkout, family } = shopping(home);
    const [kitchen, office] = await family(['kitchen', 'office']);
    home.cut([kitchen], [office]);
    await home.pass(5000);
    await checkout(kitchen);
    await checkout(office);
    home.heal();
    await home.until(
      () => kitchen.app.orders.list({ limit: 10 }),
      ({ orders }) => orders.length === 2,
    );
    await home.run(kitchen.app.carts.addLines({ name, lines: [line('Tea', 300)] }));
    const month = new Date(home.clock.wallMs()).toISOString().slice(0, 7);
    const sums = async (sum: string) =>
      (await query(kitchen, { prefix: 'order#', groupBy: 'month', sum })).groups;
    const money = ({ amount, currency }: ReturnType<typeof eur>) => ({ value: amount, currency });
    expect(await sums('total')).toEqual([{ group: month, count: 2, sum: [money(eur(1500))] }]);
    expect(await sums('kept')).toEqual([{ group: month, count: 2, sum: [money(eur(750))] }]);
    const { months } = await home.run(kitchen.app.orders.spending({}));
    expect(months).toMatchObject([{ month, totals: [eur(750)] }]);
  });
});
