/**
 * The short way through most of what we read and write: arrays of whole numbers, bytes, texts,
 * truth values and null, each in its one canonical form. cborg (cbor.ts) is the judge: whatever is
 * not plainly right here goes the long way, which gives the value or the error. (One text is read
 * here alone: one that begins with a byte order mark, which cborg drops.)
 */
import { utf8ToString } from './bytes.ts';

/** What our formats are made of: positional arrays of these (DESIGN §2 Envelope). */
export type Cbor =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly Cbor[]
  | { readonly [key: string]: Cbor };

const MAX_DEPTH = 16;

const MAJOR = { uint: 0, bytes: 2, text: 3, array: 4, simple: 7 } as const;
const SIMPLE: ReadonlyMap<number, Cbor> = new Map<number, Cbor>([
  [20, false],
  [21, true],
  [22, null],
]);

/** Bytes up to here are always copied: a copy costs no more than a view. */
const MAX_COPIED = 64;

interface Input {
  readonly bytes: Uint8Array;
  readonly views: boolean;
  at: number;
}

/** Thrown to go the long way; one object, so that it costs nothing. */
const OTHERWISE = new Error('not plain');

/**
 * The value; undefined when only the long way can tell. Bytes in it are copies, or with `views`
 * those of more than `MAX_COPIED` bytes are views of `bytes`.
 */
export function decodePlain(bytes: Uint8Array, views = false): Cbor | undefined {
  const input: Input = { bytes, at: 0, views };
  try {
    const value = readValue(input, 0);
    return input.at === bytes.length ? value : undefined;
  } catch {
    return undefined;
  }
}

function readValue(input: Input, depth: number): Cbor {
  const head = input.bytes[input.at++];
  if (head === undefined) throw OTHERWISE;
  const info = head & 31;
  switch (head >> 5) {
    case MAJOR.uint:
      return readNumber(input, info);
    case MAJOR.bytes:
      return bytesOf(input, readNumber(input, info));
    case MAJOR.text:
      return utf8ToString(take(input, readNumber(input, info)));
    case MAJOR.array: {
      const length = readNumber(input, info);
      if (depth >= MAX_DEPTH || length > input.bytes.length) throw OTHERWISE;
      const values: Cbor[] = [];
      for (let i = 0; i < length; i++) values.push(readValue(input, depth + 1));
      return values;
    }
    case MAJOR.simple: {
      const value = SIMPLE.get(info);
      if (value === undefined) throw OTHERWISE;
      return value;
    }
    default:
      throw OTHERWISE;
  }
}

/** A number in its shortest form, up to 2^53 - 1. */
function readNumber(input: Input, info: number): number {
  if (info < 24) return info;
  const size = 1 << (info - 24);
  if (size > 8) throw OTHERWISE;
  let value = 0;
  const end = ended(input, size);
  for (let at = input.at; at < end; at++) value = value * 256 + (input.bytes[at] ?? 0);
  input.at = end;
  const least = size === 1 ? 24 : 2 ** (4 * size);
  if (value < least || !Number.isSafeInteger(value)) throw OTHERWISE;
  return value;
}

/** Where the next `length` bytes end. */
function ended(input: Input, length: number): number {
  const end = input.at + length;
  if (end > input.bytes.length) throw OTHERWISE;
  return end;
}

function bytesOf(input: Input, length: number): Uint8Array {
  return input.views && length > MAX_COPIED
    ? take(input, length)
    : new Uint8Array(take(input, length));
}

function take(input: Input, length: number): Uint8Array {
  const end = ended(input, length);
  const taken = input.bytes.subarray(input.at, end);
  input.at = end;
  return taken;
}

/** Bytes up to here are quicker made alone; more share a block. */
const MAX_ALONE = 64;

/**
 * The value's bytes, for arrays of whole numbers from 0, bytes, ASCII texts, truth values and null;
 * undefined for anything else. Measured first, so that they are written once, where they stay.
 */
export function encodePlain(value: Cbor): Uint8Array | undefined {
  const size = sizeOf(value, 0);
  if (Number.isNaN(size)) return undefined;
  const out = size <= MAX_ALONE ? new Uint8Array(size) : shared(size);
  write(out, value, 0);
  return out;
}

function shared(size: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(size);
  return new Uint8Array(buffer, byteOffset, size);
}

/** Bytes it takes; NaN for what only the long way can write. */
function sizeOf(value: Cbor, depth: number): number {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0 ? headSize(value) : Number.NaN;
  }
  if (typeof value === 'string') {
    return isAscii(value) ? headSize(value.length) + value.length : Number.NaN;
  }
  if (value === null || typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return headSize(value.length) + value.length;
  if (!isArray(value) || depth >= MAX_DEPTH) return Number.NaN;
  let size = headSize(value.length);
  for (let i = 0; i < value.length; i++) size += sizeOf(value[i] as Cbor, depth + 1);
  return size;
}

function headSize(value: number): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x10000) return 3;
  return value < 2 ** 32 ? 5 : 9;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** `Array.isArray` does not narrow to arrays that are only read. */
function isArray(value: Cbor | undefined): value is readonly Cbor[] {
  return Array.isArray(value);
}

/** Writes what `sizeOf` has measured; the answer is where it ends. */
function write(out: Uint8Array, value: Cbor, at: number): number {
  if (typeof value === 'number') return writeHead(out, MAJOR.uint, value, at);
  if (typeof value === 'string') {
    const from = writeHead(out, MAJOR.text, value.length, at);
    for (let i = 0; i < value.length; i++) out[from + i] = value.charCodeAt(i);
    return from + value.length;
  }
  if (value instanceof Uint8Array) {
    const from = writeHead(out, MAJOR.bytes, value.length, at);
    out.set(value, from);
    return from + value.length;
  }
  if (isArray(value)) {
    let end = writeHead(out, MAJOR.array, value.length, at);
    for (const one of value) end = write(out, one, end);
    return end;
  }
  out[at] = (MAJOR.simple << 5) + (value === null ? 22 : value === true ? 21 : 20);
  return at + 1;
}

function writeHead(out: Uint8Array, major: number, value: number, at: number): number {
  const kind = major << 5;
  if (value < 24) {
    out[at] = kind + value;
    return at + 1;
  }
  const size = headSize(value) - 1;
  let from = at;
  if (size === 1) out[from++] = kind + 24;
  else if (size === 2) out[from++] = kind + 25;
  else out[from++] = kind + (size === 4 ? 26 : 27);
  if (size === 8) from = writeUint32(out, Math.floor(value / 2 ** 32), from);
  if (size >= 4) return writeUint32(out, value % 2 ** 32, from);
  if (size === 2) out[from++] = value >>> 8;
  out[from++] = value;
  return from;
}

function writeUint32(out: Uint8Array, value: number, at: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}
