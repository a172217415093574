import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../src-main/base/bytes.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createStore, type Store, type StoreOptions } from '../../src-main/storage/store.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { actorNamed, itemOf, ownActor, ownWrite, plainVersion } from '../storage/plain-version.ts';
import {
  countingDisk,
  gatedDisk,
  startStore,
  storeComponents,
  type DiskPlace,
  type GatedDisk,
} from './store-harness.ts';

/** Failing syncs, full disks and full queues, whatever the disk beneath. */
export function storeFailureSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`store over ${name} when the disk fails`, () => {
    let place: DiskPlace;
    let disk: GatedDisk;
    let store: Store;
    const restart = async (options: StoreOptions = {}, free?: () => number): Promise<void> => {
      await store?.stop();
      disk = gatedDisk(place.disk());
      const full = { freeBytes: 0, totalBytes: 2 ** 40 };
      if (free !== undefined) disk.space = () => Promise.resolve({ ...full, freeBytes: free() });
      store = await startStore(disk, options);
    };
    beforeEach(async () => {
      place = await make();
      await restart();
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });

    const KEY = itemOf('ana', 'cart#1');
    const KEY2 = itemOf('ana', 'cart#2');
    const version = plainVersion({ key: KEY2, dot: { actor: actorNamed('a'), counter: 1 } });
    const noSpace = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const unchanged = async (): Promise<void> => {
      expect(await store.items.read(KEY)).toEqual([]);
      expect(await store.items.read(KEY2)).toEqual([]);
      expect(await store.items.outboxSize()).toBe(0);
      expect(await store.items.hintBytes()).toBe(0);
      expect(await store.items.size()).toEqual({
        ...{ items: 0, bytes: 0, tombstones: 0, tombstoneBytes: 0 },
      });
      expect(await store.items.accountDigest(KEY.partitionKey)).toBe('0'.repeat(64));
      expect(await store.records.list('ring')).toEqual([]);
      const actor = ownActor(KEY.partitionKey)(store.items.epoch);
      expect(await store.items.issuedCounter(actor)).toBe(0);
    };

    it('rejects every write of the group, and leaves all as it was', async () => {
      const told = vi.fn();
      store.items.on('changed', told);
      store.items.on('outbox', told);
      disk.failNext(noSpace);
      const writes = await Promise.allSettled([
        store.items.issue([ownWrite(KEY)]),
        store.items.merge(KEY2, [version], { hintsFor: ['x' as PeerId] }),
        store.records.put('ring', 'a', utf8('a')),
        store.items.renewEpoch(),
      ]);
      expect(writes.map((w) => w.status === 'rejected' && w.reason.code)).toEqual(
        Array.from({ length: 4 }, () => 'DISK_FULL'),
      );
      expect(store.health().writing).toBe('disk-full');
      await unchanged();
      expect(told).not.toHaveBeenCalled();
      const { epoch } = store.items;
      await restart();
      await unchanged();
      expect(store.items.epoch).toBe(epoch);
      expect((await store.verify()).problems).toEqual([]);
    });

    it('goes on writing once the disk works again, with fresh counters', async () => {
      disk.failNext(new Error('EIO'));
      const failed = expect(store.items.issue([ownWrite(KEY)])).rejects;
      await failed.toMatchObject({ code: 'STORAGE_FAILED', details: { outcome: 'unknown' } });
      const [written] = await store.items.issue([ownWrite(KEY)]);
      expect(written?.dot.counter).toBe(2);
      expect(store.health().writing).toBe('ok');
      expect((await store.verify()).problems).toEqual([]);
    });

    it('takes over a group that was reported as failed but is on the disk', async () => {
      const told = vi.fn();
      store.items.on('changed', told);
      disk.failNext(new Error('EIO'), { kept: true });
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      });
      expect(await store.items.read(KEY)).toEqual([]);
      await store.items.merge(KEY2, [version]);
      const [kept] = await store.items.read(KEY);
      expect(kept?.dot.counter).toBe(1);
      expect(told).toHaveBeenCalledTimes(2);
      expect((await store.items.issue([ownWrite(KEY)]))[0]?.dot.counter).toBe(2);
      expect((await store.verify()).problems).toEqual([]);
    });

    it('finds out by itself whether a failed group is on the disk', async () => {
      const clock = createManualClock();
      await store.stop();
      disk = gatedDisk(place.disk());
      store = createStore({}, { ...storeComponents(), clock, disk });
      await store.start();
      disk.failNext(new Error('EIO'), { kept: true });
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toThrow();
      expect(await store.items.read(KEY)).toEqual([]);
      clock.advance(2000);
      await vi.waitFor(async () => expect(await store.items.read(KEY)).toHaveLength(1));
      expect(store.health().writing).toBe('ok');
    });

    it('refuses what comes after a failure until the disk can be opened again', async () => {
      disk.failNext(new Error('EIO'));
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toThrow();
      const { reopen } = disk;
      disk.reopen = () => Promise.reject(new Error('EIO again'));
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      });
      expect(store.health().writing).toBe('failed');
      disk.reopen = reopen;
      await store.items.issue([ownWrite(KEY)]);
      expect(store.health().writing).toBe('ok');
    });

    it('never goes on over a disk that lost what it had confirmed', async () => {
      await store.items.issue([ownWrite(KEY)]);
      disk.failNext(new Error('EIO'));
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toThrow();
      const { get } = disk;
      disk.get = (key) => (key === 'mstate' ? Promise.resolve(undefined) : get(key));
      for (let i = 0; i < 2; i++) {
        await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject({
          code: 'STORE_DAMAGED',
        });
      }
      disk.get = get;
    });

    it('refuses what grows when the disk is nearly full, and lets the rest through', async () => {
      let free = 2 ** 39;
      await restart({ minFreeBytes: 1000 }, () => free);
      await store.items.issue([ownWrite(KEY)]);
      await store.stop();
      free = 999;
      await restart({ minFreeBytes: 1000 }, () => free);
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject({ code: 'DISK_FULL' });
      expect(await store.items.read(KEY)).toHaveLength(1);
      await store.items.completeOutbox(await store.items.outbox(1));
      await store.items.drop([KEY]);
      expect(await store.items.read(KEY)).toEqual([]);
    });

    it('writes nothing at all while it is full and in doubt of its last group', async () => {
      let free = 2 ** 39;
      const clock = createManualClock();
      await store.stop();
      disk = gatedDisk(place.disk());
      disk.space = () => Promise.resolve({ freeBytes: free, totalBytes: 2 ** 40 });
      store = createStore({ minFreeBytes: 1000 }, { ...storeComponents(), clock, disk });
      await store.start();
      // Nobody waits for it, so it waits a moment for another batch to go with.
      const complete = async (limit: number): Promise<void> => {
        const done = store.items.completeOutbox(await store.items.outbox(limit));
        clock.advance(100);
        return done;
      };
      await store.items.issue([ownWrite(KEY2)]);
      disk.failNext(new Error('EIO'), { kept: true });
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toThrow();
      free = 0;
      clock.advance(2000);
      // It would take the number of the group that is on the disk perhaps, and hide it.
      await expect(complete(1)).rejects.toMatchObject({ code: 'DISK_FULL' });
      free = 2 ** 39;
      clock.advance(2000);
      await complete(1);
      expect(await store.items.outboxSize()).toBe(1);
      expect(await store.items.read(KEY)).toHaveLength(1);
      expect((await store.verify()).problems).toEqual([]);
      await complete(9);
      expect(await store.items.outboxSize()).toBe(0);
    });

    it('lets what nobody waits for go with the next batch, and alone after a moment', async () => {
      const clock = createManualClock();
      await store.stop();
      const counted = countingDisk(place.disk());
      store = createStore({}, { ...storeComponents(), clock, disk: counted });
      await store.start();
      await store.items.issue([ownWrite(KEY), ownWrite(KEY2)]);
      const before = counted.commits;
      const [one, other] = await store.items.outbox(2);
      if (one === undefined || other === undefined) throw new Error('two are in the outbox');
      const first = store.items.completeOutbox([one]);
      await store.items.merge(KEY2, [version]);
      await first;
      expect(counted.commits - before).toBe(1);
      const second = store.items.completeOutbox([other]);
      expect(await store.items.outboxSize()).toBe(1);
      clock.advance(100);
      await second;
      expect(counted.commits - before).toBe(2);
      expect(await store.items.outboxSize()).toBe(0);
    });

    it('takes no new hints below 5 % of free disk', async () => {
      await restart({}, () => 2 ** 40 / 25);
      await store.items.merge(KEY2, []);
      await expect(
        store.items.merge(KEY2, [version], { hintsFor: ['x' as PeerId] }),
      ).rejects.toMatchObject({ code: 'DISK_FULL' });
      await store.items.merge(KEY2, [version]);
    });

    it('refuses more than may wait, before it is begun', async () => {
      await restart({ maxQueued: 5 });
      disk.shut();
      const first = store.items.issue([ownWrite(KEY)]);
      await vi.waitFor(() => expect(disk.waiting).toBe(1));
      const waiting = Array.from({ length: 5 }, () => store.items.issue([ownWrite(KEY2)]));
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject({
        code: 'OVERLOADED',
      });
      disk.open_();
      await Promise.all([first, ...waiting]);
      expect(await store.items.outboxSize()).toBe(2);
    });

    it('bounds what waits and what is in a batch by bytes', async () => {
      await store.stop();
      const counted = countingDisk(place.disk());
      store = await startStore(counted, { maxBatchBytes: 10_000, maxQueuedBytes: 45_000 });
      const before = counted.commits;
      const merges = Array.from({ length: 10 }, (_, i) => {
        const key = itemOf('ana', `cart#${i}`);
        const dot = { actor: actorNamed('a'), counter: i + 1 };
        return store.items.merge(key, [plainVersion({ key, dot, size: 6000 })]);
      });
      const outcomes = await Promise.allSettled(merges);
      expect(outcomes.map((one) => one.status === 'fulfilled')).toEqual([
        ...Array.from({ length: 7 }, () => true),
        ...Array.from({ length: 3 }, () => false),
      ]);
      expect(counted.commits - before).toBe(4);
    });

    it('refuses work when stopped, and finishes what was begun', async () => {
      const writes = Array.from({ length: 10 }, (_, i) =>
        store.items.issue([ownWrite(itemOf('ana', `cart#${i}`))]),
      );
      const stopped = store.stop();
      await Promise.all(writes);
      await stopped;
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject({ code: 'ABORTED' });
    });
  });
}
