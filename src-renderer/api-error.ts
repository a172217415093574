import { ORPCError } from '@orpc/client';
import { en } from './i18n/en.ts';
import type { ErrorCode } from './wall.ts';

/** What a call to the peer ends with when it fails: the peer's own code, or the line's. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The dictionary has a sentence for every code (by type), so its keys are the codes. */
function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(en.errors, code);
}

/** Any failure as an ApiError; `lost` is true when the line went away under the call. */
export function toApiError(error: unknown, lost: boolean): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ORPCError) {
    const details: unknown = error.data;
    const code = isErrorCode(error.code) ? error.code : 'INTERNAL';
    return new ApiError(code, error.message, isRecord(details) ? details : {});
  }
  const text = error instanceof Error ? error.message : String(error);
  return new ApiError(lost ? 'NO_RUNNING_PEER' : 'INTERNAL', text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
