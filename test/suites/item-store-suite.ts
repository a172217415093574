import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { seenOf, seenOfAll } from '../../src-main/domain/versioned-item.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import type { ItemChanged } from '../../src-main/storage/item-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import {
  accountOf,
  actorNamed,
  itemOf,
  ownActor,
  ownWrite,
  plainVersion,
} from '../storage/plain-version.ts';
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
    const X = 'peer-x' as PeerId;
    const Y = 'peer-y' as PeerId;
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

    describe('outbox', () => {
      it('lists own writes oldest first, and forgets those completed', async () => {
        const store = await started();
        const keys = Array.from({ length: 5 }, (_, i) => itemOf('ana', `cart#${9 - i}`));
        for (const key of keys) await store.items.issue([ownWrite(key)]);
        await store.items.merge(itemOf('ana', 'other'), []);
        expect((await store.items.outbox(3)).map(({ key }) => key)).toEqual(keys.slice(0, 3));
        const [first, second] = await store.items.outbox(2);
        await store.items.completeOutbox([first!]);
        await store.items.completeOutbox([first!]);
        await store.stop();
        const { items } = await started();
        expect(await items.outboxSize()).toBe(4);
        expect((await items.outbox(1))[0]).toEqual(second);
        expect(hashes(await items.read(first!.key))).toEqual([first!.hash]);
      });

      it('drops an entry in the batch in which something covers its version', async () => {
        const { items } = await started();
        const [mine] = await items.issue([ownWrite(KEY)]);
        const told: unknown[] = [];
        items.on('outbox', (event) => told.push(event));
        await items.merge(KEY, [other]);
        expect(await items.outboxSize()).toBe(1);
        const cover = plainVersion({
          key: KEY,
          dot: { actor: B, counter: 2 },
          context: seenOfAll([mine!, other]),
        });
        await items.merge(KEY, [cover]);
        expect(await items.outboxSize()).toBe(0);
        expect(told).toEqual([{ key: KEY }]);
        await items.issue([ownWrite(KEY)]);
        await items.issue([ownWrite(KEY)]);
        expect(await items.outbox(10)).toHaveLength(1);
      });
    });

    describe('hints', () => {
      it('are stored with the version, listed by owner and deleted', async () => {
        const store = await started();
        await store.items.merge(KEY, [one], { hintsFor: [X, Y] });
        await store.items.merge(KEY, [one], { hintsFor: [X] });
        expect(await store.items.hintBytes()).toBe(2 * one.bytes.length);
        await store.stop();
        const { items } = await started();
        expect(await items.hintOwners()).toEqual([X, Y]);
        const [hint] = await items.hintsFor(X, 10);
        expect(hint).toEqual({ owner: X, key: KEY, dot: one.dot, hash: one.hash });
        await items.deleteHints([hint!, hint!]);
        expect(await items.hintsFor(X, 10)).toEqual([]);
        expect(await items.hintOwners()).toEqual([Y]);
        expect(await items.hintBytes()).toBe(one.bytes.length);
      });

      it('name what covers a version that came too late', async () => {
        const { items } = await started();
        await items.merge(KEY, [both]);
        await items.merge(KEY, [one], { hintsFor: [X] });
        expect((await items.hintsFor(X, 10)).map((hint) => hint.hash)).toEqual([both.hash]);
      });

      it('are refused beyond their bound, with nothing stored', async () => {
        const { items } = await started(place.disk(), { maxHintBytes: one.bytes.length });
        await items.merge(KEY, [one], { hintsFor: [X] });
        const key = itemOf('bea', 'cart#1');
        const late = plainVersion({ key, dot: { actor: A, counter: 1 } });
        await expect(items.merge(key, [late], { hintsFor: [X] })).rejects.toMatchObject({
          code: 'QUOTA_EXCEEDED',
        });
        expect(await items.read(key)).toEqual([]);
        expect(await items.hintBytes()).toBe(one.bytes.length);
      });
    });

    describe('replaceVersions', () => {
      it('takes versions off and puts others in their place, outbox and hints included', async () => {
        const store = await started();
        const { items } = store;
        await items.merge(KEY, [one]);
        const [mine] = await items.issue([ownWrite(KEY)]);
        await items.merge(KEY, [mine!], { hintsFor: [X] });
        const gone = { remove: [mine!.hash, other.hash], add: [one] };
        expect(await items.replaceVersions(KEY, gone)).toEqual([one]);
        expect(await items.read(KEY)).toEqual([one]);
        expect(await items.outboxSize()).toBe(0);
        expect(await items.hintsFor(X, 10)).toEqual([]);
        expect((await store.verify()).state).toBe('sound');
        expect(await items.replaceVersions(KEY, { remove: [one.hash], add: [] })).toEqual([]);
        expect((await items.size()).items).toBe(0);
      });
    });

    describe('epoch', () => {
      it('is the same after a restart, and another after renewal, before the next issue', async () => {
        const store = await started();
        const first = store.items.epoch;
        await store.stop();
        const again = await started();
        expect(again.items.epoch).toBe(first);
        expect(again.health().renewed).toBeUndefined();
        const renewed = again.items.renewEpoch();
        const [version] = await again.items.issue([ownWrite(KEY)]);
        expect(await renewed).not.toBe(first);
        expect(version?.epoch).toBe(await renewed);
        expect(again.items.epoch).toBe(await renewed);
        expect(again.epochs).toEqual([await renewed, first]);
        await again.stop();
        expect((await started()).items.epoch).toBe(await renewed);
      });
    });

    describe('drop', () => {
      it('deletes items, but not one with a write still to deliver', async () => {
        const store = await started();
        const { items } = store;
        await items.merge(KEY, [one]);
        const own = itemOf('bea', 'cart#1');
        await items.issue([ownWrite(own)]);
        await items.drop([KEY, own, itemOf('ana', 'not here')]);
        expect(await items.read(KEY)).toEqual([]);
        expect(await items.read(own)).toHaveLength(1);
        expect(await items.accountDigest(KEY.partitionKey)).toBe('0'.repeat(64));
        await items.completeOutbox(await items.outbox(10));
        await items.drop([own]);
        expect(await items.size()).toEqual({ items: 0, bytes: 0, tombstones: 0 });
        expect((await store.verify()).state).toBe('sound');
      });
    });

    describe('account digests', () => {
      it('are equal exactly when the siblings are, whatever the order they came in', async () => {
        const { items } = await started();
        const second = await make();
        const twin = await startStore(second.disk());
        const lone = plainVersion({ key: itemOf('ana', 'x'), dot: { actor: A, counter: 5 } });
        await items.merge(KEY, [one]);
        await items.merge(lone.key, [lone]);
        await items.merge(KEY, [other]);
        await items.merge(KEY, [both]);
        await twin.items.merge(lone.key, [lone]);
        const account = KEY.partitionKey;
        expect(await items.accountDigest(account)).not.toBe(
          await twin.items.accountDigest(account),
        );
        await twin.items.merge(KEY, [both]);
        expect(await items.accountDigest(account)).toBe(await twin.items.accountDigest(account));
        await twin.stop();
        await second.remove();
      });

      it('and sizes see tombstones', async () => {
        const { items } = await started();
        const dead = plainVersion({
          key: KEY,
          dot: { actor: B, counter: 2 },
          kind: 'tombstone',
          context: seenOf(one),
        });
        await items.merge(KEY, [one]);
        await items.merge(KEY, [dead]);
        expect(await items.size()).toEqual({ items: 1, bytes: dead.bytes.length, tombstones: 1 });
        expect(await items.accountDigest(accountOf('nobody'))).toBe('0'.repeat(64));
      });
    });
  });
}
