import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  StreamChange,
  StreamPosition,
  StreamReading,
} from '../../src-main/storage/change-stream.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { accountOf, actorNamed, itemOf, ownWrite, plainVersion } from '../storage/plain-version.ts';
import { countingDisk, gatedDisk, startStore, type DiskPlace } from './store-harness.ts';

const ANA = accountOf('ana');
const keyOf = (n: number | string) => itemOf('ana', `note#${n}`);
const hashes = (versions: readonly { readonly hash: string }[]) => versions.map((one) => one.hash);

/** Reads page by page until nothing is left. */
async function readAll(
  { stream }: Pick<Store, 'stream'>,
  from: StreamPosition | undefined,
  reading: StreamReading = { limit: 3 },
) {
  const changes: StreamChange[] = [];
  let [position, gaps] = [from, 0];
  for (let pages = 0; pages < 10_000; pages++) {
    const page = await stream.read(ANA, position, reading);
    changes.push(...page.changes);
    position = page.position;
    if (page.gap) gaps++;
    if (page.caughtUp) return { changes, position, gaps };
  }
  throw new Error('the stream has no end');
}

/** What every change stream does, whatever the disk beneath. */
export function changeStreamSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`change stream over ${name}`, () => {
    let place: DiskPlace;
    let stores: Store[] = [];
    const started = async (disk: Disk = place.disk(), options = {}): Promise<Store> => {
      const store = await startStore(disk, options);
      stores.push(store);
      return store;
    };
    const write = async (store: Store, n: number | string, text: string, size = 40) => {
      const [version] = await store.items.issue([ownWrite(keyOf(n), { text, size })]);
      if (version === undefined) throw new Error('nothing written');
      return version;
    };
    beforeEach(async () => {
      place = await make();
    });
    afterEach(async () => {
      for (const store of stores) await store.stop();
      stores = [];
      await place.remove();
    });

    it('keeps nothing of an account that is not followed', async () => {
      const store = await started();
      await store.stream.follow(ANA);
      await store.items.issue([ownWrite(itemOf('bea', 'note#1'))]);
      await expect(store.stream.end(accountOf('bea'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await store.stream.extent(ANA)).toEqual({ oldest: 1, newest: 0, bytes: 0 });
    });

    it('tells each change with what was before and after, also when that is long gone', async () => {
      const store = await started();
      await store.stream.follow(ANA);
      const from = await store.stream.end(ANA);
      const first = await write(store, 1, 'first');
      const other = plainVersion({ key: keyOf(1), dot: { actor: actorNamed('b'), counter: 1 } });
      await store.items.merge(keyOf(1), [other]);
      const last = await write(store, 1, 'last', 20_000);
      const deleted = await store.items.issue([ownWrite(keyOf(1), { kind: 'tombstone' })]);
      const { changes, gaps } = await readAll(store, from);
      const both = [first, other].map(({ hash }) => hash).sort();
      expect(gaps).toBe(0);
      expect(changes.map((one) => [hashes(one.before).sort(), hashes(one.after).sort()])).toEqual([
        [[], [first.hash]],
        [[first.hash], both],
        [both, [last.hash]],
        [[last.hash], hashes(deleted)],
      ]);
      expect(changes.map((one) => one.local)).toEqual([true, false, true, true]);
      expect(changes.map((one) => one.sequence)).toEqual([1, 2, 3, 4]);
      expect(changes.some((one) => one.replay)).toBe(false);
      const [, , third] = changes;
      expect(third?.after[0]?.bytes).toEqual(last.bytes);
      expect(third?.before.map((one) => one.key.sortKey)).toEqual(['note#1', 'note#1']);
    });

    it('goes on from any place, over a restart', async () => {
      const store = await started();
      await store.stream.follow(ANA);
      for (let n = 0; n < 10; n++) await write(store, n % 3, `${n}`);
      const whole = (await readAll(store, await startOf(store))).changes;
      await store.stop();
      const again = await started();
      for (const { position, sequence } of whole) {
        const rest = (await readAll(again, position)).changes;
        expect(rest.map((one) => one.sequence)).toEqual(
          whole.map((one) => one.sequence).filter((one) => one > sequence),
        );
      }
    });

    it('replays what the items hold to a reader without a place', async () => {
      const store = await started();
      const early = await write(store, 'early', 'before it was followed');
      await store.stream.follow(ANA);
      for (let n = 0; n < 8; n++) await write(store, n, `${n}`);
      const { changes, position, gaps } = await readAll(store, undefined);
      expect(gaps).toBe(0);
      expect(changes.every((one) => one.replay && one.before.length === 0)).toBe(true);
      expect(changes.map((one) => one.key.sortKey)).toEqual(
        ['0', '1', '2', '3', '4', '5', '6', '7', 'early'].map((n) => `note#${n}`),
      );
      expect(hashes(changes.at(-1)?.after ?? [])).toEqual([early.hash]);
      await write(store, 1, 'later');
      const [later, ...more] = (await readAll(store, position)).changes;
      expect(later).toMatchObject({ replay: false, key: keyOf(1) });
      expect(more).toEqual([]);
    });

    it('leaves out other prefixes, and still gets on', async () => {
      const store = await started();
      await store.stream.follow(ANA);
      const from = await store.stream.end(ANA);
      await write(store, 1, 'one');
      await store.items.issue([ownWrite(itemOf('ana', 'cart#1'))]);
      await write(store, 2, 'two');
      for (const at of [from, undefined]) {
        const found = await readAll(store, at, { limit: 2, prefix: 'cart#' });
        expect(found.changes.map((one) => one.key.sortKey)).toEqual(['cart#1']);
        expect((await readAll(store, found.position)).changes).toEqual([]);
      }
    });

    it('costs no sync of its own', async () => {
      const disk = countingDisk(place.disk());
      const store = await started(disk);
      await store.stream.follow(ANA);
      const before = disk.commits;
      for (let n = 0; n < 5; n++) await write(store, 1, `${n}`);
      expect(disk.commits - before).toBe(5);
    });

    it('drops the oldest at its bound, and tells a reader of the gap', async () => {
      const store = await started(place.disk(), { maxStreamBytes: 20_000 });
      await store.stream.follow(ANA);
      const from = await store.stream.end(ANA);
      for (let n = 0; n < 60; n++) await write(store, n % 4, `${n}`, 1000);
      const extent = await store.stream.extent(ANA);
      expect(extent.bytes).toBeLessThanOrEqual(20_000);
      expect(extent.newest).toBe(60);
      const { changes, gaps } = await readAll(store, from);
      expect(gaps).toBe(1);
      expect(changes.map((one) => [one.key.sortKey, one.replay])).toEqual(
        [0, 1, 2, 3].map((n) => [`note#${n}`, true]),
      );
      for (const { key, after } of changes) {
        expect(hashes(after)).toEqual(hashes(await store.items.read(key)));
      }
      expect((await store.verify()).problems).toEqual([]);
    });

    it('forgets what is old and what everybody has passed, nothing else', async () => {
      const store = await started();
      await store.stream.follow(ANA);
      for (let n = 0; n < 9; n++) await write(store, n % 2, `${n}`);
      const { changes } = await readAll(store, await startOf(store));
      const passed = changes[3]?.position ?? '';
      const last = changes[8]?.position ?? '';
      const trim = (seenBeforeMs: number) =>
        store.stream.trim(ANA, { seenBeforeMs, passed: [last, passed] });
      expect(await trim(0)).toBe(0);
      expect(await trim(Number.MAX_SAFE_INTEGER)).toBe(4);
      expect((await store.stream.extent(ANA)).oldest).toBe(5);
      const rest = await readAll(store, passed);
      expect(rest).toMatchObject({ gaps: 0 });
      expect(rest.changes.map((one) => one.sequence)).toEqual([5, 6, 7, 8, 9]);
      expect(await store.stream.trim(ANA, { seenBeforeMs: 9e15, passed: [] })).toBe(5);
      const { bytes } = await store.stream.extent(ANA);
      expect(bytes).toBe(0);
      expect((await store.verify()).problems).toEqual([]);
    });

    it('takes a place of another life of the store for a gap, unless it was kept in it', async () => {
      const store = await started();
      await store.stream.follow(ANA);
      await write(store, 1, 'one');
      const position = await store.stream.end(ANA);
      await store.items.renewEpoch();
      await write(store, 2, 'two');
      expect((await readAll(store, position)).gaps).toBe(1);
      const kept = await readAll(store, position, { limit: 5, keptHere: true });
      expect(kept.gaps).toBe(0);
      expect(kept.changes.map((one) => one.key.sortKey)).toEqual(['note#2']);
      for (const nonsense of ['', 'x', `${'0'.repeat(16)}.${'0'.repeat(16)}-1`]) {
        expect((await readAll(store, nonsense)).gaps).toBe(1);
      }
    });

    it('shows a change only once it is durable', async () => {
      const disk = gatedDisk(place.disk());
      const store = await started(disk);
      await store.stream.follow(ANA);
      const from = await store.stream.end(ANA);
      disk.shut();
      const writing = write(store, 1, 'one');
      await expect.poll(() => store.items.read(keyOf(1))).toHaveLength(1);
      expect((await readAll(store, from)).changes).toEqual([]);
      disk.open_();
      await writing;
      expect((await readAll(store, from)).changes).toHaveLength(1);
    });

    it('writes records along with items, or nothing at all', async () => {
      const store = await started();
      const was = Buffer.from('1');
      await store.records.put('function', 'f', was);
      const next = { space: 'function', name: 'f', value: Buffer.from('2') } as const;
      await store.items.issue([ownWrite(keyOf(1))], [{ ...next, was }]);
      expect(await store.records.get('function', 'f')).toEqual(new Uint8Array(next.value));
      const again = store.items.issue([ownWrite(keyOf(2))], [{ ...next, was }]);
      await expect(again).rejects.toMatchObject({ code: 'STALE_CONTEXT' });
      expect(await store.items.read(keyOf(2))).toEqual([]);
      await store.items.issue([], [{ space: 'function', name: 'f', value: null }]);
      expect(await store.records.get('function', 'f')).toBeUndefined();
    });

    it('tells each reader the states of an item in order, whenever it begins', async () => {
      const step = fc.oneof(
        { weight: 3, arbitrary: fc.nat({ max: 5 }).map((item) => ({ item })) },
        { weight: 4, arbitrary: fc.nat({ max: 2 }).map((reader) => ({ reader })) },
      );
      const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const own = await make();
        const store = await startStore(own.disk(), { maxStreamBytes: 6000 });
        try {
          await store.stream.follow(ANA);
          const readers = [1, 2, 5].map((limit) => createCheckedReader(store, limit));
          for (const one of steps) {
            if ('item' in one) await write(store, one.item, '', 100);
            else await readers[one.reader]?.read();
          }
          for (const reader of readers) await reader.finish();
        } finally {
          await store.stop();
          await own.remove();
        }
      });
      await fc.assert(property, { numRuns: name === 'memory' ? 60 : 4 });
    });
  });
}

/** The place before the first change, as one who was there from the start has it. */
async function startOf({ stream }: Store): Promise<StreamPosition> {
  const end = await stream.end(ANA);
  return end.replace(/-[0-9]+$/, '-0');
}

/** A reader that fails as soon as a state comes twice, too late or after a later one. */
function createCheckedReader(store: Store, limit: number) {
  const told = new Map<string, string>();
  let position: StreamPosition | undefined;
  async function read(): Promise<boolean> {
    const page = await store.stream.read(ANA, position, { limit });
    if (page.gap) told.clear();
    for (const { key, replay, before, after } of page.changes) {
      const last = told.get(key.sortKey);
      if (!replay && last !== undefined) expect(`${hashes(before)}`).toBe(last);
      if (replay) expect(last).toBeUndefined();
      told.set(key.sortKey, `${hashes(after)}`);
    }
    position = page.position;
    return page.caughtUp;
  }
  return {
    read,
    async finish() {
      while (!(await read()));
      const items = await store.items.scan({ partitionKey: ANA, limit: 100 });
      expect([...told].sort()).toEqual(
        items.map(({ key, siblings }) => [key.sortKey, `${hashes(siblings)}`]),
      );
    },
  };
}
