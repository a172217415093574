import type { ICryptoInterface } from '@chainsafe/libp2p-noise';
import { asCrypto, defaultCrypto } from '@chainsafe/libp2p-noise/crypto';
import { sodium, type Sodium } from '../security/sodium.ts';

const TAG_BYTES = 16;

/**
 * What noise seals each piece of a connection with: libsodium where it loads (1.4 µs for 1.5 KB;
 * node's cipher object costs 21). Else the library's own choice, but for Electron, whose BoringSSL
 * has no chacha20-poly1305 through node's API in any of its processes: there WebAssembly.
 */
export function createNoiseCrypto(lib: Sodium | undefined = sodium): ICryptoInterface {
  if (lib !== undefined) return { ...defaultCrypto, ...sodiumChaCha(lib) };
  return 'electron' in process.versions ? { ...defaultCrypto, ...asCrypto } : defaultCrypto;
}

type ChaCha = Pick<ICryptoInterface, 'chaCha20Poly1305Encrypt' | 'chaCha20Poly1305Decrypt'>;

function sodiumChaCha(lib: Sodium): ChaCha {
  return {
    chaCha20Poly1305Encrypt(plaintext, nonce, associated, key) {
      const plain = plaintext.subarray();
      const sealed = new Uint8Array(plain.byteLength + TAG_BYTES);
      lib.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plain, associated, null, nonce, key);
      return sealed;
    },
    chaCha20Poly1305Decrypt(ciphertext, nonce, associated, key, room) {
      const sealed = ciphertext.subarray();
      const length = sealed.byteLength - TAG_BYTES;
      if (length < 0) throw new RangeError('a noise message has a tag');
      const plain = room?.byteLength === length ? room : new Uint8Array(length);
      lib.crypto_aead_chacha20poly1305_ietf_decrypt(plain, null, sealed, associated, nonce, key);
      return plain;
    },
  };
}
