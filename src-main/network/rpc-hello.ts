import { AppError } from '../base/app-error.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';

/** The first frame of both sides (PROTOCOL.md "Hello"). */
export interface Hello {
  /** Formats this peer speaks: [min, max]. */
  readonly speaks: readonly [number, number];
  /** 16 random bytes naming this run of the program: tells two live peers of one id apart. */
  readonly instance: Uint8Array;
  /** 16 random bytes of this session. */
  readonly nonce: Uint8Array;
  /** Every revocation known, as signed; taken in before any other frame (DESIGN §2 Admission). */
  readonly revocations: readonly Uint8Array[];
}

export const INSTANCE_BYTES = 16;
export const NONCE_BYTES = 16;

export function encodeHello(hello: Hello): Uint8Array {
  return encodeCbor([
    hello.speaks[0],
    hello.speaks[1],
    hello.instance,
    hello.nonce,
    [...hello.revocations],
  ]);
}

/** Throws BAD_ENCODING. Elements of later versions after the fifth are ignored. */
export function decodeHello(bytes: Uint8Array): Hello {
  const value = decodeCbor(bytes);
  const fields: readonly unknown[] = Array.isArray(value) ? value : [];
  const [min, max, instance, nonce, revocations] = fields;
  if (
    !isFormat(min) ||
    !isFormat(max) ||
    min > max ||
    !isBytes(instance, INSTANCE_BYTES) ||
    !isBytes(nonce, NONCE_BYTES) ||
    !Array.isArray(revocations) ||
    !revocations.every((one: unknown) => one instanceof Uint8Array)
  ) {
    throw new AppError('BAD_ENCODING', 'Not a hello.');
  }
  return { speaks: [min, max], instance, nonce, revocations: revocations as Uint8Array[] };
}

function isFormat(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength === length;
}
