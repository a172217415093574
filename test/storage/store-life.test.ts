import { describe, expect, it } from 'vitest';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { containsDot, joinContexts } from '../../src-main/domain/causal-context.ts';
import { seenOf } from '../../src-main/domain/versioned-item.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { LIFE_KEY } from '../../src-main/storage/record-keys.ts';
import { createStore, type Store } from '../../src-main/storage/store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { itemOf, ownWrite } from './plain-version.ts';

const KEY = itemOf('ana', 'cart#1');
const OTHER = itemOf('ana', 'cart#2');
/** More than any process ever writes. */
const FAR = 2 ** 32;

const newDisk = (): MemoryDisk => createMemoryDisk({ random: createSystemRandom() });

/** As after a snapshot of a whole disk that was put back: no birthmark tells. */
function copyOf(disk: MemoryDisk): MemoryDisk {
  return Object.assign(disk.copy(), {
    bears: () => Promise.resolve(true),
    readOutside: () => Promise.resolve(undefined),
  });
}
async function startOn(disk: MemoryDisk): Promise<Store> {
  const store = createStore({}, { ...storeComponents(), disk });
  await store.start();
  return store;
}
async function write(store: Store, key = KEY): Promise<SignedVersion> {
  const [version] = await store.items.issue([ownWrite(key)]);
  return version!;
}

describe('the life of a store', () => {
  it('goes on counting after a stop', async () => {
    const disk = newDisk();
    const first = await startOn(disk);
    await write(first);
    await first.stop();
    const second = await startOn(disk);
    expect((await write(second)).dot.counter).toBe(2);
    await second.stop();
  });

  it('begins far above after an end without one, and covers nothing in between', async () => {
    const disk = newDisk();
    const killed = await startOn(disk);
    const before = await write(killed);
    const next = await startOn(disk);
    const after = await write(next);
    expect(after.dot.counter).toBeGreaterThan(before.dot.counter + FAR);
    expect(containsDot(after.context, before.dot)).toBe(true);
    for (const counter of [before.dot.counter + 1, after.dot.counter - 1])
      expect(containsDot(after.context, { ...before.dot, counter })).toBe(false);
    await next.stop();
    const last = await startOn(disk);
    const later = await write(last);
    expect(later.dot.counter).toBe(after.dot.counter + 1);
    expect(containsDot(later.context, after.dot)).toBe(true);
    expect(containsDot(later.context, { ...before.dot, counter: 2 })).toBe(false);
    await last.stop();
  });

  it.each([
    ['at rest', 1],
    ['before it wrote anything', 0],
  ])('shares no name with the life of a snapshot put back, taken %s', async (_, writes) => {
    const disk = newDisk();
    const one = await startOn(disk);
    for (let i = 0; i < writes; i++) await write(one);
    const [snapshot, again] = [copyOf(disk), copyOf(disk)];
    const lives = [one, await startOn(snapshot), await startOn(again)];
    const versions: SignedVersion[][] = [];
    for (const store of lives) {
      const written: SignedVersion[] = [];
      for (let i = 0; i < 40; i++) written.push(await write(store, i % 3 === 0 ? OTHER : KEY));
      versions.push(written);
    }
    expect(new Set(lives.map((store) => store.items.epoch)).size).toBe(1);
    const dots = versions.flat().map(({ dot }) => dot.counter);
    expect(new Set(dots).size).toBe(dots.length);
    for (const mine of versions) {
      const seen = mine.map(seenOf).reduce(joinContexts);
      for (const theirs of versions.filter((one_) => one_ !== mine).flat())
        expect(containsDot(seen, theirs.dot)).toBe(false);
    }
    await Promise.all(lives.map((store) => store.stop()));
  });

  it('tells apart lives of a snapshot that wrote nothing and were stopped', async () => {
    const disk = newDisk();
    const one = await startOn(disk);
    await write(one);
    const snapshot = copyOf(disk);
    await (await startOn(snapshot)).stop();
    const restored = await startOn(snapshot);
    expect((await write(restored)).dot.counter).toBeGreaterThan(
      (await write(one)).dot.counter + FAR,
    );
    await Promise.all([one.stop(), restored.stop()]);
  });

  it('is not known of a store from before there was such a record: as after a stop', async () => {
    const disk = newDisk();
    const first = await startOn(disk);
    await write(first);
    await first.stop();
    await disk.commit([{ key: LIFE_KEY, value: null }]);
    const second = await startOn(disk);
    expect((await write(second)).dot.counter).toBe(2);
    await second.stop();
  });

  it('begins at one again in a new epoch', async () => {
    const disk = newDisk();
    await write(await startOn(disk));
    const copied = await startOn(
      Object.assign(disk.copy(), { bears: () => Promise.resolve(false) }),
    );
    expect((await write(copied)).dot.counter).toBe(1);
    await copied.stop();
  });

  it('is told as running when the disk does not take its end', async () => {
    const disk = newDisk();
    const first = await startOn(disk);
    const { dot } = await write(first);
    const commit = disk.commit.bind(disk);
    disk.commit = () => Promise.reject(new Error('EIO'));
    await first.stop().catch(() => undefined);
    disk.commit = commit;
    const second = await startOn(disk);
    expect((await write(second)).dot.counter).toBeGreaterThan(dot.counter + FAR);
    await second.stop();
  });
});
