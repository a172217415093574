/** What a person's passphrase seals: files that leave the machine (PROTOCOL.md, Export). */
import { scrypt } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import { concatBytes, utf8 } from '../base/bytes.ts';
import { aead } from './aead.ts';

/** The costs of scrypt (RFC 7914), which stand in the file. */
export interface PassphraseCosts {
  /** Binary logarithm of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** Some 0.4 s and 128 MiB on the machines of 2026. */
export const COSTS: PassphraseCosts = { logN: 17, r: 8, p: 1 };
/** What a file may ask this machine to spend: 1 GiB. */
const MAX_COSTS: PassphraseCosts = { logN: 20, r: 8, p: 4 };
export const MIN_PASSPHRASE = 8;
export const SALT_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/** The key for a file. @throws UNSUPPORTED_FORMAT for costs that no file of ours has. */
export function passphraseKey(
  passphrase: string,
  salt: Uint8Array,
  costs: PassphraseCosts,
): Promise<Uint8Array> {
  const { logN, r, p } = costs;
  if (logN > MAX_COSTS.logN || r > MAX_COSTS.r || p > MAX_COSTS.p) {
    throw new AppError('UNSUPPORTED_FORMAT', 'That file asks for more work than is reasonable.');
  }
  const options = { N: 2 ** logN, r, p, maxmem: 256 * r * 2 ** logN };
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
    if (error === null) resolve(new Uint8Array(key));
    else reject(error);
  });
  return promise;
}

/** One piece of a file, bound to its place: it cannot stand elsewhere, nor in another file. */
export interface Piece {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** From 0. */
  readonly number: number;
}

export function sealPiece(piece: Piece, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  return concatBytes(nonce, aead.seal(piece.key, nonce, plain, placeOf(piece)));
}

/** Undefined when it was not sealed so: another passphrase, or other bytes. */
export function openPiece(piece: Piece, sealed: Uint8Array): Uint8Array | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  if (nonce.length < NONCE_BYTES) return undefined;
  try {
    return aead.open(piece.key, nonce, sealed.subarray(NONCE_BYTES), placeOf(piece));
  } catch {
    return undefined;
  }
}

export function pieceNonce(random: { bytes(count: number): Uint8Array }): Uint8Array {
  return random.bytes(NONCE_BYTES);
}

function placeOf({ salt, number }: Piece): Uint8Array {
  return concatBytes(utf8('carrossel/export/1'), salt, utf8(String(number)));
}
