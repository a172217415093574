import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Hash, PartitionKey } from '../../src-main/domain/ids.ts';
import { createPartitionHasher } from '../../src-main/domain/merkle-tree.ts';
import { partitionOf } from '../../src-main/domain/ring.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import type { ItemStore } from '../../src-main/storage/item-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { accountOf, actorNamed, itemOf, plainVersion } from '../storage/plain-version.ts';
import { gatedDisk, startStore, type DiskPlace } from './store-harness.ts';

const Q = 16;
const ALL = Array.from({ length: Q }, (_, partition) => partition);

/** The hash trees of every item store, whatever the disk beneath. */
export function hashTreeSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`hash trees over ${name}`, () => {
    let place: DiskPlace;
    let stores: Store[] = [];
    const started = async (disk: Disk = place.disk()): Promise<Store> => {
      const store = await startStore(disk, { q: Q });
      stores.push(store);
      return store;
    };
    beforeEach(async () => {
      place = await make();
    });
    afterEach(async () => {
      for (const store of stores) await store.stop();
      stores = [];
      await place.remove();
    });
    let counter = 0;
    const write = async (items: ItemStore, account: string, sortKey: string) => {
      const key = itemOf(account, sortKey);
      const dot = { actor: actorNamed('a'), counter: ++counter };
      await items.merge(key, [plainVersion({ key, dot })]);
    };
    const names = Array.from({ length: 60 }, (_, i) => `account ${i}`);
    const of = (partition: number) =>
      names.map(accountOf).filter((account) => partitionOf(account, Q) === partition);

    it('lists the accounts of a partition in pages, with items and bytes', async () => {
      const { items } = await started();
      for (const one of names) await write(items, one, 'cart#1');
      await write(items, 'account 0', 'cart#2');
      for (const partition of ALL) {
        const found: PartitionKey[] = [];
        for (let after: PartitionKey | undefined; ;) {
          const page = await items.trees.accounts(partition, after, 2);
          found.push(...page.map((one) => one.partitionKey));
          for (const one of page) {
            expect(one.digest).toBe(await items.accountDigest(one.partitionKey));
            const summaries = await items.summaries({ partitionKey: one.partitionKey, limit: 10 });
            expect(one.items).toBe(summaries.length);
            const sizes = summaries.flatMap((item) => item.versions.map(({ size }) => size));
            expect(one.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
          }
          after = page.at(-1)?.partitionKey;
          if (page.length < 2) break;
        }
        expect(found.toSorted()).toEqual(of(partition).toSorted());
      }
      const [elsewhere] = of(1);
      expect(await items.trees.accounts(0, elsewhere, 10)).toEqual([]);
    });

    it('hashes each partition from its accounts, anew after each write', async () => {
      const { items } = await started();
      expect(await items.trees.partitions(ALL)).toEqual(new Map());
      for (const one of names) await write(items, one, 'cart#1');
      const expected = async (): Promise<ReadonlyMap<number, Hash>> => {
        const out = new Map<number, Hash>();
        for (const partition of ALL) {
          const hasher = createPartitionHasher();
          for (const { partitionKey, digest } of await items.trees.accounts(
            partition,
            undefined,
            100,
          )) {
            hasher.add(partitionKey, digest);
          }
          const hash = hasher.done();
          if (hash !== undefined) out.set(partition, hash);
        }
        return out;
      };
      const before = await items.trees.partitions(ALL);
      expect(before).toEqual(await expected());
      await write(items, 'account 7', 'cart#2');
      const after = await items.trees.partitions(ALL);
      expect(after).toEqual(await expected());
      const moved = ALL.filter((partition) => after.get(partition) !== before.get(partition));
      expect(moved).toEqual([partitionOf(accountOf('account 7'), Q)]);
      await items.drop([itemOf('account 7', 'cart#1'), itemOf('account 7', 'cart#2')]);
      expect(await items.trees.partitions(ALL)).toEqual(await expected());
    });

    it('does not remember what a failed batch showed', async () => {
      const disk = gatedDisk(place.disk());
      const { items } = await started(disk);
      await write(items, 'account 0', 'cart#1');
      const before = await items.trees.partitions(ALL);
      disk.shut();
      const failed = expect(write(items, 'account 0', 'cart#2')).rejects.toBeDefined();
      await expect.poll(() => disk.waiting).toBe(1);
      expect(await items.trees.partitions(ALL)).not.toEqual(before);
      disk.failNext(new Error('no'));
      disk.open_();
      await failed;
      await expect.poll(() => items.trees.partitions(ALL)).toEqual(before);
    });
  });
}
