/**
 * Signed records: a positional CBOR array whose last elements are signatures over a label of their
 * own kind and the array without them. The label ends where the CBOR starts (an array's first byte
 * is never a letter), so a signature of one kind or format can never pass for another.
 */
import { concatBytes, utf8 } from '../base/bytes.ts';
import { encodeCbor, type Cbor } from '../base/cbor.ts';
import { SIGNATURE_BYTES, type SigningKey, type Verifier } from './ed25519.ts';

/** Everything a key of ours ever signs. One line each; never reused. */
export type SignatureLabel =
  | 'carrossel/version/1'
  | 'carrossel/session/1'
  | 'carrossel/account-request/1'
  | 'carrossel/account-request-peer/1'
  | 'carrossel/account-certificate/1'
  | 'carrossel/account-revocation/1'
  | 'carrossel/devices-writer/1'
  | 'carrossel/ring-certificate/1'
  | 'carrossel/ring-revocation/1'
  | 'carrossel/ring-settings/1'
  | 'carrossel/member-record/1';

/** CBOR head (2 bytes) and signature. */
export const ENCODED_SIGNATURE_BYTES = 2 + SIGNATURE_BYTES;

export function labelled(label: SignatureLabel, ...body: readonly Uint8Array[]): Uint8Array {
  return concatBytes(utf8(label), ...body);
}

/** As long as nearly every version: a long cart has some ten thousand bytes. */
const scratch = new Uint8Array(64 * 1024);

/**
 * `labelled` for the message that every write of every owner needs: put together where the last
 * one was, because fresh memory for each is a twentieth of all that an owner does. To be signed or
 * checked before the next call, and before anything is awaited.
 */
export function labelledInPlace(label: Uint8Array, ...body: readonly Uint8Array[]): Uint8Array {
  let size = label.byteLength;
  for (const part of body) size += part.byteLength;
  if (size > scratch.byteLength) return concatBytes(label, ...body);
  scratch.set(label);
  let at = label.byteLength;
  for (const part of body) {
    scratch.set(part, at);
    at += part.byteLength;
  }
  return scratch.subarray(0, size);
}

/** The signature of the fields under the label. */
export function signFields(
  key: SigningKey,
  label: SignatureLabel,
  fields: readonly Cbor[],
): Uint8Array {
  return key.sign(labelled(label, encodeCbor(fields)));
}

/** The record's bytes: the fields with their signature after them. */
export function signRecord(
  key: SigningKey,
  label: SignatureLabel,
  fields: readonly Cbor[],
): Uint8Array {
  return encodeCbor([...fields, signFields(key, label, fields)]);
}

/**
 * What the last of `count` elements (a signature) of a canonical array signs: the same array
 * without it. Cut out of the bytes instead of encoded again; `count` is at most 23.
 */
export function unsignedPart(bytes: Uint8Array, count: number): Uint8Array {
  // Not `slice`: on a Buffer that is a view, and the caller's bytes would be altered.
  const body = new Uint8Array(bytes.subarray(0, bytes.length - ENCODED_SIGNATURE_BYTES));
  body[0] = 0x80 + count - 1;
  return body;
}

/** True when the last element of the record is the key's signature of the rest under the label. */
export function isSignedBy(
  verifier: Verifier,
  label: SignatureLabel,
  record: { readonly bytes: Uint8Array; readonly count: number },
  publicKey: Uint8Array,
): boolean {
  const signature = record.bytes.subarray(record.bytes.length - SIGNATURE_BYTES);
  const message = labelled(label, unsignedPart(record.bytes, record.count));
  return verifier.verifyOnce(publicKey, message, signature);
}
