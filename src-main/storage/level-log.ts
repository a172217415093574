/**
 * LevelDB's log format, read only: blocks of 32 KiB with checked fragments. Its MANIFEST and its
 * write-ahead logs are written so. LevelDB itself takes a torn or wrong fragment for the end, or
 * skips it, without a word (STACK B6): so they are looked at before it opens them.
 */
import { crc32c } from './crc32c.ts';

export interface LevelLog {
  readonly records: readonly Uint8Array[];
  /** False when a fragment is torn, has a wrong checksum, or does not follow the one before. */
  readonly whole: boolean;
}

const BLOCK = 32 * 1024;
const HEADER = 7;
const MASK = 0xa282ead8;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

export function readLevelLog(bytes: Uint8Array): LevelLog {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let whole = true;
  for (let at = 0; at < input.length;) {
    const left = BLOCK - (at % BLOCK);
    if (left < HEADER) {
      at += left;
      continue;
    }
    const fragment = readFragment(input, at);
    if (fragment === undefined) return { records, whole: false };
    const { type, data, end } = fragment;
    const begins = type === FULL || type === FIRST;
    if (begins !== (parts.length === 0)) whole = false;
    if (begins) parts = [];
    parts.push(data);
    if (type === FULL || type === LAST) {
      records.push(parts.length === 1 ? data : Buffer.concat(parts));
      parts = [];
    }
    at = end;
  }
  return { records, whole: whole && parts.length === 0 };
}

function readFragment(
  input: Buffer,
  at: number,
): { readonly type: number; readonly data: Uint8Array; readonly end: number } | undefined {
  if (at + HEADER > input.length) return undefined;
  const masked = input.readUInt32LE(at);
  const length = input.readUInt16LE(at + 4);
  const type = input.readUInt8(at + 6);
  const end = at + HEADER + length;
  if (end > input.length || end > at + BLOCK - (at % BLOCK)) return undefined;
  if (![FULL, FIRST, MIDDLE, LAST].includes(type)) return undefined;
  const crc = crc32c(input, at + 6, end);
  if (((((crc >>> 15) | (crc << 17)) >>> 0) + MASK) % 2 ** 32 !== masked) return undefined;
  return { type, data: input.subarray(at + HEADER, end), end };
}
