import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../src-main/base/bytes.ts';
import type { Random } from '../../src-main/base/random.ts';
import { sha256 } from '../../src-main/base/sha256.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { seenOf } from '../../src-main/domain/versioned-item.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createStore } from '../../src-main/storage/store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { actorNamed, itemOf, ownWrite, plainVersion } from './plain-version.ts';

/**
 * The bytes of a store of format 1 (PROTOCOL.md, Disk), as they once were written. They must be
 * readable for ever. CARROSSEL_WRITE_FIXTURE=1 writes them anew, for a format with another number.
 */
const FIXTURE = new URL('../fixtures/store-format-1.json', import.meta.url);
const KEY = itemOf('ana', 'cart#é');
const LARGE = itemOf('ana', 'product#1');
const HELD = itemOf('bea', 'cart#1');
const foreign = plainVersion({ key: HELD, dot: { actor: actorNamed('b'), counter: 3 } });
const large = plainVersion({
  key: LARGE,
  dot: { actor: actorNamed('b'), counter: 4 },
  size: 16_400,
});
const dead = plainVersion({
  key: LARGE,
  dot: { actor: actorNamed('c'), counter: 1 },
  kind: 'tombstone',
});

function countedRandom(): Random {
  let n = 0;
  return { bytes: (count) => sha256(utf8(`random ${n++}`)).subarray(0, count) };
}

async function writeAll() {
  const random = countedRandom();
  const disk = createMemoryDisk({ random });
  const store = createStore({}, { ...storeComponents(), random, disk });
  await store.start();
  await store.items.issue([ownWrite(KEY)]);
  await store.items.merge(HELD, [foreign], { hintsFor: ['12D3KooWOwner' as PeerId] });
  await store.items.merge(LARGE, [large, dead]);
  await store.records.put('ring', 'settings', utf8('value'));
  await store.stop();
  const entries = await disk.entries({ from: '', to: undefined }, { limit: 1000 });
  return entries.map(({ key, value }) => [
    Buffer.from(key, 'latin1').toString('hex'),
    toHex(value),
  ]);
}

describe('format 1 of the store', () => {
  it('is written byte for byte as it was', async () => {
    const written = await writeAll();
    if (process.env['CARROSSEL_WRITE_FIXTURE'] === '1') {
      await writeFile(FIXTURE, `${JSON.stringify(written, undefined, 1)}\n`);
    }
    expect(written).toEqual(JSON.parse(await readFile(FIXTURE, 'utf8')));
  });

  it('is read as it was meant', async () => {
    const disk = createMemoryDisk(storeComponents());
    const entries = JSON.parse(await readFile(FIXTURE, 'utf8')) as [string, string][];
    await disk.commit(
      entries.map(([key, value]) => ({
        key: Buffer.from(key, 'hex').toString('latin1'),
        value: fromHex(value),
      })),
    );
    const store = createStore({}, { ...storeComponents(), disk });
    await store.start();
    expect(store.health()).toMatchObject({ state: 'sound', renewed: 'copied' });
    const { items } = store;
    const [own] = await items.read(KEY);
    expect(await items.outbox(10)).toEqual([{ key: KEY, dot: own?.dot, hash: own?.hash }]);
    expect(await items.issuedCounter(own!.dot.actor)).toBe(1);
    expect(await items.read(HELD)).toEqual([foreign]);
    expect((await items.read(LARGE)).map(seenOf)).toEqual(
      [large, dead].toSorted((a, b) => (a.dot.actor < b.dot.actor ? -1 : 1)).map(seenOf),
    );
    const [hint] = await items.hintsFor('12D3KooWOwner' as PeerId, 10);
    expect(hint).toMatchObject({ key: HELD, dot: foreign.dot, hash: foreign.hash });
    expect(await store.records.get('ring', 'settings')).toEqual(utf8('value'));
    expect(await items.size()).toMatchObject({
      ...{ items: 3, tombstones: 1, tombstoneBytes: dead.bytes.byteLength },
    });
    expect((await store.verify()).problems).toEqual([]);
    await store.stop();
  });
});
