import { ORPCError } from '@orpc/client';
import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import { isErrorCode, type ErrorCode } from '../base/error-code.ts';
import { inputSentence, pathOf, type Issue } from './input-words.ts';

/** Our errors on the wire: the code is the contract on MessagePort, WebSocket and HTTP alike. */

const STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  LIMIT_EXCEEDED: 413,
  INVALID_PHRASE: 400,
  INVALID_LINK: 400,
  UNKNOWN_CONTEXT: 409,
  STALE_CONTEXT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  CONFLICT_OPEN: 409,
  LINE_NOT_FOUND: 404,
  CART_NOT_FOUND: 404,
  CART_EXISTS: 409,
  LINE_ORDERED: 409,
  NOTHING_TO_ORDER: 409,
  ORDER_NOT_FOUND: 404,
  NO_ACCOUNT: 409,
  ACCOUNT_NOT_FOUND: 404,
  ACCOUNT_EXISTS: 409,
  SEALED: 403,
  FILE_NOT_WHOLE: 422,
  WRONG_PASSPHRASE: 403,
  QUORUM_NOT_REACHED: 503,
  OUTCOME_UNKNOWN: 504,
  OTHER_LIST: 409,
  NOT_OWNER: 409,
  DEVICE_UNKNOWN: 403,
  DEVICE_REVOKED: 403,
  SESSION_REQUIRED: 403,
  BAD_ENCODING: 400,
  BAD_SIGNATURE: 400,
  UNSUPPORTED_FORMAT: 400,
  TIMEOUT: 504,
  ABORTED: 499,
  UNREACHABLE: 503,
  OVERLOADED: 503,
  QUOTA_EXCEEDED: 507,
  NO_RING: 409,
  RING_EXISTS: 409,
  NOT_MEMBER: 403,
  NOT_ADMIN: 403,
  REVOKED: 403,
  PEER_ID_IN_USE: 409,
  INVITE_INVALID: 403,
  INVITE_USED: 410,
  INVITE_EXPIRED: 410,
  INVITE_CLOSED: 410,
  INVITER_UNREACHABLE: 503,
  WRONG_RING: 409,
  NEARBY_GONE: 410,
  NEARBY_REFUSED: 403,
  DIGITS_DIFFER: 409,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NO_RUNNING_PEER: 503,
  DATA_DIR_IN_USE: 409,
  STORE_DAMAGED: 500,
  DISK_FULL: 507,
  STORAGE_FAILED: 500,
  PORT_IN_USE: 409,
  NOT_SUPPORTED: 501,
  INTERNAL: 500,
};

const INTERNAL_SENTENCE = 'Something went wrong inside this peer; its log says more.';

/** HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** oRPC's own codes that have a counterpart here. */
const FOREIGN: Readonly<Record<string, ErrorCode>> = {
  INTERNAL_SERVER_ERROR: 'INTERNAL',
  PAYLOAD_TOO_LARGE: 'LIMIT_EXCEEDED',
  METHOD_NOT_SUPPORTED: 'NOT_FOUND',
  GATEWAY_TIMEOUT: 'TIMEOUT',
  SERVICE_UNAVAILABLE: 'UNREACHABLE',
};

/**
 * The error as it goes out. Whatever is not an AppError with a code of its own becomes INTERNAL
 * with a fixed sentence: what happened inside is for the log (`report`), not for the caller.
 */
export function toRpcError(
  error: unknown,
  report: (error: unknown) => void,
): ORPCError<ErrorCode, unknown> {
  if (error instanceof ORPCError) return fromOrpc(error, report);
  const known = toAppError(error);
  if (known.code === 'INTERNAL') {
    report(error);
    return rpcError('INTERNAL', INTERNAL_SENTENCE, {});
  }
  return rpcError(known.code, known.message, known.details);
}

function rpcError(code: ErrorCode, message: string, data: unknown): ORPCError<ErrorCode, unknown> {
  return new ORPCError(code, { status: STATUS[code], message, data });
}

function fromOrpc(
  error: ORPCError<string, unknown>,
  report: (error: unknown) => void,
): ORPCError<ErrorCode, unknown> {
  const { code } = error;
  const ours = isErrorCode(code) ? code : FOREIGN[code];
  if (ours === undefined || ours === 'INTERNAL') {
    report(error.cause ?? error);
    return rpcError('INTERNAL', INTERNAL_SENTENCE, {});
  }
  if (ours === 'BAD_REQUEST') return badRequest(error);
  return rpcError(ours, error.message, error.data ?? {});
}

/** zod's findings in words; for programs with their paths. */
function badRequest(error: ORPCError<string, unknown>): ORPCError<ErrorCode, unknown> {
  const found = (error.data as { issues?: readonly Issue[] } | undefined)?.issues ?? [];
  // Of the app itself, not of the validation around it: it says what is wrong already.
  if (found.length === 0) return rpcError('BAD_REQUEST', error.message, error.data ?? {});
  const issues = found.map((issue) => ({ path: pathOf(issue), message: inputSentence([issue]) }));
  return rpcError('BAD_REQUEST', inputSentence(found), { issues });
}

/** The error a client got, as an AppError with the code the peer gave it. */
export function fromRpcError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (!(error instanceof ORPCError)) return toAppError(error);
  const name = String(error.code);
  const code = isErrorCode(name) ? name : (FOREIGN[name] ?? 'INTERNAL');
  const details = error.data;
  return new AppError(code, error.message, {
    cause: error,
    ...(typeof details === 'object' && details !== null
      ? { details: details as Record<string, unknown> }
      : {}),
  });
}
