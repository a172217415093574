/**
 * libsodium through its addon, where it loads: half the time of node:crypto for Ed25519, a tenth of
 * JavaScript for ChaCha (docs/decisions/0208). Without it everything works the same, slower.
 */
import { createRequire } from 'node:module';

/** What we use of `sodium-native`; each writes into its first argument. */
export interface Sodium {
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
  crypto_aead_xchacha20poly1305_ietf_encrypt: AeadEncrypt;
  crypto_aead_xchacha20poly1305_ietf_decrypt: AeadDecrypt;
  crypto_aead_chacha20poly1305_ietf_encrypt: AeadEncrypt;
  crypto_aead_chacha20poly1305_ietf_decrypt: AeadDecrypt;
}

type AeadEncrypt = (
  sealed: Uint8Array,
  plain: Uint8Array,
  associated: Uint8Array | null,
  secretNonce: null,
  nonce: Uint8Array,
  key: Uint8Array,
) => void;

/** Throws when the tag is wrong. */
type AeadDecrypt = (
  plain: Uint8Array,
  secretNonce: null,
  sealed: Uint8Array,
  associated: Uint8Array | null,
  nonce: Uint8Array,
  key: Uint8Array,
) => void;

/** Undefined on systems that the addon was not built for. */
export const sodium: Sodium | undefined = load();

function load(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)('sodium-native') as Sodium;
  } catch {
    return undefined;
  }
}
