import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src-main/base/bytes.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { DAMAGES, HARMLESS } from './damaged-files.ts';
import { actorNamed, itemOf, ownWrite, plainVersion } from './plain-version.ts';

describe('a store whose files were damaged', () => {
  const LIVES = 3;
  const ITEMS = 150;
  let dir: string;
  let store: Store;
  /** Everything that was acknowledged, by sort key. */
  let written: Map<string, SignedVersion>;

  const start = async (): Promise<Store> => {
    store = createLevelStore({ dir }, storeComponents());
    await store.start();
    return store;
  };
  const damage = async (how: string) => {
    await store.stop();
    await DAMAGES[how]!(join(dir, 'store'));
  };
  const aside = async () =>
    (await readdir(dir)).filter((name) => name.startsWith('store-damaged-'));
  /** What is here of what was written; what cannot be read as an error. */
  const present = async (): Promise<number> => {
    let count = 0;
    for (const [sortKey, version] of written) {
      const held = await store.items.read(itemOf('ana', sortKey));
      if (held.length === 0) continue;
      expect(held.map(({ hash }) => hash)).toEqual([version.hash]);
      count++;
    }
    return count;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'carrossel-damaged-'));
    written = new Map();
    for (let life = 0; life < LIVES; life++) {
      await start();
      await Promise.all(
        Array.from({ length: ITEMS }, async (_, i) => {
          const key = itemOf('ana', `cart#${life}-${i}`);
          const dot = { actor: actorNamed(`a${life}`), counter: i + 1 };
          const version = plainVersion({ key, dot, size: 1500 });
          written.set(key.sortKey, version);
          await store.items.merge(key, [version]);
        }),
      );
      const key = itemOf('ana', `own#${life}`);
      const [own] = await store.items.issue([ownWrite(key)]);
      written.set(key.sortKey, own!);
      await store.records.put('member', `${life}`, utf8(`member ${life}`));
      // What the scan found sound needs no copy of before.
      await store.verify();
      if (life + 1 < LIVES) await store.stop();
    }
  });
  afterEach(async () => {
    await store.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it.each(Object.keys(DAMAGES))('is repaired after this: %s', async (how) => {
    const { epoch } = store.items;
    await damage(how);
    await start();
    // Flipped bytes of a table are seen when they are read, or by the scan.
    if (how.includes('flipped in a table')) {
      expect((await store.verify()).problems.map(({ kind }) => kind)).toContain('bad-record');
      await store.stop();
      await start();
    }
    const health = store.health();
    expect(health).toMatchObject({ state: 'sound', renewed: 'repaired' });
    expect(store.items.epoch).not.toBe(epoch);
    const [kept] = await aside();
    expect(health.repair?.aside).toBe(join(dir, kept!));
    expect(existsSync(health.repair!.aside)).toBe(true);
    const here = await present();
    const everything = written.size;
    if (HARMLESS.includes(how)) {
      expect(here).toBe(everything);
      expect(await store.items.outboxSize()).toBe(LIVES);
      expect(await store.records.list('member')).toHaveLength(LIVES);
      expect(health.repair).toMatchObject({ unreadable: 0, missing: 0, lostItems: [] });
    } else {
      expect(here).toBeLessThan(everything);
      expect(here).toBeGreaterThanOrEqual(everything / 3);
      const { unreadable, missing, lostGroups } = health.repair!;
      expect(unreadable + missing + lostGroups).toBeGreaterThan(0);
    }
    expect(await store.verify()).toMatchObject({ state: 'sound', problems: [] });
    // What the others bring makes it whole, and the next start finds nothing to do.
    for (const version of written.values()) await store.items.merge(version.key, [version]);
    expect(await present()).toBe(everything);
    await store.stop();
    expect((await start()).health()).toMatchObject({ state: 'sound', renewed: undefined });
    expect(await aside()).toHaveLength(1);
    await store.verify();
    expect((await readdir(dir)).sort()).toEqual(['store', kept, 'store.seq'].sort());
  });

  it('takes back tables that were there when it was opened last, until a scan has been', async () => {
    await store.stop();
    // Opening a list of tables that was cut makes LevelDB delete those it does not find in it.
    await start();
    await damage('a table deleted');
    await start();
    expect(store.health()).toMatchObject({ state: 'sound', renewed: 'repaired' });
    expect(store.health().repair).toMatchObject({ unreadable: 0, missing: 0 });
    expect(await present()).toBe(written.size);
    expect(await readdir(store.health().repair!.aside)).toContain('before');
  });

  it('tells that all is lost when the store is gone but for the file outside it', async () => {
    await store.stop();
    for (const name of await readdir(dir)) {
      if (name !== 'store.seq') await rm(join(dir, name), { recursive: true });
    }
    expect((await start()).health()).toMatchObject({ state: 'sound', renewed: 'repaired' });
    expect(store.health().lostGroups).toBeGreaterThanOrEqual(LIVES);
    expect(store.health().repair).toMatchObject({ items: 0, versions: 0 });
  });

  it('is not called damaged when all is well, and keeps no copies after the scan', async () => {
    await store.stop();
    await start();
    expect(store.health()).toMatchObject({ state: 'sound', renewed: undefined });
    expect(await readdir(dir)).toContain('store.before');
    await store.verify();
    expect((await readdir(dir)).sort()).toEqual(['store', 'store.seq']);
  });
});
