/**
 * XChaCha20-Poly1305: by libsodium where it loads, else in JavaScript, with the same bytes
 * (docs/decisions/0208). Keys have 32 bytes, nonces 24; the last 16 of what is sealed are the tag.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sodium, type Sodium } from './sodium.ts';

export interface Aead {
  seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array;
  /** @throws when it was not sealed with this key, nonce and associated data. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array;
}

const TAG_BYTES = 16;

export const nobleAead: Aead = {
  seal: (key, nonce, plain, associated) => xchacha20poly1305(key, nonce, associated).encrypt(plain),
  open: (key, nonce, sealed, associated) =>
    xchacha20poly1305(key, nonce, associated).decrypt(sealed),
};

export function createSodiumAead(lib: Sodium): Aead {
  return {
    seal(key, nonce, plain, associated) {
      const sealed = new Uint8Array(plain.byteLength + TAG_BYTES);
      lib.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, plain, associated, null, nonce, key);
      return sealed;
    },
    open(key, nonce, sealed, associated) {
      if (sealed.byteLength < TAG_BYTES) throw new RangeError('sealed bytes have a tag');
      const plain = new Uint8Array(sealed.byteLength - TAG_BYTES);
      lib.crypto_aead_xchacha20poly1305_ietf_decrypt(plain, null, sealed, associated, nonce, key);
      return plain;
    },
  };
}

export const aead: Aead = sodium === undefined ? nobleAead : createSodiumAead(sodium);
