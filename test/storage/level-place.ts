import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemRandom } from '../../src-main/base/random.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createLevelDisk, storePaths } from '../../src-main/storage/level-disk.ts';
import type { DiskPlace } from '../suites/store-harness.ts';

export function levelDiskAt(dir: string): Disk {
  const holder = () => Promise.resolve(undefined);
  return createLevelDisk({ ...storePaths(dir), holder }, { random: createSystemRandom() });
}

/** A folder for stores over LevelDB. */
export async function levelPlace(): Promise<DiskPlace> {
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-store-'));
  return {
    disk: () => levelDiskAt(dir),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
