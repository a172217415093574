import { decode, encode, Type, type DecodeOptions, type EncodeOptions, type Token } from 'cborg';
import { AppError, toAppError } from './app-error.ts';
import { equalBytes } from './bytes.ts';
import { decodePlain, encodePlain, type Cbor } from './plain-cbor.ts';

export type { Cbor } from './plain-cbor.ts';

const encodeOptions: EncodeOptions = {
  float64: true,
  // Buffers are Uint8Arrays to us; without this cborg would encode them alike, but say so.
  typeEncoders: { undefined: () => refuseUndefined() },
};

const decodeOptions: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  allowNaN: false,
  allowInfinity: false,
  rejectDuplicateMapKeys: true,
};

function refuseUndefined(): [Token] {
  throw new AppError('BAD_ENCODING', `A value of type ${Type.undefined.name} cannot be encoded.`);
}

/** Deterministic CBOR (RFC 8949 §4.2: shortest forms, sorted map keys) of the value. */
export function encodeCbor(value: Cbor): Uint8Array {
  return encodePlain(value) ?? encodeAny(value);
}

/** The long way, for every value. */
export function encodeAny(value: Cbor): Uint8Array {
  const bytes = encode(value, encodeOptions);
  // cborg gives a Buffer under Node: its `slice` is a view, its JSON and deep equality another's.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The one value the bytes hold. Refuses (BAD_ENCODING) anything that our own encoder would not have
 * written byte for byte, so that one meaning has one encoding and a hash names a meaning.
 * @param options.views long byte strings in the value may be views of `bytes`: for readers that
 *   keep none of them. @default false
 */
export function decodeCbor(bytes: Uint8Array, options: { readonly views?: boolean } = {}): Cbor {
  return decodePlain(bytes, options.views) ?? decodeAny(bytes);
}

/** The long way, for everything we write: decoded, encoded again, compared. */
export function decodeAny(bytes: Uint8Array): Cbor {
  let value: Cbor;
  try {
    value = decode(bytes, decodeOptions) as Cbor;
  } catch (cause) {
    throw new AppError('BAD_ENCODING', `Not the CBOR we write: ${toAppError(cause).message}`, {
      cause,
    });
  }
  if (!equalBytes(encodeAny(value), bytes)) {
    throw new AppError(
      'BAD_ENCODING',
      'Not the CBOR we write: another encoding of the same value.',
    );
  }
  return value;
}
