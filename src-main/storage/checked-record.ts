/**
 * A record at rest: 32 bytes SHA-256(key ‖ body), then the body (PROTOCOL.md, Disk). The checksum
 * finds damaged bytes, and is also the record's addend in the store's digest, a sum mod 2^256.
 */
import { AppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import { allocate } from './byte-layout.ts';
import type { DiskKey } from './disk.ts';

const CHECKSUM_BYTES = 32;
const MODULUS = 1n << 256n;

/** A body, with room for what it means, so that it is decoded once. */
export interface RecordBody {
  readonly body: Uint8Array;
  /** True when `roomBefore(key)` bytes before the body, in its buffer, are free to be written. */
  readonly roomy?: boolean;
  memo?: unknown;
}

export interface CheckedRecord extends RecordBody {
  /** Checksum and body, as on disk. */
  readonly raw: Uint8Array;
  /** What `checksumOf` found. */
  addend?: bigint;
}

/** Bytes that `sealRecord` needs before a body, to do without a copy of it. */
export function roomBefore(key: DiskKey): number {
  return Math.max(key.length, CHECKSUM_BYTES);
}

export function sealRecord(key: DiskKey, record: RecordBody): CheckedRecord {
  const room = roomBefore(key);
  const buffer = record.roomy === true ? around(record.body, room) : copyWith(room, record.body);
  // The key right before the body to be hashed, then the hash over the key.
  buffer.write(key, room - key.length, 'latin1');
  buffer.set(sha256(buffer.subarray(room - key.length)), room - CHECKSUM_BYTES);
  const at = buffer.byteOffset + room - CHECKSUM_BYTES;
  const raw = new Uint8Array(buffer.buffer, at, buffer.byteLength - room + CHECKSUM_BYTES);
  return withMemo({ raw, body: raw.subarray(CHECKSUM_BYTES) }, record.memo);
}

function around(body: Uint8Array, room: number): Buffer {
  return Buffer.from(body.buffer, body.byteOffset - room, room + body.byteLength);
}

function copyWith(room: number, body: Uint8Array): Buffer {
  const buffer = allocate(room + body.byteLength);
  buffer.set(body, room);
  return buffer;
}

/** @throws STORE_DAMAGED when the checksum is not that of key and body. */
export function openRecord(key: DiskKey, raw: Uint8Array): CheckedRecord {
  const body = raw.subarray(CHECKSUM_BYTES);
  const input = Buffer.allocUnsafe(key.length + body.byteLength);
  input.write(key, 0, 'latin1');
  input.set(body, key.length);
  if (raw.byteLength < CHECKSUM_BYTES || Buffer.compare(sha256(input), head(raw)) !== 0) {
    throw damagedRecord(key, 'its checksum is wrong');
  }
  return { raw, body };
}

/** The record's addend in digests. */
export function checksumOf(record: CheckedRecord): bigint {
  return (record.addend ??= toNumber256(head(record.raw)));
}

export function damagedRecord(key: DiskKey, what: string, cause?: unknown): AppError {
  return new AppError('STORE_DAMAGED', `A record on this disk is damaged: ${what}.`, {
    details: { record: Buffer.from(key.slice(0, 80), 'latin1').toString('hex') },
    cause,
  });
}

/** 32 bytes as a number, big-endian. */
export function toNumber256(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

export function fromNumber256(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** (sum + add − subtract) mod 2^256. */
export function shift256(sum: bigint, add: bigint, subtract: bigint): bigint {
  const moved = sum + add - subtract;
  if (moved >= 0n && moved < MODULUS) return moved;
  // One step is enough nearly always, and a division costs as much as the hash did.
  const stepped = moved < 0n ? moved + MODULUS : moved - MODULUS;
  if (stepped >= 0n && stepped < MODULUS) return stepped;
  return ((moved % MODULUS) + MODULUS) % MODULUS;
}

function head(raw: Uint8Array): Uint8Array {
  return raw.subarray(0, CHECKSUM_BYTES);
}

function withMemo(record: CheckedRecord, memo: unknown): CheckedRecord {
  if (memo !== undefined) record.memo = memo;
  return record;
}
