import { AppError } from '../base/app-error.ts';

/**
 * Frames of the members' RPC: u32 length ‖ u8 type ‖ u32 request id ‖ body, numbers big-endian,
 * the length counting what follows it (PROTOCOL.md "RPC frames").
 */
export const FRAME = {
  /** First from both sides: CBOR of `Hello`. */
  hello: 0,
  /** Body: u8 verb ‖ request. */
  request: 1,
  response: 2,
  /** Body: CBOR of [code, message, details as JSON text]. */
  error: 3,
  /** The requester gave up; no answer wanted. */
  cancel: 4,
  /** Body: u8 verb ‖ message; id 0; no answer. */
  notice: 5,
  ping: 6,
  pong: 7,
  /** Last: why the session ends. Body as for `error`. */
  close: 8,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

export interface Frame {
  readonly type: number;
  readonly id: number;
  /** A view into what was received; copy what is to live longer. */
  readonly body: Uint8Array;
}

/** What follows the length field is at most this long (DESIGN §3). */
export const MAX_FRAME_BYTES = 1024 * 1024;
const LENGTH_BYTES = 4;
const HEAD_BYTES = 5;

/** One frame's bytes; `parts` are put one after another to form its body. */
export function encodeFrame(
  type: FrameType,
  id: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  let size = HEAD_BYTES;
  for (const part of parts) size += part.byteLength;
  if (size > MAX_FRAME_BYTES) {
    throw new AppError('LIMIT_EXCEEDED', 'This message is too large to be sent at once.', {
      details: { bytes: size, maxBytes: MAX_FRAME_BYTES },
    });
  }
  const out = new Uint8Array(LENGTH_BYTES + size);
  writeUint32(out, 0, size);
  out[LENGTH_BYTES] = type;
  writeUint32(out, LENGTH_BYTES + 1, id);
  let at = LENGTH_BYTES + HEAD_BYTES;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

/** Cuts a byte stream into frames. `read` throws BAD_ENCODING on a length that cannot be one. */
export interface FrameReader {
  read(chunk: Uint8Array): Generator<Frame>;
}

/** @param maxFrameBytes of the type, id and body together. @default MAX_FRAME_BYTES */
export function createFrameReader(maxFrameBytes: number = MAX_FRAME_BYTES): FrameReader {
  /** The incomplete frame at hand: as large as it will be, or 4 while its length is unknown. */
  let partial: Uint8Array = new Uint8Array(LENGTH_BYTES);
  let filled = 0;

  function sizeAt(bytes: Uint8Array, at: number): number {
    const size = readUint32(bytes, at);
    if (size < HEAD_BYTES || size > maxFrameBytes) {
      throw new AppError('BAD_ENCODING', 'A frame of an impossible length.', { details: { size } });
    }
    return size;
  }
  return {
    *read(chunk) {
      let at = 0;
      while (at < chunk.byteLength) {
        const rest = chunk.byteLength - at;
        if (filled === 0) {
          const size = rest < LENGTH_BYTES ? 0 : sizeAt(chunk, at);
          if (size > 0 && rest >= LENGTH_BYTES + size) {
            at += LENGTH_BYTES;
            yield frameOf(chunk.subarray(at, at + size));
            at += size;
            continue;
          }
          partial = new Uint8Array(LENGTH_BYTES + size);
        }
        const take = Math.min(partial.byteLength - filled, rest);
        partial.set(chunk.subarray(at, at + take), filled);
        filled += take;
        at += take;
        if (filled < partial.byteLength) return;
        if (filled === LENGTH_BYTES) {
          const whole = new Uint8Array(LENGTH_BYTES + sizeAt(partial, 0));
          whole.set(partial);
          partial = whole;
          continue;
        }
        filled = 0;
        yield frameOf(partial.subarray(LENGTH_BYTES));
      }
    },
  };
}

function frameOf(bytes: Uint8Array): Frame {
  return { type: bytes[0] ?? -1, id: readUint32(bytes, 1), body: bytes.subarray(HEAD_BYTES) };
}

function readUint32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
