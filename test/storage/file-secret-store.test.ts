import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src-main/base/bytes.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import {
  createFileSecretStore,
  type SecretWrap,
} from '../../src-main/storage/file-secret-store.ts';
import { createMemorySecretStore } from '../../src-main/storage/memory-secret-store.ts';
import { secretStoreSuite } from '../suites/secret-store-suite.ts';

describe('secrets in files', () => {
  let root: string;
  let dir: string;
  let made = 0;
  const open = (wrap?: SecretWrap) =>
    createFileSecretStore(
      { dir, ...(wrap === undefined ? {} : { wrap }) },
      { random: createSystemRandom() },
    );
  /** Stands for the OS key store: enough to see whether it was used. */
  const flip = (bytes: Uint8Array) => Promise.resolve(bytes.map((byte) => byte ^ 0xff));
  const wrap: SecretWrap = { encrypt: flip, decrypt: flip };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'carrossel-secrets-'));
    dir = join(root, `secrets${made++}`);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  secretStoreSuite('files', () => Promise.resolve(open()));
  secretStoreSuite('files, wrapped', () => Promise.resolve(open(wrap)));

  it('are for their owner alone', async () => {
    await open().write('peer-key', utf8('one'));
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dir, 'peer-key'))).mode & 0o777).toBe(0o600);
    await chmod(dir, 0o755);
    await open().write('other', utf8('two'));
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('outlive the process, and what a killed one left half written is cleared away', async () => {
    await open().write('peer-key', utf8('one'));
    await writeFile(join(dir, '.new-0011'), 'half');
    const again = open();
    expect(await again.list()).toEqual(['peer-key']);
    expect(await again.read('peer-key')).toEqual(utf8('one'));
    await again.write('other', utf8('two'));
    expect(await readdir(dir)).toEqual(['other', 'peer-key']);
  });

  it('rest encrypted where there is a key store, and open only with it', async () => {
    await open(wrap).write('peer-key', utf8('readable'));
    expect((await readFile(join(dir, 'peer-key'))).includes('readable')).toBe(false);
    await expect(open().read('peer-key')).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    await open().write('plain', utf8('plain'));
    expect(await open(wrap).read('plain')).toEqual(utf8('plain'));
  });

  it('are never taken for sound when a byte of them changed', async () => {
    const secrets = open();
    await secrets.write('peer-key', utf8('one'));
    const path = join(dir, 'peer-key');
    const sound = await readFile(path);
    for (const damaged of [sound.subarray(0, 20), sound.with(3, 0), new Uint8Array()]) {
      await writeFile(path, damaged);
      await expect(secrets.read('peer-key')).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    }
  });
});

secretStoreSuite('memory', () => Promise.resolve(createMemorySecretStore()));
