import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemKey, PeerId } from '../../src-main/domain/ids.ts';
import { seenOf, seenOfAll } from '../../src-main/domain/versioned-item.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { accountOf, actorNamed, itemOf, ownWrite, plainVersion } from '../storage/plain-version.ts';
import { startStore, type DiskPlace } from './store-harness.ts';

/** Outbox, hints, epochs, drops and digests, whatever the disk beneath. */
export function itemCareSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`item care over ${name}`, () => {
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

    it('has the versions that left an item, of which the last that count stand', async () => {
      const store = await started();
      const ana = KEY.partitionKey;
      const beside = itemOf('ana', 'cart#2');
      const write = async (key: ItemKey, text: string) => {
        const [version] = await store.items.issue([ownWrite(key, { text })]);
        if (version === undefined) throw new Error('nothing written');
        return version;
      };
      await store.stream.follow(ana);
      const all = () => true;
      expect(await store.items.formerVersions(KEY, all)).toEqual([]);
      const first = await write(KEY, 'first');
      await write(beside, 'another item');
      const second = await write(KEY, 'second');
      await write(beside, 'another item again');
      const third = await write(KEY, 'third');
      const former = (counts = all) => store.items.formerVersions(KEY, counts);
      expect(hashes(await former())).toEqual([second.hash]);
      await store.items.replaceVersions(KEY, { remove: [third.hash], add: [] });
      expect(hashes(await former())).toEqual([third.hash]);
      const counting: (version: { hash: string }) => boolean = ({ hash }) =>
        hash !== second.hash && hash !== third.hash;
      expect(hashes(await former(counting as typeof all))).toEqual([first.hash]);
      // With the changes that let them go they are forgotten.
      await store.stream.trim(ana, { seenBeforeMs: Infinity, passed: [] });
      expect(await former()).toEqual([]);
      expect(await store.items.formerVersions(itemOf('ben', 'x'), all)).toEqual([]);
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
        expect(await items.size()).toEqual({
          ...{ items: 0, bytes: 0, tombstones: 0, tombstoneBytes: 0 },
        });
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
        expect(await items.size()).toEqual({
          ...{ items: 1, bytes: dead.bytes.length },
          ...{ tombstones: 1, tombstoneBytes: dead.bytes.length },
        });
        expect(await items.accountDigest(accountOf('nobody'))).toBe('0'.repeat(64));
      });
    });
  });
}
