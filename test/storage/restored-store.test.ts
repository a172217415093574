import { execFile } from 'node:child_process';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { itemOf, ownWrite } from './plain-version.ts';

const run = promisify(execFile);

/** Decision 0301: which actions make a new epoch. */
describe('the epoch of a store on disk', () => {
  const KEY = itemOf('ana', 'cart#1');
  let root: string;
  let dir: string;
  let open: Store | undefined;

  const start = async (at = dir): Promise<Store> => {
    open = createLevelStore({ dir: at }, storeComponents());
    await open.start();
    return open;
  };
  /** One life of the store with one write in it; the answer is its epoch. */
  const live = async (at = dir) => {
    const store = await start(at);
    await store.items.issue([ownWrite(KEY)]);
    const facts = { epoch: store.items.epoch, ...store.health() };
    await store.stop();
    return facts;
  };
  const folder = (name: string) => join(root, name);
  const store = () => join(dir, 'store');

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'carrossel-restored-'));
    dir = folder('data');
  });
  afterEach(async () => {
    await open?.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('is made at the first start', async () => {
    expect(await live()).toMatchObject({ renewed: 'first-start', state: 'sound' });
  });

  it('stays at a restart, and when the folder or its parent is moved on the same disk', async () => {
    const { epoch } = await live();
    expect(await live()).toMatchObject({ epoch, renewed: undefined });
    await rename(dir, folder('moved'));
    expect(await live(folder('moved'))).toMatchObject({ epoch, renewed: undefined });
    await run('mv', [folder('moved'), folder('again')]);
    expect(await live(folder('again'))).toMatchObject({ epoch, renewed: undefined });
  });

  it.each([['-r'], ['-a'], ['-al']])('is another in a copy of the folder (cp %s)', async (how) => {
    const { epoch } = await live();
    await run('cp', [how, dir, folder('copy')]);
    const copy = await live(folder('copy'));
    expect(copy).toMatchObject({ renewed: 'copied', state: 'sound' });
    expect(copy.epoch).not.toBe(epoch);
    if (how !== '-al') expect(await live()).toMatchObject({ epoch, renewed: undefined });
    expect(await live(folder('copy'))).toMatchObject({ epoch: copy.epoch, renewed: undefined });
  });

  it('is another in a copy that was made while the store was open', async () => {
    const running = await start();
    await running.items.issue([ownWrite(KEY)]);
    await cp(dir, folder('copy'), { recursive: true });
    const copy = createLevelStore({ dir: folder('copy') }, storeComponents());
    await copy.start();
    expect(copy.health().renewed).toBe('copied');
    expect(copy.items.epoch).not.toBe(running.items.epoch);
    await copy.stop();
  });

  it('is another when an older copy of the store, or of the folder, is put back', async () => {
    const { epoch } = await live();
    await run('cp', ['-a', dir, folder('backup')]);
    await live();
    await rm(store(), { recursive: true });
    await run('cp', ['-r', join(folder('backup'), 'store'), store()]);
    const first = await live();
    expect(first).toMatchObject({ renewed: 'copied', state: 'sound' });
    await rm(dir, { recursive: true });
    await run('cp', ['-a', folder('backup'), dir]);
    const second = await live();
    expect(second).toMatchObject({ renewed: 'copied' });
    expect(new Set([epoch, first.epoch, second.epoch]).size).toBe(3);
  });

  it('is another when an older copy is written over the folder in place', async () => {
    const running = await start();
    await running.items.issue([ownWrite(KEY)]);
    await run('cp', ['-a', dir, folder('backup')]);
    await running.items.issue([ownWrite(KEY)]);
    const { epoch } = running.items;
    await running.stop();
    await run('cp', ['-r', `${folder('backup')}/.`, dir]);
    const restored = await live();
    expect(restored.renewed).toBe('copied');
    expect(restored.epoch).not.toBe(epoch);
  });

  it('is another when a backup of this very run is put back file by file, as rsync does', async () => {
    const running = await start();
    await running.items.issue([ownWrite(KEY)]);
    await run('cp', ['-a', dir, folder('backup')]);
    await running.items.issue([ownWrite(KEY)]);
    await running.stop();
    // What is the same by name, size and time stays; the rest is replaced by a new file.
    const script = `cd ${folder('backup')} && find . -type f | while read -r f; do
      cmp -s "$f" "${dir}/$f" || { cp -a "$f" "${dir}/$f.new" && mv "${dir}/$f.new" "${dir}/$f"; }
    done`;
    await run('sh', ['-c', script]);
    expect((await live()).renewed).toBe('copied');
  });

  it('is another when only the file outside knows of later writes, and that is damage', async () => {
    const first = await start();
    const { epoch } = first.items;
    await first.items.issue([ownWrite(KEY)]);
    await first.stop();
    const { createLevelDisk, storePaths } = await import('../../src-main/storage/level-disk.ts');
    const paths = { ...storePaths(dir), holder: () => Promise.resolve(undefined) };
    const disk = createLevelDisk(paths, storeComponents());
    await disk.open();
    await disk.writeOutside(1000);
    await disk.close();
    const damaged = await live();
    expect(damaged).toMatchObject({ renewed: 'repaired', state: 'sound' });
    expect(damaged.repair?.problems).toMatchObject([{ kind: 'tail-lost' }]);
    expect(damaged.lostGroups).toBeGreaterThan(900);
    expect(damaged.epoch).not.toBe(epoch);
    const later = await live();
    expect(later).toMatchObject({ renewed: undefined, state: 'sound', lostGroups: 0 });
    expect(later.epoch).toBe(damaged.epoch);
  });
});
