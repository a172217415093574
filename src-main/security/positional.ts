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
 * @throws UNSUPPORTED_FORMAT for another format number, LIMIT_EXCEEDED when longer than `maxBytes`,
 * BAD_ENCODING for anything that our own encoder would not have written.
 */
export function readRecord<T>(
  bytes: Uint8Array,
  init: { what: string; format: number; maxBytes: number },
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
  const value = decodeDeep(bytes, what);
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
function decodeDeep(bytes: Uint8Array, what: string): Cbor {
  try {
    return decodeCbor(bytes);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('BAD_ENCODING', `A ${what} is not the CBOR we write.`, { cause });
  }
}

function readAll<T>(values: readonly Cbor[], what: string, read: (fields: Fields) => T): T {
  const fields = fieldsOf(values, what);
  const result = read(fields);
  if (!fields.done) throw bad(what, 'has more elements than its format');
  return result;
}

function fieldsOf(values: readonly Cbor[], what: string): Fields {
  let at = 0;
  const next = (): Cbor => {
    const value = values[at++];
    if (value === undefined) throw bad(what, 'has fewer elements than its format');
    return value;
  };
  const taken = (): string => `element ${at - 1}`;
  const array = (): readonly Cbor[] => {
    const value = next();
    if (!Array.isArray(value)) throw bad(what, `has no array at ${taken()}`);
    return value as readonly Cbor[];
  };
  return {
    get done() {
      return at === values.length;
    },
    uint(min = 0, max = Number.MAX_SAFE_INTEGER) {
      const value = next();
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
        throw bad(what, `has no number in range at ${taken()}`);
      }
      return value;
    },
    flag() {
      const value = next();
      if (typeof value !== 'boolean') throw bad(what, `has no truth value at ${taken()}`);
      return value;
    },
    fixed(length) {
      const value = next();
      if (!(value instanceof Uint8Array) || value.length !== length) {
        throw bad(what, `has no ${length} bytes at ${taken()}`);
      }
      return value;
    },
    bytes(max) {
      const value = next();
      if (!(value instanceof Uint8Array) || value.length > max) {
        throw bad(what, `has no bytes within ${max} at ${taken()}`);
      }
      return value;
    },
    text(maxUnits) {
      const value = next();
      if (typeof value !== 'string' || value.length > maxUnits) {
        throw bad(what, `has no text within ${maxUnits} at ${taken()}`);
      }
      return value;
    },
    list(max, read) {
      const list = array();
      if (list.length > max) throw bad(what, `has more than ${max} entries at ${taken()}`);
      const elements = fieldsOf(list, what);
      const out: ReturnType<typeof read>[] = [];
      while (!elements.done) out.push(read(elements));
      return out;
    },
    nested: (read) => readAll(array(), what, read),
  };
}
