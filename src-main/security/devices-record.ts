/**
 * What `account#devices` holds: certificates, revocations and sealed sealing keys. It only grows:
 * siblings are never a conflict, their union is what counts. Each certificate and revocation
 * carries its own signatures, so a union is as trustworthy as its parts.
 */
import { AppError } from '../base/app-error.ts';
import { compareBytes, equalBytes, toHex } from '../base/bytes.ts';
import { encodeCbor, type Cbor } from '../base/cbor.ts';
import {
  MAX_CERTIFICATE_BYTES,
  readAccountCertificate,
  type AccountCertificate,
} from './account-certificate.ts';
import {
  MAX_REVOCATION_BYTES,
  readAccountRevocation,
  type AccountRevocation,
} from './account-revocation.ts';
import { SIGNATURE_BYTES } from './ed25519.ts';
import { MAX_ENVELOPE_BYTES, readBody } from './envelope-format.ts';
import { bad, readRecord, type Fields } from './positional.ts';
import { BOX_OVERHEAD } from './sealed-box.ts';
import type { SignedVersion } from './signed-version.ts';

/** One sealing key of the account, as it lies open to all: a number, and boxes. */
export interface SealedKey {
  readonly number: number;
  /** Tells apart two keys made apart under one number, and proves what a box holds. 16 bytes. */
  readonly commitment: Uint8Array;
  /** By receiver, then by box; each box holds the key for its receiver's X25519 key. */
  readonly boxes: readonly SealedKeyBox[];
}

export interface SealedKeyBox {
  readonly receiver: Uint8Array;
  readonly box: Uint8Array;
}

export interface DevicesRecord {
  /** In the order of their hashes, like the revocations. */
  readonly certificates: readonly AccountCertificate[];
  readonly revocations: readonly AccountRevocation[];
  readonly sealingKeys: readonly SealedKey[];
}

/** The record of one version: the union's part, and which peer wrote it. */
export interface WrittenRecord extends DevicesRecord {
  /** Public key of the peer whose actor the version has; that peer signed for it. */
  readonly writer: Uint8Array;
  readonly writerSignature: Uint8Array;
}

export const EMPTY_RECORD: DevicesRecord = { certificates: [], revocations: [], sealingKeys: [] };
export const COMMITMENT_BYTES = 16;

const FORMAT = 1;
const MAX_CERTIFICATES = 512;
const MAX_REVOCATIONS = 512;
const MAX_SEALING_KEYS = 256;
const MAX_BOXES = 1024;
const KEY_BYTES = 32;

/**
 * The record that a version of `account#devices` holds, in plain.
 * @throws BAD_ENCODING, UNSUPPORTED_FORMAT; BAD_REQUEST for a version of another kind.
 */
export function readDevicesRecord(version: SignedVersion): WrittenRecord {
  if (version.kind !== 'devices') {
    throw new AppError('BAD_REQUEST', 'This version holds no devices.');
  }
  return decodeDevicesRecord(readBody(version).sealed);
}

export function decodeDevicesRecord(bytes: Uint8Array): WrittenRecord {
  const limits = { what: 'devices record', format: FORMAT, maxBytes: MAX_ENVELOPE_BYTES };
  return readRecord(bytes, limits, (fields) => {
    const writer = fields.fixed(KEY_BYTES);
    const writerSignature = fields.fixed(SIGNATURE_BYTES);
    return { writer, writerSignature, ...readParts(fields) };
  });
}

/** @param writer of whom the version's dot is, with its signature (`devices-version.ts`). */
export function encodeDevicesRecord(record: WrittenRecord): Uint8Array {
  return encodeCbor([FORMAT, record.writer, record.writerSignature, ...partFields(record)]);
}

/** The grow-only parts as one array, without a writer: what the writer signs a digest of. */
export function encodeParts(record: DevicesRecord): Uint8Array {
  return encodeCbor(partFields(record));
}

/** Everything that is in any of them: commutative, associative, idempotent. */
export function unionRecords(records: readonly DevicesRecord[]): DevicesRecord {
  return {
    certificates: byHash(records.flatMap(({ certificates }) => certificates)),
    revocations: byHash(records.flatMap(({ revocations }) => revocations)),
    sealingKeys: unionKeys(records.flatMap(({ sealingKeys }) => sealingKeys)),
  };
}

/** True when `later` has all that `earlier` has. */
export function containsRecord(later: DevicesRecord, earlier: DevicesRecord): boolean {
  return equalBytes(
    encodeParts(unionRecords([later, earlier])),
    encodeParts(unionRecords([later])),
  );
}

function byHash<T extends { readonly hash: string }>(list: readonly T[]): readonly T[] {
  const unique = new Map(list.map((one) => [one.hash, one]));
  return [...unique.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

function unionKeys(keys: readonly SealedKey[]): readonly SealedKey[] {
  const merged = new Map<string, SealedKey>();
  for (const one of keys) {
    const name = keyName(one);
    const boxes = [...(merged.get(name)?.boxes ?? []), ...one.boxes];
    const unique = new Map(boxes.map((box) => [boxName(box), box]));
    const sorted = [...unique.values()].sort(compareBoxes);
    merged.set(name, { number: one.number, commitment: one.commitment, boxes: sorted });
  }
  return [...merged.values()].sort(compareKeys);
}

function keyName(key: SealedKey): string {
  return `${key.number}/${toHex(key.commitment)}`;
}

function boxName(box: SealedKeyBox): string {
  return toHex(box.receiver) + toHex(box.box);
}

function compareKeys(a: SealedKey, b: SealedKey): number {
  return a.number - b.number || compareBytes(a.commitment, b.commitment);
}

function compareBoxes(a: SealedKeyBox, b: SealedKeyBox): number {
  return compareBytes(a.receiver, b.receiver) || compareBytes(a.box, b.box);
}

function partFields(record: DevicesRecord): Cbor[] {
  return [
    record.certificates.map(({ bytes }) => bytes),
    record.revocations.map(({ bytes }) => bytes),
    record.sealingKeys.map(({ number, commitment, boxes }) => [
      number,
      commitment,
      boxes.map(({ receiver, box }) => [receiver, box]),
    ]),
  ];
}

/** Reads the parts; refuses any order, or doubling, that the union would not have made. */
function readParts(fields: Fields): DevicesRecord {
  const record: DevicesRecord = {
    certificates: fields.list(MAX_CERTIFICATES, (one) =>
      readAccountCertificate(one.bytes(MAX_CERTIFICATE_BYTES)),
    ),
    revocations: fields.list(MAX_REVOCATIONS, (one) =>
      readAccountRevocation(one.bytes(MAX_REVOCATION_BYTES)),
    ),
    sealingKeys: fields.list(MAX_SEALING_KEYS, (one) => one.nested(readSealedKey)),
  };
  if (!equalBytes(encodeParts(record), encodeParts(unionRecords([record])))) {
    throw bad('devices record', 'is not in order');
  }
  return record;
}

function readSealedKey(fields: Fields): SealedKey {
  return {
    number: fields.uint(1),
    commitment: fields.fixed(COMMITMENT_BYTES),
    boxes: fields.list(MAX_BOXES, (one) =>
      one.nested((pair) => ({
        receiver: pair.fixed(KEY_BYTES),
        box: pair.fixed(KEY_BYTES + BOX_OVERHEAD),
      })),
    ),
  };
}
