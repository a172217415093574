import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compareUtf8 } from '../../src-main/base/bytes.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { partitionOf } from '../../src-main/domain/ring.ts';
import type { ItemStore, ScanRange } from '../../src-main/storage/item-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { accountOf, actorNamed, itemOf, plainVersion } from '../storage/plain-version.ts';
import { gatedDisk, startStore, type DiskPlace } from './store-harness.ts';

/** Little is kept in memory, so that most is read from the disk. */
const SMALL = { cacheBytes: 3000 };

/** Scans, summaries and accounts, whatever the disk beneath. */
export function itemQuerySuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`item queries over ${name}`, () => {
    let place: DiskPlace;
    let store: Store;
    let items: ItemStore;
    beforeEach(async () => {
      place = await make();
      store = await startStore(place.disk(), SMALL);
      items = store.items;
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });

    const put = (account: string, sortKey: string, to: ItemStore = items) => {
      const key = itemOf(account, sortKey);
      return to.merge(key, [plainVersion({ key, dot: { actor: actorNamed('w'), counter: 1 } })]);
    };
    const scan = async (range: Omit<ScanRange, 'partitionKey' | 'limit'> & { limit?: number }) =>
      (await items.scan({ limit: 100, ...range, partitionKey: accountOf('ana') })).map(
        ({ key }) => key.sortKey,
      );

    it('scans one account in the order of the sort keys’ bytes', async () => {
      const names = [
        'cart#2',
        'cart#10',
        'cart#',
        'caru',
        'order#1',
        '',
        'é',
        '\u{1F6D2}',
        '\uFFFD',
      ];
      for (const one of names) await put('ana', one);
      await put('bea', 'cart#3');
      const sorted = [...names].sort(compareUtf8);
      expect(await scan({})).toEqual(sorted);
      expect(await scan({ reverse: true })).toEqual([...sorted].reverse());
      expect(await scan({ prefix: 'cart#' })).toEqual(['cart#', 'cart#10', 'cart#2']);
      expect(await scan({ from: 'cart#10', to: 'order#1' })).toEqual(['cart#10', 'cart#2', 'caru']);
      expect(await scan({ from: 'x', to: 'a' })).toEqual([]);
    });

    it('pages forwards and backwards with `after` and `limit`', async () => {
      const names = Array.from({ length: 25 }, (_, i) => `cart#${String(i).padStart(2, '0')}`);
      await Promise.all(names.map((one) => put('ana', one)));
      for (const reverse of [false, true]) {
        const seen: string[] = [];
        for (let after: string | undefined; ;) {
          const page = await scan({ limit: 4, reverse, ...(after === undefined ? {} : { after }) });
          seen.push(...page);
          after = page.at(-1);
          if (page.length < 4) break;
        }
        expect(seen).toEqual(reverse ? [...names].reverse() : names);
      }
      const from = { prefix: 'cart#1', after: 'cart#11', limit: 3 };
      expect(await scan(from)).toEqual(['cart#12', 'cart#13', 'cart#14']);
      expect(await scan({ ...from, reverse: true })).toEqual(['cart#10']);
    });

    it('fills a page though an item of it is dropped while it is read', async () => {
      const key = itemOf('ana', 'b');
      const large = plainVersion({
        key,
        dot: { actor: actorNamed('w'), counter: 1 },
        size: 20_000,
      });
      for (const one of ['a', 'c', 'd']) await put('ana', one);
      await items.merge(key, [large]);
      const page = scan({ limit: 3 });
      await Promise.all([items.drop([key]), page]);
      const found = await page;
      expect(found).toHaveLength(3);
      expect(found.filter((one) => one !== 'b')).toEqual(
        found.includes('b') ? ['a', 'c'] : ['a', 'c', 'd'],
      );
    });

    it('summarises items without their bytes', async () => {
      const key = itemOf('ana', 'cart#1');
      const versions = ['a', 'b'].map((actor) =>
        plainVersion({ key, dot: { actor: actorNamed(actor), counter: 3 }, size: 20_000 }),
      );
      await items.merge(key, versions);
      await put('ana', 'cart#2');
      const [first] = await items.summaries({ partitionKey: key.partitionKey, limit: 1 });
      expect(first?.key).toEqual(key);
      const [siblings] = await items.scan({ partitionKey: key.partitionKey, limit: 1 });
      expect(first?.versions).toEqual(
        siblings?.siblings.map(({ dot, hash, bytes }) => ({ dot, hash, size: bytes.length })),
      );
      const rest = await items.summaries({
        ...{ partitionKey: key.partitionKey, after: 'cart#1', limit: 10 },
      });
      expect(rest.map((summary) => summary.key.sortKey)).toEqual(['cart#2']);
    });

    it('knows the accounts of partitions, until their last item is gone', async () => {
      const q = 1024;
      const accounts = Array.from({ length: 300 }, (_, i) => accountOf(`account ${i}`));
      await Promise.all(accounts.map((_, i) => put(`account ${i}`, 'cart#1')));
      const of = (wanted: readonly PartitionKey[]) => new Set(wanted.map((a) => partitionOf(a, q)));
      const all = new Set(Array.from({ length: q }, (_, i) => i));
      expect((await items.accountsIn(all)).toSorted()).toEqual(accounts.toSorted());
      const some = accounts.filter((_, i) => i % 3 === 0);
      expect((await items.accountsIn(of(some))).toSorted()).toEqual(
        accounts.filter((a) => of(some).has(partitionOf(a, q))).toSorted(),
      );
      expect(await items.accountsIn(new Set())).toEqual([]);
      await items.drop([itemOf('account 0', 'cart#1')]);
      expect(await items.accountsIn(all)).not.toContain(accounts[0]);
    });

    it('sees writes whose sync is under way, over what is on the disk', async () => {
      await store.stop();
      const disk = gatedDisk(place.disk());
      store = await startStore(disk, SMALL);
      items = store.items;
      for (const one of ['b', 'd', 'f']) await put('ana', one);
      disk.shut();
      const writes = [put('ana', 'a'), put('ana', 'c'), items.drop([itemOf('ana', 'b')])];
      await vi.waitFor(() => expect(disk.waiting).toBe(1));
      expect(await scan({ limit: 3 })).toEqual(['a', 'c', 'd']);
      expect(await scan({ reverse: true, limit: 3 })).toEqual(['f', 'd', 'c']);
      expect(
        await items.summaries({ partitionKey: accountOf('ana'), after: 'a', limit: 10 }),
      ).toHaveLength(3);
      disk.open_();
      await Promise.all(writes);
      expect(await scan({})).toEqual(['a', 'c', 'd', 'f']);
    });

    it('reads like a model after any writes, drops and restarts', async () => {
      const names = ['a', 'a#1', 'b', 'b#\u{10FFFF}', 'c'];
      const act = fc.record({
        what: fc.constantFrom('merge', 'merge', 'merge', 'drop', 'restart'),
        sortKey: fc.constantFrom(...names),
        large: fc.boolean(),
      });
      const run = async (acts: readonly { what: string; sortKey: string; large: boolean }[]) => {
        const model = new Map<string, number>();
        for (const [i, { what, sortKey, large }] of acts.entries()) {
          const key = itemOf('ana', sortKey);
          const dot = { actor: actorNamed(`${i}`), counter: i + 1 };
          if (what === 'merge') {
            await items.merge(key, [plainVersion({ key, dot, size: large ? 17_000 : 10 })]);
            model.set(sortKey, (model.get(sortKey) ?? 0) + 1);
          } else if (what === 'drop') {
            await items.drop([key]);
            model.delete(sortKey);
          } else {
            await store.stop();
            store = await startStore(place.disk(), SMALL);
            items = store.items;
          }
        }
        const found = await items.scan({ partitionKey: accountOf('ana'), limit: 100 });
        expect(found.map(({ key, siblings }) => [key.sortKey, siblings.length])).toEqual(
          [...model].toSorted(([a], [b]) => compareUtf8(a, b)),
        );
        const health = await store.verify();
        expect(health.problems).toEqual([]);
        expect((await items.size()).items).toBe(model.size);
        await items.drop(names.map((sortKey) => itemOf('ana', sortKey)));
      };
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 30 }), (acts) => run(acts)),
        { numRuns: 30 },
      );
    });
  });
}
