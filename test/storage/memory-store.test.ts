import { describe, expect, it } from 'vitest';
import { createSystemRandom } from '../../src-main/base/random.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createMemoryStore } from '../../src-main/storage/memory-store.ts';
import { accountBlocksSuite } from '../suites/account-blocks-suite.ts';
import { changeStreamSuite } from '../suites/change-stream-suite.ts';
import { hashTreeSuite } from '../suites/hash-tree-suite.ts';
import { itemCareSuite } from '../suites/item-care-suite.ts';
import { itemQuerySuite } from '../suites/item-query-suite.ts';
import { itemStoreSuite } from '../suites/item-store-suite.ts';
import { recordStoreSuite } from '../suites/record-store-suite.ts';
import { storeFailureSuite } from '../suites/store-failure-suite.ts';
import { startStore, storeComponents } from '../suites/store-harness.ts';
import { storeRepairSuite } from '../suites/store-repair-suite.ts';
import { itemOf, ownWrite } from './plain-version.ts';

const memoryPlace = () => {
  const disk = createMemoryDisk({ random: createSystemRandom() });
  return Promise.resolve({ disk: () => disk, remove: () => Promise.resolve() });
};

changeStreamSuite('memory', memoryPlace);
itemStoreSuite('memory', memoryPlace);
itemCareSuite('memory', memoryPlace);
hashTreeSuite('memory', memoryPlace);
accountBlocksSuite('memory', memoryPlace);
itemQuerySuite('memory', memoryPlace);
recordStoreSuite('memory', memoryPlace);
storeFailureSuite('memory', memoryPlace);
storeRepairSuite('memory', memoryPlace);

describe('memory disk', () => {
  const KEY = itemOf('ana', 'cart#1');

  it('loses at a crash exactly what was not synced', async () => {
    const syncing = { wait: Promise.resolve() };
    const random = createSystemRandom();
    const disk = createMemoryDisk({ random, syncDelay: () => syncing.wait });
    const store = await startStore(disk);
    const [kept] = await store.items.issue([ownWrite(KEY)]);
    const { promise, resolve } = Promise.withResolvers<void>();
    syncing.wait = promise;
    const lost = store.items.issue([ownWrite(KEY, { text: 'lost' })]);
    await expect.poll(() => store.items.read(KEY)).not.toEqual([kept]);
    const survivor = disk.crash();
    resolve();
    await expect(lost).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    syncing.wait = Promise.resolve();
    const again = createMemoryStore({ disk: survivor }, storeComponents());
    await again.start();
    expect(await again.items.read(KEY)).toEqual([kept]);
    expect(again.health()).toMatchObject({ state: 'sound', renewed: undefined });
    expect((await again.verify()).problems).toEqual([]);
  });

  it('reads a block that has grown once, however many writes make it larger meanwhile', async () => {
    const disk = createMemoryDisk({ random: createSystemRandom() });
    let read = 0;
    const counted: Disk = {
      ...disk,
      get doubt() {
        return disk.doubt;
      },
      async entries(range, options) {
        const found = await disk.entries(range, options);
        read += found.length;
        return found;
      },
    };
    const store = await startStore(counted);
    const items = 3000;
    for (let at = 0; at < items; at += 100) {
      const names = Array.from({ length: 100 }, (_, i) => `item#${1e6 + at + i}`);
      await Promise.all(names.map((name) => store.items.issue([ownWrite(itemOf('ana', name))])));
    }
    // Blocks of 64 are divided at 257: four reads for three new ones, and what came meanwhile.
    expect(read).toBeLessThan(3 * items);
    await store.stop();
  });

  it('renews the epoch of a copy and of an older store put back', async () => {
    const disk = createMemoryDisk({ random: createSystemRandom() });
    let store = await startStore(disk);
    const { epoch } = store.items;
    const copy = disk.copy();
    await store.items.issue([ownWrite(KEY)]);
    await store.stop();
    const copied = await startStore(copy);
    expect(copied.items.epoch).not.toBe(epoch);
    expect(copied.health()).toMatchObject({ state: 'sound', renewed: 'copied' });
    disk.putBack(copy);
    store = await startStore(disk);
    expect(store.health()).toMatchObject({ state: 'sound', renewed: 'copied' });
    expect([epoch, copied.items.epoch]).not.toContain(store.items.epoch);
  });
});
