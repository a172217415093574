import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { containsDot } from '../../src-main/domain/causal-context.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createStore, type Store } from '../../src-main/storage/store.ts';
import { gatedDisk, storeComponents, type GatedDisk } from '../suites/store-harness.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { itemOf, ownActor, ownWrite } from './plain-version.ts';

const KEY = itemOf('ana', 'cart#1');
const OTHER = itemOf('ana', 'cart#2');

describe('counters reserved for a burst of writes', () => {
  let place: Disk;
  let disk: GatedDisk;
  let store: Store;
  let clock: ReturnType<typeof createManualClock>;
  /** What left while its batch was on its way. */
  let left: readonly SignedVersion[];

  /** A new process over the same disk; the one before is just not there any more. */
  async function start(): Promise<void> {
    clock = createManualClock();
    disk = gatedDisk(place);
    store = createStore({}, { ...storeComponents(), clock, disk });
    await store.start();
    left = [];
  }
  const leave = (versions: readonly SignedVersion[]): void => {
    left = [...left, ...versions];
  };
  const write = (key = KEY, text = ''): Promise<readonly SignedVersion[]> =>
    store.items.issue([ownWrite(key, { text })], [], leave);
  /** The first writes of a burst reserve counters for those that follow. */
  async function beginBurst(): Promise<void> {
    await write();
    await write();
  }
  const reservedUpTo = (): Promise<number> =>
    store.items.issuedCounter(ownActor(KEY.partitionKey)(store.items.epoch));

  beforeEach(async () => {
    place = createMemoryDisk({ random: createSystemRandom() });
    await start();
  });
  afterEach(() => store.stop());

  it('lets nothing leave before it is durable while none are reserved', async () => {
    await write();
    clock.advance(10_000);
    await write();
    expect(left).toEqual([]);
    expect(await reservedUpTo()).toBe(2);
  });

  it('lets a version of a burst leave while its batch is on its way', async () => {
    await beginBurst();
    disk.shut();
    const settled = vi.fn();
    const written = write().then((versions) => {
      settled();
      return versions;
    });
    await vi.waitFor(() => expect(left).toHaveLength(1));
    expect(settled).not.toHaveBeenCalled();
    disk.open_();
    expect((await written).map(({ hash }) => hash)).toEqual(left.map(({ hash }) => hash));
  });

  it('does so for as long as the burst goes on', async () => {
    await beginBurst();
    for (let i = 0; i < 1500; i++) await write(OTHER);
    expect(left).toHaveLength(1500);
    expect(await reservedUpTo()).toBeGreaterThan(1502);
  });

  it('never with records alongside: they are not elsewhere', async () => {
    await beginBurst();
    const alongside = [{ space: 'function', name: 'f', value: null }] as const;
    await store.items.issue([ownWrite(KEY)], alongside, leave);
    expect(left).toEqual([]);
  });

  it('gives no counter twice after a crash that lost what had left, and covers none', async () => {
    await beginBurst();
    disk.shut();
    const lost = write();
    lost.catch(() => undefined);
    await vi.waitFor(() => expect(left).toHaveLength(1));
    const [out] = left;
    await start();
    expect(await reservedUpTo()).toBeGreaterThanOrEqual(out!.dot.counter);
    const [first] = await write();
    const [second] = await write();
    expect(first!.dot.counter).toBeGreaterThan(out!.dot.counter);
    for (const version of [first, second])
      expect(containsDot(version!.context, out!.dot)).toBe(false);
    expect(containsDot(second!.context, first!.dot)).toBe(true);
    // Nor does a later process, which knows of that crash from the disk only.
    await store.stop();
    await start();
    const [third] = await write();
    expect(containsDot(third!.context, out!.dot)).toBe(false);
    expect(third!.dot.counter).toBe(second!.dot.counter + 1);
  });

  it('covers no version that left while its batch failed', async () => {
    await beginBurst();
    disk.failNext(new Error('EIO'));
    await expect(write()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    const [out] = left;
    const [next] = await write();
    expect(next!.dot.counter).toBeGreaterThan(out!.dot.counter);
    expect(containsDot(next!.context, out!.dot)).toBe(false);
    await store.stop();
    await start();
    const [later] = await write();
    expect(containsDot(later!.context, out!.dot)).toBe(false);
    expect(containsDot(later!.context, next!.dot)).toBe(true);
  });

  it('gives back what a burst did not use', async () => {
    await beginBurst();
    const [last] = await write();
    expect(await reservedUpTo()).toBeGreaterThan(last!.dot.counter);
    await vi.waitFor(async () => {
      clock.advance(500);
      expect(await reservedUpTo()).toBe(last!.dot.counter);
    });
    await store.stop();
    await start();
    const [next] = await write();
    expect(next!.dot.counter).toBe(last!.dot.counter + 1);
    expect(containsDot(next!.context, last!.dot)).toBe(true);
  });

  it('leaves no timer behind, also of what is written while the store stops', async () => {
    await beginBurst();
    await Promise.allSettled([write(), store.stop(), write()]);
    expect(clock.scheduled).toBe(0);
  });

  it('gives it back at a stop', async () => {
    await beginBurst();
    await store.stop();
    await start();
    expect(await reservedUpTo()).toBe(2);
  });
});
