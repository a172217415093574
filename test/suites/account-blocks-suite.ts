import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareUtf8 } from '../../src-main/base/bytes.ts';
import {
  addSums,
  digestOfHash,
  EMPTY_SUM,
  rangesBetween,
  sumOfItem,
  type ItemSum,
  type KeyRange,
} from '../../src-main/domain/merkle-tree.ts';
import type { Hash } from '../../src-main/domain/ids.ts';
import { seenOfAll } from '../../src-main/domain/versioned-item.ts';
import {
  decodeTally,
  EMPTY_TALLY,
  encodeTally,
  type AccountTally,
} from '../../src-main/storage/account-record.ts';
import { openRecord, sealRecord } from '../../src-main/storage/checked-record.ts';
import type { ItemStore } from '../../src-main/storage/item-store.ts';
import { createRecordKeys } from '../../src-main/storage/record-keys.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { accountOf, actorNamed, itemOf, plainVersion } from '../storage/plain-version.ts';
import { startStore, type DiskPlace } from './store-harness.ts';

const ACCOUNT = accountOf('ana');
const A = actorNamed('a');

/** Ranges and blocks of large accounts, whatever the disk beneath. */
export function accountBlocksSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`blocks of an account over ${name}`, () => {
    let place: DiskPlace;
    let store: Store;
    let counter = 0;
    beforeEach(async () => {
      place = await make();
      store = await startStore(place.disk());
      counter = 0;
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });
    const write = async (items: ItemStore, sortKey: string) => {
      const key = itemOf('ana', sortKey);
      const held = await items.read(key);
      const dot = { actor: A, counter: ++counter };
      await items.merge(key, [plainVersion({ key, dot, context: seenOfAll(held) })]);
    };
    const fill = (items: ItemStore, count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => write(items, nameOf(i))));
    const nameOf = (i: number) => `item#${String((i * 7919) % 100_000).padStart(6, '0')}é`;
    const restart = async () => {
      await store.stop();
      store = await startStore(place.disk());
    };
    /** What the store says, against what its items say one by one. */
    const checkRanges = async (items: ItemStore, bounds: readonly string[]) => {
      const all = await items.trees.list(ACCOUNT, {}, 100_000);
      const expected = ({ from, to }: KeyRange): ItemSum =>
        all
          .filter(({ key }) => from === undefined || compareUtf8(key.sortKey, from) >= 0)
          .filter(({ key }) => to === undefined || compareUtf8(key.sortKey, to) < 0)
          .map(({ versions }) => sumOfItem(versions.map(({ hash }) => hash)))
          .reduce(addSums, EMPTY_SUM);
      const ranges = rangesBetween({}, [...new Set(bounds)].sort(compareUtf8));
      expect(await items.trees.sums(ACCOUNT, ranges)).toEqual(ranges.map(expected));
      const [total] = await items.trees.sums(ACCOUNT, [{}]);
      expect(total?.digest).toBe(digestOfHash((await items.accountDigest(ACCOUNT)) as Hash));
    };

    it.each([0, 5, 255, 700])('tells the sum of any range of %d items', async (count) => {
      await fill(store.items, count);
      const bound = fc.oneof(
        fc.integer({ min: 0, max: 800 }).map(nameOf),
        fc.string({ maxLength: 12, unit: 'grapheme' }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(bound, { maxLength: 6 }), (bounds) =>
          checkRanges(store.items, bounds),
        ),
        { numRuns: 20 },
      );
    });

    it('cuts a range into parts of about as many items, down to single ones', async () => {
      await fill(store.items, 1200);
      const { trees } = store.items;
      let range: KeyRange = {};
      for (let left = 1200; left > 1;) {
        const boundaries = await trees.cut(ACCOUNT, range, 8);
        const parts = rangesBetween(range, boundaries);
        expect(parts.length).toBeLessThanOrEqual(8);
        expect(boundaries).toEqual(boundaries.toSorted(compareUtf8));
        const sums = await trees.sums(ACCOUNT, parts);
        expect(sums.reduce((all, { items }) => all + items, 0)).toBe(left);
        const largest = Math.max(...sums.map(({ items }) => items));
        expect(largest).toBeLessThanOrEqual(Math.max(1, Math.ceil(left / 2)));
        range = parts[sums.findIndex(({ items }) => items === largest)] ?? {};
        left = largest;
      }
    });

    it('stays right while items come, change and go', async () => {
      await fill(store.items, 300);
      await checkRanges(store.items, [nameOf(10), nameOf(200)]);
      const bounds = [nameOf(3), nameOf(77), nameOf(401)];
      await fill(store.items, 900);
      await checkRanges(store.items, bounds);
      const first = Array.from({ length: 200 }, (_, i) => itemOf('ana', nameOf(i)));
      await store.items.drop(first);
      await checkRanges(store.items, bounds);
      // Many between two neighbours: their block has to be divided.
      for (let i = 0; i < 600; i++)
        await write(store.items, `item#05${String(i).padStart(9, '0')}`);
      await checkRanges(store.items, [...bounds, 'item#05', 'item#050000001', 'item#0500000017']);
    });

    it('counts what is written meanwhile once', async () => {
      await fill(store.items, 1000);
      await restart();
      const asked = store.items.trees.sums(ACCOUNT, [{}]);
      const written = fill(store.items, 1100);
      await asked;
      await store.items.trees.check();
      await written;
      await checkRanges(store.items, [nameOf(5), nameOf(1050)]);
      expect((await store.items.trees.check()).mended).toEqual([]);
    });

    it('is read from disk after a restart, and made again when it does not add up', async () => {
      await fill(store.items, 600);
      await store.items.trees.sums(ACCOUNT, [{}]);
      await restart();
      const disk = place.disk();
      const key = createRecordKeys().blocks(ACCOUNT);
      await store.stop();
      await disk.open();
      const written = await disk.get(key);
      expect(written).toBeDefined();
      await disk.close();
      store = await startStore(place.disk());
      await checkRanges(store.items, [nameOf(9)]);
      await write(store.items, 'another');
      await store.stop();
      await disk.open();
      // An older one put back: it tells of one item less.
      await disk.commit([{ key, value: written ?? null }]);
      await disk.close();
      store = await startStore(place.disk());
      await checkRanges(store.items, [nameOf(9), 'b']);
    });

    it('mends a tally that is wrong, and one that is missing, and loses nothing', async () => {
      await fill(store.items, 400);
      const small = itemOf('bea', 'cart');
      await store.items.merge(small, [plainVersion({ key: small, dot: { actor: A, counter: 1 } })]);
      const size = await store.items.size();
      const digests = () =>
        Promise.all([ACCOUNT, small.partitionKey].map((one) => store.items.accountDigest(one)));
      const before = await digests();
      await store.stop();
      await falsify((tally) => ({ ...tally, items: tally.items + 1, digest: tally.digest ^ 1n }));
      store = await startStore(place.disk());
      expect(await digests()).not.toEqual(before);
      const partitions = await store.items.trees.partitions([0, 1, 2, 3]);
      const { accounts, mended } = await store.items.trees.check();
      expect(accounts).toBe(2);
      expect(mended.toSorted()).toEqual([ACCOUNT, small.partitionKey].toSorted());
      expect(await digests()).toEqual(before);
      expect((await store.items.trees.check()).mended).toEqual([]);
      expect(await store.items.trees.list(ACCOUNT, {}, 1000)).toHaveLength(400);
      expect(partitions).toBeDefined();
      expect((await store.items.size()).bytes).toBe(size.bytes);
    });

    /** Ana's tally is altered, Bea's is deleted, behind the store's back. */
    async function falsify(alter: (tally: AccountTally) => AccountTally): Promise<void> {
      const disk = place.disk();
      const keys = createRecordKeys();
      const key = keys.account(ACCOUNT);
      await disk.open();
      const raw = await disk.get(key);
      const tally = raw === undefined ? EMPTY_TALLY : decodeTally(openRecord(key, raw));
      const body = encodeTally(alter(tally));
      await disk.commit([
        { key, value: sealRecord(key, { body }).raw },
        { key: keys.account(accountOf('bea')), value: null },
      ]);
      await disk.close();
    }
  });
}
