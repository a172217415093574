import { AppError, toAppError, type ErrorDetails } from '../base/app-error.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import { isErrorCode } from '../base/error-code.ts';
import { MAX_DETAILS_CHARS, MAX_MESSAGE_CHARS } from './rpc-limits.ts';

/**
 * An error as it crosses the wire: CBOR of [code, message, details as JSON text]. Only AppErrors
 * keep their message; what else a handler throws is INTERNAL, so that nothing leaks.
 */
export function encodeRpcError(error: unknown): Uint8Array {
  const known = error instanceof AppError ? error : new AppError('INTERNAL', 'It failed there.');
  return encodeCbor([
    known.code,
    known.message.slice(0, MAX_MESSAGE_CHARS),
    detailsText(known.details),
  ]);
}

/** The error the bytes hold. A code of a newer version becomes INTERNAL, with the code named. */
export function decodeRpcError(bytes: Uint8Array): AppError {
  const value = decodeCbor(bytes);
  const [code, message, details] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (typeof code !== 'string' || typeof message !== 'string' || typeof details !== 'string') {
    throw new AppError('BAD_ENCODING', 'Not an error frame.');
  }
  if (!isErrorCode(code)) {
    return new AppError('INTERNAL', message, { details: { remoteCode: code.slice(0, 64) } });
  }
  return new AppError(code, message, { details: parseDetails(details) });
}

function detailsText(details: ErrorDetails): string {
  try {
    const text = JSON.stringify(details);
    return text.length > MAX_DETAILS_CHARS ? '{}' : text;
  } catch {
    return '{}';
  }
}

function parseDetails(text: string): ErrorDetails {
  if (text.length > MAX_DETAILS_CHARS) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as ErrorDetails) : {};
  } catch (error) {
    throw new AppError('BAD_ENCODING', toAppError(error).message, { cause: error });
  }
}
