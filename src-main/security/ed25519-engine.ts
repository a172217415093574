/**
 * The two implementations of Ed25519 beneath ed25519.ts: libsodium and node:crypto. Both check the
 * equation without the cofactor, R byte for byte and s < L; keys and R of small order are refused
 * before either is asked. So both take the same signatures (docs/decisions/0208).
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { concatBytes, fromHex } from '../base/bytes.ts';
import { sodium, type Sodium } from './sodium.ts';

export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes; the same message gives the same signature. */
  sign(message: Uint8Array): Uint8Array;
}

/** True for a signature (64 bytes) of the message. */
export type Check = (message: Uint8Array, signature: Uint8Array) => boolean;

export interface Ed25519Engine {
  /** @param seed 32 bytes. */
  signingKey(seed: Uint8Array): SigningKey;
  /** @param publicKey 32 bytes; undefined for what is no key at all. */
  checkOf(publicKey: Uint8Array): Check | undefined;
}

const PUBLIC_BYTES = 32;
const SECRET_BYTES = 64;
const SIGNATURE_BYTES = 64;

/** DER around the 32 bytes of a seed (PKCS #8) or of a public key (SPKI), RFC 8410. */
const PKCS8_ED25519 = fromHex('302e020100300506032b657004220420');
const SPKI_ED25519 = fromHex('302a300506032b6570032100');

export const nodeEngine: Ed25519Engine = {
  signingKey(seed) {
    const der = Buffer.from(concatBytes(PKCS8_ED25519, seed));
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    der.fill(0);
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    return {
      publicKey: new Uint8Array(spki.subarray(-PUBLIC_BYTES)),
      sign: (message) => new Uint8Array(sign(null, message, key)),
    };
  },
  checkOf(publicKey) {
    try {
      const der = Buffer.from(concatBytes(SPKI_ED25519, publicKey));
      const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
      return (message, signature) => verify(null, message, key, signature);
    } catch {
      return undefined;
    }
  },
};

export function createSodiumEngine(lib: Sodium): Ed25519Engine {
  return {
    signingKey(seed) {
      const publicKey = new Uint8Array(PUBLIC_BYTES);
      const secret = new Uint8Array(SECRET_BYTES);
      lib.crypto_sign_seed_keypair(publicKey, secret, seed);
      return {
        publicKey,
        sign(message) {
          const signature = new Uint8Array(SIGNATURE_BYTES);
          lib.crypto_sign_detached(signature, message, secret);
          return signature;
        },
      };
    },
    checkOf(publicKey) {
      const own = new Uint8Array(publicKey);
      return (message, signature) => lib.crypto_sign_verify_detached(signature, message, own);
    },
  };
}

/** The faster one that this machine has. */
export const bestEngine: Ed25519Engine =
  sodium === undefined ? nodeEngine : createSodiumEngine(sodium);
