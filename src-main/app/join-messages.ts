/**
 * The messages of `/carrossel/join/1` (DESIGN §2 Admission; PROTOCOL.md), as CBOR arrays:
 *   newcomer `[1, ring id, maker's public key, invite id]`
 *   member   `[1, certificate chain of the maker, nonce of the maker]`
 *   newcomer `[1, proof]`   (security/invite.ts joinProof)
 *   member   `[1, chain of the newcomer, [settings…], [member entry…], [revocation…], ring name]`
 *   newcomer `[1, its first member record]`   so that the member knows whom to let connect
 *   member   `[1]`
 * Between members, in verb joinForward with the sender itself as newcomer: `[1, ms]`, for how long
 * the sender has an invite open.
 * The newcomer reads the chain before it says anything that depends on the secret.
 */
import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import { peerIdOf, publicKeyOf } from '../security/peer-key.ts';

const FORMAT = 1;
export const NONCE_BYTES = 32;
const PROOF_BYTES = 32;
const MAX_ID_BYTES = 64;
const MAX_NAME = 80;

export interface Knock {
  readonly ring: RingId;
  readonly maker: PeerId;
  /** Hex. */
  readonly invite: string;
}

export interface Challenge {
  readonly chain: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface Welcome {
  readonly chain: Uint8Array;
  readonly settings: readonly Uint8Array[];
  readonly memberEntries: readonly Uint8Array[];
  readonly revocations: readonly Uint8Array[];
  /** What the maker calls the ring. */
  readonly name: string;
}

export function encodeKnock({ ring, maker, invite }: Knock): Uint8Array {
  return encodeCbor([FORMAT, fromHex(ring), publicKeyOf(maker), fromHex(invite)]);
}

/** @throws BAD_ENCODING, UNSUPPORTED_FORMAT; so do all readers here. */
export function decodeKnock(bytes: Uint8Array): Knock {
  const [ring, maker, invite] = fields(bytes, 3);
  if (!isBytes(ring, 32) || !isBytes(maker, 32) || !(invite instanceof Uint8Array)) throw bad();
  if (invite.byteLength > MAX_ID_BYTES) throw bad();
  return { ring: toHex(ring) as RingId, maker: peerIdOf(maker), invite: toHex(invite) };
}

export function encodeChallenge({ chain, nonce }: Challenge): Uint8Array {
  return encodeCbor([FORMAT, chain, nonce]);
}

export function decodeChallenge(bytes: Uint8Array): Challenge {
  const [chain, nonce] = fields(bytes, 2);
  if (!(chain instanceof Uint8Array) || !isBytes(nonce, NONCE_BYTES)) throw bad();
  return { chain, nonce };
}

export function encodeProof(proof: Uint8Array): Uint8Array {
  return encodeCbor([FORMAT, proof]);
}

export function decodeProof(bytes: Uint8Array): Uint8Array {
  const [proof] = fields(bytes, 1);
  if (!isBytes(proof, PROOF_BYTES)) throw bad();
  return proof;
}

export function encodeIntroduction(record: Uint8Array): Uint8Array {
  return encodeCbor([FORMAT, record]);
}

export function decodeIntroduction(bytes: Uint8Array): Uint8Array {
  const [record] = fields(bytes, 1);
  if (!(record instanceof Uint8Array)) throw bad();
  return record;
}

export function encodeExpecting(forMs: number): Uint8Array {
  return encodeCbor([FORMAT, Math.max(0, Math.trunc(forMs))]);
}

export function decodeExpecting(bytes: Uint8Array): number {
  const [forMs] = fields(bytes, 1);
  if (typeof forMs !== 'number' || !Number.isSafeInteger(forMs) || forMs < 0) throw bad();
  return forMs;
}

export function encodeDone(): Uint8Array {
  return encodeCbor([FORMAT]);
}

export function decodeDone(bytes: Uint8Array): void {
  fields(bytes, 0);
}

export function encodeWelcome(welcome: Welcome): Uint8Array {
  const { chain, settings, memberEntries, revocations, name } = welcome;
  return encodeCbor([FORMAT, chain, settings, memberEntries, revocations, name]);
}

export function decodeWelcome(bytes: Uint8Array): Welcome {
  const [chain, settings, memberEntries, revocations, name] = fields(bytes, 5);
  if (
    !(chain instanceof Uint8Array) ||
    !isList(settings) ||
    !isList(memberEntries) ||
    !isList(revocations) ||
    typeof name !== 'string' ||
    name.length > MAX_NAME
  ) {
    throw bad();
  }
  return { chain, settings, memberEntries, revocations, name };
}

/** What follows the format number. */
function fields(bytes: Uint8Array, count: number): readonly (Cbor | undefined)[] {
  const value = decodeCbor(bytes);
  if (!Array.isArray(value)) throw bad();
  const [format, ...rest] = value as Cbor[];
  if (format !== FORMAT) {
    throw new AppError(
      'UNSUPPORTED_FORMAT',
      'The other machine speaks another version of the join protocol; update the older one.',
    );
  }
  if (rest.length !== count) throw bad();
  return rest;
}

function isBytes(value: Cbor | undefined, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength === length;
}

function isList(value: Cbor | undefined): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every((one) => one instanceof Uint8Array);
}

function bad(): AppError {
  return new AppError('BAD_ENCODING', 'This is no message of the join protocol.');
}
