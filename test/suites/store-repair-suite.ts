import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { utf8 } from '../../src-main/base/bytes.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { sealRecord } from '../../src-main/storage/checked-record.ts';
import { createStore, type Store } from '../../src-main/storage/store.ts';
import { actorNamed, itemOf, ownActor, ownWrite, plainVersion } from '../storage/plain-version.ts';
import { startStore, storeComponents, type DiskPlace } from './store-harness.ts';

/** Stores whose records were damaged, whatever the disk beneath. */
export function storeRepairSuite(name: string, make: () => Promise<DiskPlace>): void {
  describe(`a damaged store over ${name}`, () => {
    const KEY = itemOf('ana', 'cart#1');
    const OTHER = itemOf('bea', 'cart#2');
    const AWAY = 'peer-x' as PeerId;
    let place: DiskPlace;
    let disk: Disk;
    let store: Store;

    const restart = async (): Promise<Store> => {
      await store?.stop();
      disk = place.disk();
      store = await startStore(disk);
      return store;
    };
    /** Alters the first record of the kind, behind the store's back. */
    const alter = async (kind: string, change: (value: Uint8Array) => Uint8Array | null) => {
      await store.stop();
      const bare = place.disk();
      await bare.open();
      const [entry] = await bare.entries({ from: kind, to: `${kind}\xff` }, { limit: 1 });
      await bare.commit([{ key: entry!.key, value: change(entry!.value) }]);
      // No copy of before may help.
      await bare.trust();
      await bare.close();
    };
    const flipped = (value: Uint8Array): Uint8Array =>
      value.map((byte, i) => (i === 70 ? byte ^ 1 : byte));
    const hashes = async (key = KEY) => (await store.items.read(key)).map(({ hash }) => hash);

    beforeEach(async () => {
      place = await make();
      store = await startStore(place.disk());
      await store.items.issue([ownWrite(KEY, { size: 30_000, text: 'own' })]);
      const dot = { actor: actorNamed('a'), counter: 7 };
      await store.items.merge(OTHER, [plainVersion({ key: OTHER, dot })], { hintsFor: [AWAY] });
      await store.records.put('member', 'someone', utf8('their record'));
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });

    it('is sound, whole and under a new epoch after the record that counts was lost', async () => {
      const before = { own: await hashes(), other: await hashes(OTHER), epoch: store.items.epoch };
      await alter('mstate', () => null);
      const health = (await restart()).health();
      expect(health).toMatchObject({ state: 'sound', renewed: 'repaired', problems: [] });
      expect(health.repair?.problems[0]).toMatchObject({ kind: 'state-missing' });
      expect(health.repair).toMatchObject({ items: 2, outbox: 1, unreadable: 0, lostItems: [] });
      expect(await hashes()).toEqual(before.own);
      expect(await hashes(OTHER)).toEqual(before.other);
      expect(store.items.epoch).not.toBe(before.epoch);
      expect(store.epochs).toContain(before.epoch);
      expect(await store.items.outbox(9)).toMatchObject([{ key: KEY, hash: before.own[0] }]);
      expect(await store.items.hintsFor(AWAY, 9)).toMatchObject([{ key: OTHER }]);
      expect(await store.records.get('member', 'someone')).toEqual(utf8('their record'));
      expect(await store.items.highestKnownCounter(actorNamed('a'))).toBe(7);
      const actor = ownActor(KEY.partitionKey)(before.epoch);
      expect(await store.items.issuedCounter(actor)).toBe(1);
      expect(await store.verify()).toMatchObject({ state: 'sound', problems: [] });
      expect((await restart()).health()).toMatchObject({ renewed: undefined, state: 'sound' });
      expect(store.health().repair?.items).toBe(2);
    });

    it('is repaired when the record of its epochs is gone', async () => {
      await alter('mepoch', () => null);
      expect((await restart()).health()).toMatchObject({ state: 'sound', renewed: 'repaired' });
      expect(await hashes()).toHaveLength(1);
    });

    it('never shows a damaged record, and brings back the others at the next start', async () => {
      const [own] = await hashes();
      await alter('v', flipped);
      await restart();
      expect(store.health().state).toBe('sound');
      const damaged = { code: 'STORE_DAMAGED' };
      await expect(store.items.read(KEY)).rejects.toMatchObject(damaged);
      await expect(store.items.issue([ownWrite(KEY)])).rejects.toMatchObject(damaged);
      expect(await hashes(OTHER)).toHaveLength(1);
      expect(store.health()).toMatchObject({ state: 'damaged', problems: [{}] });
      const health = (await restart()).health();
      expect(health).toMatchObject({ state: 'sound', renewed: 'repaired' });
      expect(health.repair).toMatchObject({ unreadable: 1, items: 1, lostItems: [KEY] });
      expect(await hashes()).toEqual([]);
      expect(await hashes(OTHER)).toHaveLength(1);
      expect(await store.items.outboxSize()).toBe(0);
      const lost = plainVersion({ key: KEY, dot: { actor: actorNamed('b'), counter: 1 } });
      await store.items.merge(KEY, [lost]);
      expect(await hashes()).toEqual([lost.hash]);
      expect(own).not.toBe(lost.hash);
    });

    it('finds a record that is missing, and one that is an older one, by a scan', async () => {
      await alter('o', () => null);
      await restart();
      const missing = await store.verify();
      expect(missing.problems.map(({ kind }) => kind)).toEqual(['count-differs']);
      expect((await restart()).health().renewed).toBe('repaired');
      expect(store.health().repair).toMatchObject({ missing: 1 });
      const bare = async () => {
        await store.stop();
        const open = place.disk();
        await open.open();
        return open;
      };
      const first = await bare();
      const old = await first.entries({ from: 'i', to: 'j' }, { limit: 9 });
      await first.close();
      await restart();
      const dot = { actor: actorNamed('b'), counter: 1 };
      await store.items.merge(OTHER, [plainVersion({ key: OTHER, dot })]);
      const second = await bare();
      await second.commit(old);
      await second.trust();
      await second.close();
      await restart();
      const older = await store.verify();
      expect(older.problems.map(({ kind }) => kind)).toEqual(['digest-differs']);
      expect((await restart()).health().renewed).toBe('repaired');
      expect(await store.verify()).toMatchObject({ state: 'sound' });
    });

    it('leaves out versions whose signature does not hold, and names their items', async () => {
      await alter('mstate', () => null);
      await store.stop();
      const isSigned = ({ key }: { key: { sortKey: string } }) => key.sortKey !== OTHER.sortKey;
      store = createStore({}, { ...storeComponents(), isSigned, disk: place.disk() });
      await store.start();
      expect(store.health().repair).toMatchObject({ items: 1, lostItems: [OTHER] });
      expect(await hashes(OTHER)).toEqual([]);
      expect(await hashes()).toHaveLength(1);
    });

    it('uses what it can read when there is no room to repair it, and says so', async () => {
      await alter('mstate', () => null);
      const noRoom = new AppError('DISK_FULL', 'No room to repair it.');
      store = await startStore({ ...place.disk(), repair: () => Promise.reject(noRoom) });
      expect(store.health()).toMatchObject({
        state: 'damaged',
        unrepaired: 'No room to repair it.',
      });
      expect(await hashes()).toHaveLength(1);
      const later = plainVersion({ key: OTHER, dot: { actor: actorNamed('z'), counter: 1 } });
      await store.items.merge(OTHER, [later]);
      expect((await restart()).health()).toMatchObject({ state: 'sound', renewed: 'repaired' });
      expect(await hashes(OTHER)).toHaveLength(2);
    });

    it('refuses a store of a newer format, and touches nothing of it', async () => {
      const body = new Uint8Array(105);
      body[0] = 2;
      await alter('mstate', () => sealRecord('mstate', { body }).raw);
      const newer = place.disk();
      await expect(startStore(newer)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    });

    it('ends a scan when told to', async () => {
      const gone = AbortSignal.abort();
      await expect(store.verify({ signal: gone })).rejects.toMatchObject({ code: 'ABORTED' });
      expect(store.health().verified).toBeUndefined();
    });
  });
}
