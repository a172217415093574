import { AppError, isAppError } from '../../base/app-error.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../../base/cbor.ts';
import { readFields, type Fields } from '../../security/positional.ts';
import { MAX_BODY_BYTES } from '../transport.ts';
import type { Verb } from '../verb.ts';

/** How one message is written as a positional array and read back. */
export interface Shape<T> {
  write(message: T): readonly Cbor[];
  read(fields: Fields): T;
  /** What `read` gets may be views of the frame: for messages that nobody keeps. @default false */
  readonly views?: boolean;
}

/**
 * A verb's request and answer. Every decode throws BAD_ENCODING on what we would not have
 * written.
 */
export interface MessageCodec<Request, Response> extends NoticeCodec<Request> {
  encodeResponse(response: Response): Uint8Array;
  decodeResponse(bytes: Uint8Array): Response;
}

/** A notice: no answer. */
export interface NoticeCodec<Request> {
  readonly verb: Verb;
  encodeRequest(request: Request): Uint8Array;
  decodeRequest(bytes: Uint8Array): Request;
}

export function createNoticeCodec<Request>(
  verb: Verb,
  what: string,
  shape: Shape<Request>,
): NoticeCodec<Request> {
  return {
    verb,
    encodeRequest: (request) => encodeCbor(shape.write(request)),
    decodeRequest: (bytes) => decodeShape(bytes, what, shape),
  };
}

export function createMessageCodec<Request, Response>(
  verb: Verb,
  what: string,
  request: Shape<Request>,
  response: Shape<Response>,
): MessageCodec<Request, Response> {
  return {
    ...createNoticeCodec(verb, what, request),
    encodeResponse: (answer) => encodeCbor(response.write(answer)),
    decodeResponse: (bytes) => decodeShape(bytes, `${what} answer`, response),
  };
}

/**
 * The longest prefix of the versions that fits one frame beside `reserved` bytes of other fields;
 * at least the first, since an envelope is smaller than a frame (DESIGN §3).
 */
export function fitFrame(
  versions: readonly Uint8Array[],
  reserved: number = 64 * 1024,
): readonly Uint8Array[] {
  let room = MAX_BODY_BYTES - reserved;
  const end = versions.findIndex((version, index) => {
    room -= version.byteLength + 5;
    return room < 0 && index > 0;
  });
  return end < 0 ? versions : versions.slice(0, end);
}

function decodeShape<T>(bytes: Uint8Array, what: string, shape: Shape<T>): T {
  try {
    const value = decodeCbor(bytes, { views: shape.views === true });
    return readFields(value, what, (fields) => shape.read(fields));
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    // Nested so deep that the stack ended, or an id that is none.
    throw new AppError('BAD_ENCODING', `A ${what} is not the CBOR we write.`, { cause });
  }
}
