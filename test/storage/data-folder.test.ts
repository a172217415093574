import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { openDataFolder } from '../../src-main/storage/data-folder.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { storeComponents } from '../suites/store-harness.ts';

const HOLDER = fileURLToPath(new URL('./folder-holder.ts', import.meta.url));

describe('data folder', () => {
  let root: string;
  let dir: string;
  let holder: ChildProcess | undefined;
  const open = () => openDataFolder({ dir }, { logger: createSilentLogger() });
  const hold = async (): Promise<ChildProcess> => {
    holder = spawn(process.execPath, [HOLDER, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout!, 'data');
    return holder;
  };
  const kill = async (): Promise<void> => {
    if (holder === undefined || holder.exitCode !== null || holder.signalCode !== null) return;
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'carrossel-folder-'));
    dir = join(root, 'deep', 'data');
  });
  afterEach(async () => {
    await kill();
    await rm(root, { recursive: true, force: true });
  });

  it('is made for its owner alone, held, and given back', async () => {
    const folder = await open();
    expect(folder).toMatchObject({ dir, secretsDir: join(dir, 'secrets') });
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      details: { pid: process.pid },
    });
    await folder.release();
    await (await open()).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is refused in words where it cannot be', async () => {
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'file'), 'x');
    const places: Record<string, RegExp> = {
      [join(root, 'file')]: /there is a file in its place/,
      [join(root, 'file', 'sub')]: /there is a file in its place/,
      [join(root, 'x'.repeat(300))]: /too long/,
      // Node's own recursive mkdir goes round for ever there.
      ...(process.platform === 'linux' && { '/proc/x': /no folder can be made|written/ }),
      ...(process.platform === 'linux' && { '/proc': /no folder can be made|written/ }),
    };
    for (const [place, words] of Object.entries(places)) {
      const opening = openDataFolder({ dir: place }, { logger: createSilentLogger() });
      await expect(opening, place).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        message: expect.stringMatching(words) as string,
        details: { dir: place },
      });
    }
  });

  it('is refused with the id of the process that has it', async () => {
    const { pid } = await hold();
    const inUse = { code: 'DATA_DIR_IN_USE', details: { pid } };
    await expect(open()).rejects.toMatchObject(inUse);
    // The store's own lock holds too, where the file's word is not enough.
    const store = createLevelStore({ dir }, storeComponents());
    await expect(store.start()).rejects.toMatchObject(inUse);
    await store.stop();
  });

  it('is free again after kill -9 of its process', async () => {
    await hold();
    await kill();
    const folder = await open();
    const store = createLevelStore({ dir }, storeComponents());
    await store.start();
    expect(store.health()).toMatchObject({ state: 'sound', renewed: undefined });
    await store.stop();
    await folder.release();
  });

  it.each([
    ['of a process that got the id of a dead one', `{"pid":${process.pid},"began":"boot/1"}`],
    ['of a system that tells no start', `{"pid":${process.pid}}`],
    ['that was cut', '{"pi'],
    ['that is empty', ''],
  ])('is not kept by a lock file %s', async (_, content) => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'lock'), content);
    await (await open()).release();
  });
});
