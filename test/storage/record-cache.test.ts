import { describe, expect, it } from 'vitest';
import { utf8, utf8ToString } from '../../src-main/base/bytes.ts';
import { sealRecord } from '../../src-main/storage/checked-record.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createRecordCache } from '../../src-main/storage/record-cache.ts';
import { storeComponents } from '../suites/store-harness.ts';

const record = (key: string, text: string) => sealRecord(key, { body: utf8(text) });

function slowDisk() {
  const disk = createMemoryDisk(storeComponents());
  const reads: { key: string; go: () => void }[] = [];
  const slow: Disk = {
    ...disk,
    async get(key) {
      const value = await disk.get(key);
      await new Promise<void>((go) => reads.push({ key, go }));
      return value;
    },
  };
  const put = (key: string, text: string) => disk.commit([{ key, value: record(key, text).raw }]);
  return { slow, put, reads };
}

describe('record cache', () => {
  it('does not keep what a commit overtook while it was read', async () => {
    const { slow, put, reads } = slowDisk();
    const cache = createRecordCache({ maxBytes: 10_000 }, { disk: slow });
    await put('a', 'old');
    const early = cache.get('a');
    await expect.poll(() => reads.length).toBe(1);
    await put('a', 'new');
    cache.apply(new Map([['a', record('a', 'new')]]));
    reads[0]?.go();
    expect(utf8ToString((await early)!.body)).toBe('old');
    expect(utf8ToString((await cache.get('a'))!.body)).toBe('new');
  });

  it('reads once for all who ask meanwhile, and remembers what is absent', async () => {
    const { slow, reads } = slowDisk();
    const cache = createRecordCache({ maxBytes: 10_000 }, { disk: slow });
    const asked = [cache.get('a'), cache.get('a')];
    await expect.poll(() => reads.length).toBe(1);
    reads[0]?.go();
    expect(await Promise.all(asked)).toEqual([undefined, undefined]);
    expect(await cache.get('a')).toBeUndefined();
    expect(cache.peek('a')).toBeNull();
    expect(reads).toHaveLength(1);
    cache.clear();
    expect(cache.peek('a')).toBeUndefined();
  });

  it('stays within its bound, and keeps what is used', async () => {
    const cache = createRecordCache({ maxBytes: 50_000 }, { disk: slowDisk().slow });
    const names = Array.from({ length: 500 }, (_, i) => `k${i}`);
    for (const key of names) {
      cache.apply(new Map([[key, record(key, 'x'.repeat(400))]]));
      await cache.get('k0');
    }
    const kept = names.filter((key) => cache.peek(key) !== undefined);
    expect(kept[0]).toBe('k0');
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length).toBeLessThan(50);
    expect(kept.slice(1)).toEqual(names.slice(-(kept.length - 1)));
  });
});
