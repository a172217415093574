import { isErrorCode, type ErrorCode } from './error-code.ts';

/** What an error may carry besides its sentence: plain JSON, so that it survives every border. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error with a stable code, a sentence a person understands, and details for programs. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True when `error` is an AppError, of the given code if one is named. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/**
 * The error as an AppError: itself, an abort or time-out by name, what the file system refused by
 * its file; else INTERNAL with its cause.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError')
    return new AppError('ABORTED', 'The request was cancelled.', { cause: error });
  if (name === 'TimeoutError')
    return new AppError('TIMEOUT', 'No answer in time.', { cause: error });
  const { code, path, syscall } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC') return new AppError('DISK_FULL', 'The disk is full.', { cause: error });
  if (typeof path === 'string' && typeof syscall === 'string' && typeof code === 'string') {
    return new AppError('STORAGE_FAILED', `The file or folder ${path} cannot be used (${code}).`, {
      details: { path, reason: code },
      cause: error,
    });
  }
  return new AppError(isErrorCode(code) ? code : 'INTERNAL', text, { cause: error });
}
