import { open, readFile, rename } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../base/app-error.ts';
import { fromHex, toHex } from '../../base/bytes.ts';
import type { Random } from '../../base/random.ts';

/** As much of Electron's safeStorage as we use. */
export interface KeyStore {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(plain: string): Promise<Buffer>;
  decryptStringAsync(encrypted: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }>;
  getSelectedStorageBackend(): string;
}

export interface WrappingKeyComponents {
  readonly keyStore: KeyStore;
  readonly platform: NodeJS.Platform;
  readonly random: Random;
}

const KEY_BYTES = 32;

/**
 * The key that the secrets of a data folder are wrapped with: 32 random bytes, made at the first
 * start, kept in DIR/wrapping-key encrypted by the OS key store. Undefined where the OS has none
 * that deserves the name (Linux without a keyring: `basic_text` is no protection); the secrets are
 * then files of mode 0600, as for a headless peer.
 * @throws NOT_SUPPORTED when the file is there but this login's key store does not open it.
 */
export async function loadWrappingKey(
  dataDir: string,
  components: WrappingKeyComponents,
): Promise<Uint8Array | undefined> {
  const { keyStore, random } = components;
  const path = join(dataDir, 'wrapping-key');
  const stored = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stored !== undefined) return openKey(path, stored, keyStore);
  if (!(await isTrustworthy(components))) return undefined;
  const key = random.bytes(KEY_BYTES);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeDurably(path, await keyStore.encryptStringAsync(toHex(key)));
  return key;
}

async function isTrustworthy({ keyStore, platform }: WrappingKeyComponents): Promise<boolean> {
  if (!(await keyStore.isAsyncEncryptionAvailable())) return false;
  return platform !== 'linux' || keyStore.getSelectedStorageBackend() !== 'basic_text';
}

async function openKey(path: string, stored: Buffer, keyStore: KeyStore): Promise<Uint8Array> {
  try {
    const { result, shouldReEncrypt } = await keyStore.decryptStringAsync(stored);
    if (shouldReEncrypt) await writeDurably(path, await keyStore.encryptStringAsync(result));
    return fromHex(result);
  } catch (cause) {
    throw new AppError(
      'NOT_SUPPORTED',
      'The keys of this data folder are locked by the key store of another login or machine. Start ' +
        'the app there, or use another folder (--data DIR).',
      { cause },
    );
  }
}

/** Whole or not at all, also when the power fails: without this key the peer's secrets are lost. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
