/**
 * Six digits that two people compare (DESIGN §2 Admission: "admits by comparing six digits"). A
 * short authentication string in the manner of numeric comparison: the newcomer commits to its
 * nonce before it sees the admin's, so that whoever stands between them has to fix both of its own
 * nonces blindly. One attempt in a million shows the same digits on both screens; the door bounds
 * the attempts (app/nearby-door.ts). Peer keys are the ones noise has proved on each connection.
 */
import { concatBytes, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import type { PeerId } from '../domain/ids.ts';
import { publicKeyOf } from './peer-key.ts';

const COMMIT_LABEL = utf8('carrossel/nearby-commit/1');
const DIGITS_LABEL = utf8('carrossel/nearby-digits/1');
export const NEARBY_NONCE_BYTES = 32;
const DIGITS = 6;

/** The two ends of one meeting, and the names they show to people. */
export interface Meeting {
  readonly newcomer: PeerId;
  readonly admin: PeerId;
  /** What the newcomer calls itself. */
  readonly machineName: string;
  /** What the admin's machine calls the ring. */
  readonly ringName: string;
}

/** SHA-256(label ‖ newcomer's key ‖ admin's key ‖ the newcomer's nonce). */
export function nearbyCommitment(
  { newcomer, admin }: Pick<Meeting, 'newcomer' | 'admin'>,
  nonce: Uint8Array,
): Uint8Array {
  return sha256(concatBytes(COMMIT_LABEL, publicKeyOf(newcomer), publicKeyOf(admin), nonce));
}

/** Six decimal digits over both keys, both nonces and both names. */
export function nearbyDigits(
  meeting: Meeting,
  nonces: { readonly newcomer: Uint8Array; readonly admin: Uint8Array },
): string {
  const { newcomer, admin, machineName, ringName } = meeting;
  const keys = [publicKeyOf(newcomer), publicKeyOf(admin)];
  // A hash of each name: of one length, so that none can lend letters to the other.
  const names = [machineName, ringName].map((name) => sha256(utf8(name)));
  const hash = sha256(concatBytes(DIGITS_LABEL, ...keys, nonces.newcomer, nonces.admin, ...names));
  const number = new DataView(hash.buffer, hash.byteOffset, 8).getBigUint64(0);
  return String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0');
}
