import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isAppError } from '../../src-main/base/app-error.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { actorNamed, itemOf, plainVersion } from './plain-version.ts';

const MIB = 1024 * 1024;
const dir = mkdtempSync(join(tmpdir(), 'carrossel-full-'));
const mounted = mountSmallDisk();

/** A real file system of 48 MiB, where we may make one (root on Linux). */
function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', dir], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', dir]);
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(!mounted)('a store on a disk that is really full', () => {
  const filler = join(dir, 'filler');
  const version = (n: number) => {
    const key = itemOf('ana', `cart#${n}`);
    return plainVersion({ key, dot: { actor: actorNamed('a'), counter: n }, size: 15_000 });
  };

  it('acknowledges nothing it has no room for, and loses nothing it acknowledged', async () => {
    // No reserve: the writes run into the wall itself.
    let store = createLevelStore({ dir, minFreeBytes: 0 }, storeComponents());
    await store.start();
    await writeFile(filler, new Uint8Array(40 * MIB));
    const stored: number[] = [];
    let refused: unknown;
    for (let n = 1; refused === undefined; n++) {
      await store.items.merge(version(n).key, [version(n)]).then(
        () => stored.push(n),
        (error: unknown) => (refused = error),
      );
    }
    expect(refused).toMatchObject({ code: 'DISK_FULL' });
    expect(store.health().writing).toBe('disk-full');
    for (const n of stored) expect(await store.items.read(version(n).key)).toHaveLength(1);
    const failed = stored.length + 1;
    await expect(store.items.merge(version(failed).key, [version(failed)])).rejects.toSatisfy(
      (error) => isAppError(error),
    );

    await rm(filler);
    await store.items.merge(version(100_000).key, [version(100_000)]);
    expect(store.health().writing).toBe('ok');
    await store.stop();
    store = createLevelStore({ dir, minFreeBytes: 0 }, storeComponents());
    await store.start();
    for (const n of [...stored, 100_000]) {
      expect((await store.items.read(version(n).key)).map((one) => one.hash)).toEqual([
        version(n).hash,
      ]);
    }
    expect(await store.verify()).toMatchObject({ state: 'sound', problems: [] });
    await store.stop();
  });

  it('with its reserve, refuses before the wall, and goes on reading', async () => {
    const store = createLevelStore({ dir, minFreeBytes: 10 * MIB }, storeComponents());
    await store.start();
    // What the test before left may be in tables and a log still: the room is asked for.
    const { bavail, bsize } = await statfs(dir);
    await writeFile(filler, new Uint8Array(bavail * bsize - 6 * MIB));
    await expect
      .poll(() => store.items.merge(version(7).key, [version(7)]).then(() => 'ok', String), {
        timeout: 5000,
      })
      .toContain('full');
    expect(await store.items.read(version(1).key)).toHaveLength(1);
    await store.stop();
    await rm(filler);
  });
});
