import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../src-main/base/app-error.ts';
import { utf8 } from '../../src-main/base/bytes.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { countingDisk, startStore, type DiskPlace } from './store-harness.ts';

/** What every record store does, whatever the disk beneath. */
export function recordStoreSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`record store over ${name}`, () => {
    let place: DiskPlace;
    let store: Store;
    beforeEach(async () => {
      place = await make();
      store = await startStore(place.disk());
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });

    it('keeps records by space and name across restarts', async () => {
      await store.records.put('ring', 'settings', utf8('one'));
      await store.records.put('member', 'settings', utf8('two'));
      await store.records.put('ring', 'settings', utf8('three'));
      await store.stop();
      store = await startStore(place.disk());
      expect(await store.records.get('ring', 'settings')).toEqual(utf8('three'));
      expect(await store.records.get('member', 'settings')).toEqual(utf8('two'));
      expect(await store.records.get('invite', 'settings')).toBeUndefined();
    });

    it('lists a space in the order of the names’ bytes', async () => {
      const names = ['b', 'a', 'é', '\u{1F6D2}', '\uFFFD', 'a/1'];
      for (const one of names) await store.records.put('account', one, utf8(one));
      await store.records.put('setting', 'x', utf8('x'));
      const listed = await store.records.list('account');
      expect(listed.map((record) => record.name)).toEqual([
        'a',
        'a/1',
        'b',
        'é',
        '\uFFFD',
        '\u{1F6D2}',
      ]);
      expect(listed[0]?.value).toEqual(utf8('a'));
      expect(await store.records.list('share')).toEqual([]);
    });

    it('lists what begins like a prefix, and nothing else of the space', async () => {
      for (const one of ['a/1', 'a/2', 'a', 'b/1', 'é/1']) {
        await store.records.put('account', one, utf8(one));
      }
      await store.records.put('share', 'a/3', utf8('x'));
      const names = async (prefix: string) =>
        (await store.records.list('account', prefix)).map(({ name }) => name);
      expect(await names('a/')).toEqual(['a/1', 'a/2']);
      expect(await names('é')).toEqual(['é/1']);
      expect(await names('c')).toEqual([]);
    });

    it('refuses what is asked while it stops with the code of a store that is closed', async () => {
      const names = Array.from({ length: 1203 }, (_, i) => `${i}`);
      await Promise.all(names.map((one) => store.records.put('account', one, utf8(one))));
      let stopped = false;
      const codes = new Set<unknown>();
      const asked: Promise<unknown>[] = [];
      const ask = (): void => {
        for (const work of [() => store.records.list('account'), () => store.verify()]) {
          asked.push(work().catch((error: unknown) => codes.add((error as AppError).code)));
        }
        asked.push(store.records.get('account', '7').catch((e: AppError) => codes.add(e.code)));
      };
      ask();
      const stopping = store.stop().then(() => (stopped = true));
      while (!stopped) {
        ask();
        await new Promise(setImmediate);
      }
      await stopping;
      ask();
      await Promise.all(asked);
      expect([...codes].filter((code) => code !== 'ABORTED')).toEqual([]);
    });

    it('lists more than a page', async () => {
      const names = Array.from({ length: 1203 }, (_, i) => String(i).padStart(5, '0'));
      await Promise.all(names.map((one) => store.records.put('idempotency', one, utf8(one))));
      expect((await store.records.list('idempotency')).map((r) => r.name)).toEqual(names);
    });

    it('deletes, and writes nothing that changes nothing', async () => {
      await store.stop();
      const disk = countingDisk(place.disk());
      store = await startStore(disk);
      await store.records.put('invite', 'one', utf8('1'));
      const before = disk.commits;
      await store.records.put('invite', 'one', utf8('1'));
      await store.records.delete('invite', 'other');
      expect(disk.commits).toBe(before);
      await store.records.delete('invite', 'one');
      expect(await store.records.get('invite', 'one')).toBeUndefined();
      expect((await store.verify()).state).toBe('sound');
    });

    it('hands out copies, and keeps none of the caller’s bytes', async () => {
      const value = utf8('abc');
      const written = store.records.put('setting', 'a', value);
      value[0] = 0;
      await written;
      (await store.records.get('setting', 'a'))?.fill(0);
      expect(await store.records.get('setting', 'a')).toEqual(utf8('abc'));
    });

    it('refuses names and values that are too large', async () => {
      const tooLarge = { code: 'LIMIT_EXCEEDED' };
      const name = 'n'.repeat(600);
      await expect(store.records.put('ring', name, utf8(''))).rejects.toMatchObject(tooLarge);
      const value = new Uint8Array(1024 * 1024 + 1);
      await expect(store.records.put('ring', 'v', value)).rejects.toMatchObject(tooLarge);
    });
  });
}
