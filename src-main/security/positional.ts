/**
 * Reading our formats: positional CBOR arrays whose first element is a format number. Every reader
 * checks type, length and bound of what it takes, so that what comes out can be trusted in shape.
 */
import { AppError, isAppError } from '../base/app-error.ts';
import { decodeCbor, type Cbor } from '../base/cbor.ts';

/** Takes the elements of one array in order. Every method throws BAD_ENCODING on a mismatch. */
export interface Fields {
  /** A whole number in [min, max]. @default 0 .. 2^53 - 1 */
  uint(min?: number, max?: number): number;
  flag(): boolean;
  /** Exactly `length` bytes. */
  fixed(length: number): Uint8Array;
  bytes(max: number): Uint8Array;
  text(maxUnits: number): string;
  /** An array of at most `max` elements, each read by `read`. */
  list<T>(max: number, read: (element: Fields) => T): readonly T[];
  /** A nested array, read as a record of its own; `read` must take all of it. */
  nested<T>(read: (record: Fields) => T): T;
  /** True when all is taken. */
  readonly done: boolean;
}

/**
 * Reads one whole record of `format`.
 * @param init.views long byte strings handed to `read` may be views of `bytes`. @default false
 * @throws UNSUPPORTED_FORMAT for another format number, LIMIT_EXCEEDED when longer than `maxBytes`,
 * BAD_ENCODING for anything that our own encoder would not have written.
 */
export function readRecord<T>(
  bytes: Uint8Array,
  init: { what: string; format: number; maxBytes: number; views?: boolean },
  read: (fields: Fields) => T,
): T {
  const { what, format, maxBytes } = init;
  if (bytes.length > maxBytes) {
    throw new AppError('LIMIT_EXCEEDED', `A ${what} of ${bytes.length} bytes is too large.`, {
      details: { bytes: bytes.length, maxBytes },
    });
  }
  const found = peekFormat(bytes);
  if (found === undefined) throw bad(what, 'does not start with a format number');
  if (found !== format) {
    throw new AppError(
      'UNSUPPORTED_FORMAT',
      `A ${what} of format ${found} was met; this app knows format ${format}. Update this machine.`,
      { details: { what, format: found, known: format } },
    );
  }
  const value = decodeDeep(bytes, what, init.views);
  return readFields(value, what, (fields) => {
    fields.uint();
    return read(fields);
  });
}

/** The format number at the head of a positional array, without decoding the rest. */
export function peekFormat(bytes: Uint8Array): number | undefined {
  const [head = 0, second = 0] = bytes;
  let at: number;
  if (head >= 0x80 && head <= 0x97) at = 1;
  else if (head === 0x98 && second >= 24) at = 2;
  else return undefined;
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 24) return first;
  const size = { 0x18: 1, 0x19: 2, 0x1a: 4 }[first];
  if (size === undefined || bytes.length < at + 1 + size) return undefined;
  return bytes.subarray(at + 1, at + 1 + size).reduce((n, byte) => n * 256 + byte, 0);
}

/** Reads the elements of an array without a format number: the inside of a larger record. */
export function readFields<T>(value: Cbor, what: string, read: (fields: Fields) => T): T {
  if (!Array.isArray(value)) throw bad(what, 'is not an array');
  return readAll(value, what, read);
}

export function bad(what: string, why: string): AppError {
  return new AppError('BAD_ENCODING', `A ${what} ${why}.`);
}

/** Decoding, with a stack overflow by deep nesting (hostile bytes) told as what it is. */
function decodeDeep(bytes: Uint8Array, what: string, views = false): Cbor {
  try {
    return decodeCbor(bytes, { views });
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('BAD_ENCODING', `A ${what} is not the CBOR we write.`, { cause });
  }
}

function readAll<T>(values: readonly Cbor[], what: string, read: (fields: Fields) => T): T {
  const fields = new ArrayFields(values, what);
  const result = read(fields);
  if (!fields.done) throw bad(what, 'has more elements than its format');
  return result;
}

/** A class, not closures: some twenty of these are made for each version that is read. */
class ArrayFields implements Fields {
  readonly #values: readonly Cbor[];
  readonly #what: string;
  #at = 0;

  constructor(values: readonly Cbor[], what: string) {
    this.#values = values;
    this.#what = what;
  }
  get done(): boolean {
    return this.#at === this.#values.length;
  }
  uint(min = 0, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#next();
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
      throw this.#bad('no number in range');
    }
    return value;
  }
  flag(): boolean {
    const value = this.#next();
    if (typeof value !== 'boolean') throw this.#bad('no truth value');
    return value;
  }
  fixed(length: number): Uint8Array {
    const value = this.#next();
    if (!(value instanceof Uint8Array) || value.length !== length) {
      throw this.#bad(`no ${length} bytes`);
    }
    return value;
  }
  bytes(max: number): Uint8Array {
    const value = this.#next();
    if (!(value instanceof Uint8Array) || value.length > max) {
      throw this.#bad(`no bytes within ${max}`);
    }
    return value;
  }
  text(maxUnits: number): string {
    const value = this.#next();
    if (typeof value !== 'string' || value.length > maxUnits) {
      throw this.#bad(`no text within ${maxUnits}`);
    }
    return value;
  }
  list<T>(max: number, read: (element: Fields) => T): readonly T[] {
    const list = this.#array();
    if (list.length > max) throw this.#bad(`more than ${max} entries`);
    if (list.length === 0) return [];
    const elements = new ArrayFields(list, this.#what);
    const out: T[] = [];
    while (!elements.done) out.push(read(elements));
    return out;
  }
  nested<T>(read: (record: Fields) => T): T {
    return readAll(this.#array(), this.#what, read);
  }

  #next(): Cbor {
    const value = this.#values[this.#at++];
    if (value === undefined) throw bad(this.#what, 'has fewer elements than its format');
    return value;
  }
  #array(): readonly Cbor[] {
    const value = this.#next();
    if (!Array.isArray(value)) throw this.#bad('no array');
    return value as readonly Cbor[];
  }
  #bad(why: string): AppError {
    return bad(this.#what, `has ${why} at element ${this.#at - 1}`);
  }
}
