import { isAppError } from '../../src-main/base/app-error.ts';
import type { ErrorCode } from '../../src-main/base/error-code.ts';

/** What bad days make of a request; nothing else may. */
const EXPECTED: readonly ErrorCode[] = [
  'QUORUM_NOT_REACHED',
  'OUTCOME_UNKNOWN',
  'ABORTED',
  'DISK_FULL',
  'STORAGE_FAILED',
  'UNKNOWN_CONTEXT',
  'OVERLOADED',
  'STORE_DAMAGED',
];

export function isExpected(error: unknown): boolean {
  return EXPECTED.some((code) => isAppError(error, code));
}
