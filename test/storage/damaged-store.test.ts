import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { startStore, storeComponents } from '../suites/store-harness.ts';
import { actorNamed, itemOf, ownWrite, plainVersion } from './plain-version.ts';

describe('a store whose files were damaged', () => {
  let dir: string;
  let store: Store;
  const ITEMS = 400;

  const start = async (): Promise<Store> => {
    store = createLevelStore({ dir }, storeComponents());
    await store.start();
    return store;
  };
  const files = async (end: string) => {
    const names = await readdir(join(dir, 'store'));
    return names.filter((name) => name.endsWith(end)).map((name) => join(dir, 'store', name));
  };
  /** Its write-ahead log, the largest one. */
  const log = async () => {
    const all = await Promise.all(
      (await files('.log')).map(async (path) => ({ path, size: (await readFile(path)).length })),
    );
    return all.toSorted((a, b) => b.size - a.size)[0]!;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'carrossel-damaged-'));
    await start();
    for (let i = 0; i < ITEMS; i++) {
      const key = itemOf('ana', `cart#${i}`);
      const dot = { actor: actorNamed('a'), counter: i + 1 };
      await store.items.merge(key, [plainVersion({ key, dot, size: 800 })]);
    }
    await store.stop();
  });
  afterEach(async () => {
    await store.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('tells that the tail is lost when its log was cut, and begins a new epoch', async () => {
    const { path, size } = await log();
    await truncate(path, size - 20_000);
    const health = (await start()).health();
    expect(health).toMatchObject({ state: 'damaged', renewed: 'tail-lost' });
    expect(health.lostGroups).toBeGreaterThan(5);
    const { items } = await store.items.size();
    expect(items).toBeLessThan(ITEMS);
    expect(items).toBeGreaterThan(ITEMS / 2);
    await store.stop();
    expect((await start()).health()).toMatchObject({ state: 'damaged', renewed: undefined });
  });

  it('does not let LevelDB begin anew, and clear away the tables, when CURRENT is gone', async () => {
    await (await start()).stop();
    const tables = await files('.ldb');
    await rm(join(dir, 'store', 'CURRENT'));
    store = createLevelStore({ dir }, storeComponents());
    await expect(store.start()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(tables.length).toBeGreaterThan(0);
    expect(await files('.ldb')).toEqual(tables);
  });

  it('tells that all is lost when the store is gone but for the file outside it', async () => {
    await rm(join(dir, 'store'), { recursive: true });
    expect((await start()).health()).toMatchObject({ state: 'damaged', renewed: 'tail-lost' });
    expect(store.health().lostGroups).toBeGreaterThanOrEqual(ITEMS);
  });

  it('finds flipped bytes in a table by checksum, at a read and in a scan', async () => {
    await (await start()).stop();
    const [table] = (await files('.ldb')).slice(-1);
    const bytes = await readFile(table!);
    bytes.fill(0xa5, 60_000, 60_064);
    await writeFile(table!, bytes);
    await start();
    expect(store.health().state).toBe('sound');
    const reads = await Promise.allSettled(
      Array.from({ length: ITEMS }, (_, i) => store.items.read(itemOf('ana', `cart#${i}`))),
    );
    const failed = reads.filter((read) => read.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(10);
    for (const { reason } of failed) expect(reason).toMatchObject({ code: 'STORE_DAMAGED' });
    expect(store.health().state).toBe('damaged');
    expect((await store.verify()).problems.map(({ kind }) => kind)).toContain('bad-record');
  });

  it('finds groups missing from the middle of the log by count and digest', async () => {
    const { path, size } = await log();
    const file = await open(path, 'r+');
    await file.write(new Uint8Array(64), 0, 64, Math.floor(size / 2));
    await file.close();
    await start();
    const health = await store.verify();
    expect(health.state).toBe('damaged');
    await store.stop();
    expect((await start()).health().state).toBe('damaged');
  });

  it('refuses to open what LevelDB calls corrupt', async () => {
    await writeFile(join(dir, 'store', 'CURRENT'), '');
    store = createLevelStore({ dir }, storeComponents());
    await expect(store.start()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});

describe('a store whose records were damaged', () => {
  const KEY = itemOf('ana', 'cart#1');
  let disk: Disk;
  let store: Store;

  beforeEach(async () => {
    disk = createMemoryDisk(storeComponents());
    store = await startStore(disk);
    await store.items.issue([ownWrite(KEY)]);
    await store.stop();
  });
  const alter = async (kind: string, change: (value: Uint8Array) => Uint8Array | null) => {
    const range = { from: kind, to: `${kind}\xff` };
    const [entry] = await disk.entries(range, { limit: 1 });
    await disk.commit([{ key: entry!.key, value: change(entry!.value) }]);
    store = await startStore(disk);
  };

  it('counts anew when the record that counts is gone, and says so', async () => {
    await alter('mstate', () => null);
    expect(store.health()).toMatchObject({ state: 'damaged', renewed: 'tail-lost' });
    expect(store.health().problems[0]).toMatchObject({ kind: 'state-missing' });
    expect(await store.items.size()).toMatchObject({ items: 1 });
    expect(await store.items.outboxSize()).toBe(1);
    expect((await store.verify()).problems).toHaveLength(2);
  });

  it('begins a new epoch, as damaged, when the record of its epochs is gone', async () => {
    await alter('mepoch', () => null);
    expect(store.health()).toMatchObject({ state: 'damaged', renewed: 'tail-lost' });
  });

  it('sees a record that is missing, and one that is an older one', async () => {
    await alter('o', () => null);
    const missing = await store.verify();
    expect(missing.problems.map(({ kind }) => kind)).toEqual(['count-differs']);
    disk = createMemoryDisk(storeComponents());
    store = await startStore(disk);
    await store.items.issue([ownWrite(KEY)]);
    const [old] = await disk.entries({ from: 'i', to: 'j' }, { limit: 1 });
    await store.items.issue([ownWrite(KEY)]);
    await disk.commit([old!]);
    const older = await store.verify();
    expect(older.problems.map(({ kind }) => kind)).toEqual(['digest-differs']);
  });

  it('refuses a changed record, but reads and writes the others', async () => {
    await alter('i', (value) => value.with(70, (value[70] ?? 0) ^ 1) as Uint8Array);
    const damaged = { code: 'STORE_DAMAGED' };
    await expect(store.items.read(KEY)).rejects.toMatchObject(damaged);
    await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject(damaged);
    const other = itemOf('bea', 'cart#1');
    await store.items.issue([ownWrite(other)]);
    expect(await store.items.read(other)).toHaveLength(1);
    const health = store.health();
    expect(health.problems).toHaveLength(1);
  });

  it('refuses a store of a newer format', async () => {
    const { sealRecord } = await import('../../src-main/storage/checked-record.ts');
    const body = new Uint8Array(105);
    body[0] = 2;
    await disk.commit([{ key: 'mstate', value: sealRecord('mstate', { body }).raw }]);
    await expect(startStore(disk)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });

  it('ends a scan when told to', async () => {
    store = await startStore(disk);
    const gone = AbortSignal.abort();
    await expect(store.verify({ signal: gone })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(store.health().verified).toBeUndefined();
  });
});
