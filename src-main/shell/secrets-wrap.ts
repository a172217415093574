import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import { concatBytes, equalBytes, utf8 } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { SecretsWrap } from '../peer.ts';

/**
 * Secrets as they rest on disk under the desktop app: `carrwrp1` ‖ 12-byte nonce ‖ AES-256-GCM
 * ciphertext ‖ 16-byte tag, the magic being associated data. The key itself is kept by the OS key
 * store (electron/wrapping-key.ts). AES-GCM since Electron's OpenSSL has no ChaCha20-Poly1305.
 */
const MAGIC = utf8('carrwrp1');
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const HEAD = MAGIC.byteLength + NONCE_LENGTH;

function isWrapped(stored: Uint8Array): boolean {
  return (
    stored.byteLength >= HEAD + TAG_LENGTH &&
    equalBytes(stored.subarray(0, MAGIC.byteLength), MAGIC)
  );
}

/** Wraps with a key of 32 bytes. What was stored unwrapped (by a headless peer) reads as it is. */
export function createKeyedWrap(init: { key: Uint8Array }, random: Random): SecretsWrap {
  return {
    encrypt(secret) {
      const nonce = random.bytes(NONCE_LENGTH);
      const cipher = createCipheriv('aes-256-gcm', init.key, nonce).setAAD(MAGIC);
      const sealed = concatBytes(cipher.update(secret), cipher.final());
      return Promise.resolve(concatBytes(MAGIC, nonce, sealed, cipher.getAuthTag()));
    },
    decrypt(stored) {
      if (!isWrapped(stored)) return Promise.resolve(stored);
      const nonce = stored.subarray(MAGIC.byteLength, HEAD);
      const decipher = createDecipheriv('aes-256-gcm', init.key, nonce).setAAD(MAGIC);
      decipher.setAuthTag(stored.subarray(stored.byteLength - TAG_LENGTH));
      try {
        const sealed = stored.subarray(HEAD, stored.byteLength - TAG_LENGTH);
        return Promise.resolve(concatBytes(decipher.update(sealed), decipher.final()));
      } catch (cause) {
        return Promise.reject(lockedError({ cause }));
      }
    },
  };
}

/** Stores secrets as they are (files of mode 0600), and says so when it meets a wrapped one. */
export function createPlainWrap(): SecretsWrap {
  return {
    encrypt: (secret) => Promise.resolve(secret),
    decrypt: (stored) =>
      isWrapped(stored) ? Promise.reject(lockedError({})) : Promise.resolve(stored),
  };
}

function lockedError(options: { cause?: unknown }): AppError {
  return new AppError(
    'NOT_SUPPORTED',
    "The keys in this data folder are locked by the desktop app's key store on the machine and " +
      'login that made them. Start the desktop app there, or use another folder (--data DIR).',
    options,
  );
}
