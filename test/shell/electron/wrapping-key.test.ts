import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toHex } from '../../../src-main/base/bytes.ts';
import { createSystemRandom } from '../../../src-main/base/random.ts';
import { loadWrappingKey, type KeyStore } from '../../../src-main/shell/electron/wrapping-key.ts';

/** A key store that turns text around: enough to see what goes through it. */
function keyStore(options: { backend?: string; available?: boolean; rotate?: boolean } = {}) {
  const { backend = 'gnome_libsecret', available = true, rotate = false } = options;
  const turn = (text: string): string => [...text].reverse().join('');
  const store: KeyStore = {
    isAsyncEncryptionAvailable: () => Promise.resolve(available),
    encryptStringAsync: (plain) => Promise.resolve(Buffer.from(`enc:${turn(plain)}`)),
    decryptStringAsync: (encrypted) => {
      const text = encrypted.toString();
      if (!text.startsWith('enc:') && !text.startsWith('old:')) throw new Error('locked');
      return Promise.resolve({ result: turn(text.slice(4)), shouldReEncrypt: rotate });
    },
    getSelectedStorageBackend: () => backend,
  };
  return store;
}

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wrapping-'));
});
afterEach(() => rm(dir, { recursive: true }));

const load = (store: KeyStore, platform: NodeJS.Platform = 'linux') =>
  loadWrappingKey(dir, { keyStore: store, platform, random: createSystemRandom() });
const file = (): string => join(dir, 'wrapping-key');

it('makes one key, keeps it encrypted, and finds it again', async () => {
  const key = await load(keyStore());
  expect(key).toHaveLength(32);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect((await readFile(file(), 'utf8')).includes(toHex(key ?? new Uint8Array()))).toBe(false);
  expect(await load(keyStore())).toEqual(key);
});

it('does without where the system has no store that deserves the name', async () => {
  expect(await load(keyStore({ backend: 'basic_text' }))).toBeUndefined();
  expect(await load(keyStore({ available: false }), 'darwin')).toBeUndefined();
  expect(await load(keyStore({ backend: 'basic_text' }), 'win32')).toHaveLength(32);
});

it('never makes a second key when the first cannot be opened', async () => {
  await writeFile(file(), 'of another login');
  await expect(load(keyStore())).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  expect(await readFile(file(), 'utf8')).toBe('of another login');
});

it('encrypts anew when the key store has a new key', async () => {
  const key = await load(keyStore());
  await writeFile(file(), (await readFile(file(), 'utf8')).replace('enc:', 'old:'));
  expect(await load(keyStore({ rotate: true }))).toEqual(key);
  expect((await readFile(file(), 'utf8')).startsWith('enc:')).toBe(true);
});
