import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import { seenOfAll } from '../../src-main/domain/versioned-item.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import type { ItemChanged } from '../../src-main/storage/item-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { actorNamed, itemOf, ownActor, ownWrite, plainVersion } from '../storage/plain-version.ts';
import { countingDisk, gatedDisk, startStore, type DiskPlace } from './store-harness.ts';

/** What every item store does, whatever the disk beneath. */
export function itemStoreSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`item store over ${name}`, () => {
    let place: DiskPlace;
    let stores: Store[] = [];
    const started = async (disk: Disk = place.disk(), options = {}): Promise<Store> => {
      const store = await startStore(disk, options);
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

    const KEY = itemOf('ana', 'cart#1');
    const A = actorNamed('a');
    const B = actorNamed('b');
    const one = plainVersion({ key: KEY, dot: { actor: A, counter: 1 } });
    const other = plainVersion({ key: KEY, dot: { actor: B, counter: 1 } });
    const both = plainVersion({
      key: KEY,
      dot: { actor: A, counter: 2 },
      context: seenOfAll([one, other]),
    });
    const hashes = (versions: readonly { hash: string }[]) => versions.map((v) => v.hash).sort();

    describe('merge', () => {
      it('keeps versions side by side until one covers them', async () => {
        const { items } = await started();
        expect(await items.read(KEY)).toEqual([]);
        expect((await items.merge(KEY, [one])).each).toEqual(['stored']);
        await items.merge(KEY, [other]);
        expect(hashes(await items.read(KEY))).toEqual(hashes([one, other]));
        const outcome = await items.merge(KEY, [both, one]);
        expect(outcome.each).toEqual(['stored', 'covered']);
        expect(await items.read(KEY)).toEqual([both]);
        expect((await items.merge(KEY, [other])).each).toEqual(['covered']);
      });

      it('writes nothing when nothing changes', async () => {
        const disk = countingDisk(place.disk());
        const { items } = await started(disk);
        const before = disk.commits;
        await items.merge(KEY, [one, other]);
        expect(disk.commits).toBe(before + 1);
        expect((await items.merge(KEY, [one, other])).each).toEqual(['stored', 'stored']);
        await items.merge(KEY, []);
        expect(disk.commits).toBe(before + 1);
      });

      it('tells what changed once it is synced, and what was added', async () => {
        const disk = gatedDisk(place.disk());
        const { items } = await started(disk);
        const seen: ItemChanged[] = [];
        items.on('changed', (event) => seen.push(event));
        disk.shut();
        const merged = items.merge(KEY, [one]);
        await vi.waitFor(() => expect(disk.waiting).toBe(1));
        expect(seen).toEqual([]);
        expect(await items.read(KEY)).toEqual([one]);
        disk.open_();
        await merged;
        expect(seen).toEqual([{ key: KEY, added: [one], siblings: [one], local: false }]);
        await items.merge(KEY, [one, other]);
        expect(seen[1]?.added).toEqual([other]);
      });

      it('keeps two versions with one dot and reports them', async () => {
        const { items } = await started();
        const twin = plainVersion({ key: KEY, dot: one.dot, text: 'copied store' });
        const reported: unknown[] = [];
        items.on('duplicateDot', (event) => reported.push(event));
        await items.merge(KEY, [one]);
        expect((await items.merge(KEY, [twin])).each).toEqual(['stored']);
        expect(hashes(await items.read(KEY))).toEqual(hashes([one, twin]));
        expect(reported).toEqual([{ key: KEY, dot: one.dot }]);
      });

      it('refuses a version of another item', async () => {
        const { items } = await started();
        const stray = plainVersion({ key: itemOf('ana', 'cart#2'), dot: one.dot });
        await expect(items.merge(KEY, [stray])).rejects.toMatchObject({ code: 'INTERNAL' });
        expect(await items.read(KEY)).toEqual([]);
      });

      it('holds large versions and many siblings, and lets go of them', async () => {
        const store = await started();
        const large = plainVersion({ key: KEY, dot: { actor: A, counter: 1 }, size: 300_000 });
        const many = Array.from({ length: 12 }, (_, i) =>
          plainVersion({ key: KEY, dot: { actor: actorNamed(`m${i}`), counter: 1 } }),
        );
        await store.items.merge(KEY, [large]);
        expect(await store.items.read(KEY)).toEqual([large]);
        for (const version of many) await store.items.merge(KEY, [version]);
        expect(hashes(await store.items.read(KEY))).toEqual(hashes([large, ...many]));
        await store.stop();
        const again = await started();
        expect(hashes(await again.items.read(KEY))).toEqual(hashes([large, ...many]));
        const last = plainVersion({
          key: KEY,
          dot: { actor: B, counter: 9 },
          context: seenOfAll([large, ...many]),
        });
        await again.items.merge(KEY, [last]);
        expect(await again.items.read(KEY)).toEqual([last]);
        expect((await again.verify()).state).toBe('sound');
        expect(await again.items.size()).toEqual({
          items: 1,
          bytes: last.bytes.length,
          tombstones: 0,
          tombstoneBytes: 0,
        });
      });
    });

    describe('issue', () => {
      it('gives counters upwards, one for each write, durable with the version', async () => {
        const store = await started();
        const [first] = await store.items.issue([ownWrite(KEY)]);
        const [second, third] = await store.items.issue([
          ownWrite(itemOf('ana', 'cart#2')),
          ownWrite(KEY, { text: 'again' }),
        ]);
        const actor = ownActor(KEY.partitionKey)(store.items.epoch);
        expect([first, second, third].map((v) => v?.dot)).toEqual(
          [1, 2, 3].map((counter) => ({ actor, counter })),
        );
        expect(await store.items.read(KEY)).toEqual([third]);
        expect(third?.context.get(actor)).toEqual([[1, 2]]);
        expect(await store.items.issuedCounter(actor)).toBe(3);
        expect(await store.items.highestKnownCounter(actor)).toBe(3);
        await store.stop();
        const again = await started();
        expect(await again.items.issuedCounter(actor)).toBe(3);
        expect((await again.items.issue([ownWrite(KEY)]))[0]?.dot.counter).toBe(4);
      });

      it('claims no counter of its own for an item that holds none of its versions', async () => {
        const { items } = await started();
        await items.issue([ownWrite(KEY), ownWrite(KEY)]);
        const [version] = await items.issue([ownWrite(itemOf('ana', 'cart#2'))]);
        expect(version?.dot.counter).toBe(3);
        expect(version?.context).toEqual(EMPTY_CONTEXT);
      });

      it('goes above every counter met, so that nothing here covers the new version', async () => {
        const { items } = await started();
        const actor = ownActor(KEY.partitionKey)(items.epoch);
        const met = plainVersion({
          key: KEY,
          dot: { actor: B, counter: 1 },
          context: new Map([[actor, [[1, 7]]]]),
        });
        await items.merge(KEY, [met]);
        expect(await items.issuedCounter(actor)).toBe(0);
        expect(await items.highestKnownCounter(actor)).toBe(7);
        const [version] = await items.issue([ownWrite(KEY, { context: EMPTY_CONTEXT })]);
        expect(version?.dot.counter).toBe(8);
        expect(hashes(await items.read(KEY))).toEqual(hashes([met, version!]));
      });

      it('writes nothing when a build throws, of the other requests neither', async () => {
        const disk = countingDisk(place.disk());
        const { items } = await started(disk);
        const before = disk.commits;
        const failing = {
          ...ownWrite(KEY),
          build: () => {
            throw new RangeError('no');
          },
        };
        const writes = [
          items.issue([ownWrite(itemOf('ana', 'cart#2')), failing]),
          items.issue([ownWrite(itemOf('ana', 'cart#3'))]),
        ];
        await expect(writes[0]).rejects.toThrow('no');
        await writes[1];
        expect(disk.commits).toBe(before + 1);
        expect(await items.read(itemOf('ana', 'cart#2'))).toEqual([]);
        expect(await items.outboxSize()).toBe(1);
        expect((await items.size()).items).toBe(1);
      });

      it('serialises writes of one item: each sees the one before', async () => {
        const { items } = await started();
        const writes = await Promise.all(
          Array.from({ length: 30 }, (_, i) => items.issue([ownWrite(KEY, { text: `${i}` })])),
        );
        expect(writes.map(([v]) => v?.dot.counter)).toEqual(
          Array.from({ length: 30 }, (_, i) => i + 1),
        );
        expect(await items.read(KEY)).toEqual(writes.at(-1));
      });

      it('shares syncs among writes that come together', async () => {
        const disk = countingDisk(place.disk());
        const { items } = await started(disk);
        const before = disk.commits;
        await Promise.all(
          Array.from({ length: 100 }, (_, i) =>
            items.issue([ownWrite(itemOf('ana', `cart#${i}`))]),
          ),
        );
        expect(disk.commits - before).toBeLessThan(5);
        expect((await items.size()).items).toBe(100);
      });
    });
  });
}
