// `safeStorage` over a key in a file: enough to see that secrets go through it, and no protection.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function createSafeStorage(app) {
  const backend = process.env.FAKE_KEYRING ?? 'gnome_libsecret';
  const key = () => {
    const file = join(app.getPath('userData'), 'fake-keyring');
    try {
      return readFileSync(file);
    } catch {
      const made = randomBytes(32);
      mkdirSync(app.getPath('userData'), { recursive: true });
      writeFileSync(file, made, { mode: 0o600 });
      return made;
    }
  };
  const ready = () => {
    if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready');
  };
  return {
    async isAsyncEncryptionAvailable() {
      ready();
      return true;
    },
    async encryptStringAsync(plain) {
      ready();
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key(), nonce);
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from('v11'), nonce, cipher.getAuthTag(), sealed]);
    },
    async decryptStringAsync(encrypted) {
      ready();
      const decipher = createDecipheriv('aes-256-gcm', key(), encrypted.subarray(3, 15));
      decipher.setAuthTag(encrypted.subarray(15, 31));
      const plain = Buffer.concat([decipher.update(encrypted.subarray(31)), decipher.final()]);
      return { result: plain.toString('utf8'), shouldReEncrypt: false };
    },
    getSelectedStorageBackend: () => backend,
  };
}
