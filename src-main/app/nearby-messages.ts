/**
 * What is said in `/carrossel/join/1` without an invite (PROTOCOL.md "Nearby"), as CBOR arrays. A
 * word stands where an invite's messages have bytes, so that the first message tells them apart.
 * Three short dialogs, since people take longer to compare digits than a stranger may stay:
 *   look:  newcomer `[1, "look"]` · admin `[1, ring name]`
 *   ask:   newcomer `[1, "ask", commitment 32B, machine name]` · admin `[1, nonce 32B, ring name]`
 *          newcomer `[1, nonce 32B]` · admin `[1]`
 *   fetch: newcomer `[1, "fetch"]` · admin `[1, 0]` (not yet), or welcome, introduction and done as
 *          with an invite
 */
import { AppError } from '../base/app-error.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import { NEARBY_NONCE_BYTES } from '../security/nearby.ts';

const FORMAT = 1;
export const MAX_NEARBY_NAME = 80;

export type NearbyWord =
  | { readonly word: 'look' }
  | { readonly word: 'fetch' }
  | { readonly word: 'ask'; readonly commitment: Uint8Array; readonly machineName: string };

/** The first message of a dialog, or undefined when it is an invite's. @throws BAD_ENCODING */
export function decodeNearbyWord(bytes: Uint8Array): NearbyWord | undefined {
  const value = decodeCbor(bytes);
  if (!Array.isArray(value)) throw bad();
  const [format, word, ...rest] = value as Cbor[];
  if (typeof word !== 'string') return undefined;
  if (format !== FORMAT) throw otherFormat();
  if ((word === 'look' || word === 'fetch') && rest.length === 0) return { word };
  const [commitment, machineName] = rest;
  if (word !== 'ask' || rest.length !== 2 || !isNonce(commitment) || !isName(machineName)) {
    throw bad();
  }
  return { word, commitment, machineName };
}

export function encodeNearbyWord(said: NearbyWord): Uint8Array {
  return encodeCbor(
    said.word === 'ask'
      ? [FORMAT, said.word, said.commitment, said.machineName]
      : [FORMAT, said.word],
  );
}

export const encodeSeen = (ringName: string): Uint8Array => encodeCbor([FORMAT, ringName]);

/** The ring's name. */
export function decodeSeen(bytes: Uint8Array): string {
  const [ringName] = fields(bytes, 1);
  if (!isName(ringName)) throw bad();
  return ringName;
}

export const encodeAsked = (nonce: Uint8Array, ringName: string): Uint8Array =>
  encodeCbor([FORMAT, nonce, ringName]);

export function decodeAsked(bytes: Uint8Array): { nonce: Uint8Array; ringName: string } {
  const [nonce, ringName] = fields(bytes, 2);
  if (!isNonce(nonce) || !isName(ringName)) throw bad();
  return { nonce, ringName };
}

export const encodeReveal = (nonce: Uint8Array): Uint8Array => encodeCbor([FORMAT, nonce]);

export function decodeReveal(bytes: Uint8Array): Uint8Array {
  const [nonce] = fields(bytes, 1);
  if (!isNonce(nonce)) throw bad();
  return nonce;
}

export const encodeNotYet = (): Uint8Array => encodeCbor([FORMAT, 0]);

/** True for "not yet"; a welcome has more fields. */
export function isNotYet(bytes: Uint8Array): boolean {
  const value = decodeCbor(bytes);
  return Array.isArray(value) && value.length === 2 && value[0] === FORMAT && value[1] === 0;
}

function fields(bytes: Uint8Array, count: number): readonly (Cbor | undefined)[] {
  const value = decodeCbor(bytes);
  if (!Array.isArray(value)) throw bad();
  const [format, ...rest] = value as Cbor[];
  if (format !== FORMAT) throw otherFormat();
  if (rest.length !== count) throw bad();
  return rest;
}

function isNonce(value: Cbor | undefined): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength === NEARBY_NONCE_BYTES;
}

function isName(value: Cbor | undefined): value is string {
  return typeof value === 'string' && value.length <= MAX_NEARBY_NAME;
}

function otherFormat(): AppError {
  return new AppError(
    'UNSUPPORTED_FORMAT',
    'The other machine speaks another version of the join protocol; update the older one.',
  );
}

function bad(): AppError {
  return new AppError('BAD_ENCODING', 'This is no message of the join protocol.');
}
