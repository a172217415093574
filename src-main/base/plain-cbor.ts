/**
 * The short way through most of what we read: arrays of whole numbers, bytes, texts, truth values
 * and null, each in its one canonical form. `decodeCbor` (cbor.ts) is the judge: whatever is not
 * plainly right here goes the long way, which gives the value or the error. (One text is read here
 * alone: one that begins with a byte order mark, which cborg drops.)
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
