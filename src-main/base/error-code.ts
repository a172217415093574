/**
 * Every stable error code of Carrossel. Codes are the contract: they survive RPC, HTTP, IPC and the
 * command line; messages are for people and may change. Add here, never rename.
 */
export const ERROR_CODES = [
  // input
  'BAD_REQUEST',
  'NOT_FOUND',
  'LIMIT_EXCEEDED',
  'INVALID_PHRASE',
  'INVALID_LINK',
  'UNKNOWN_CONTEXT',
  'STALE_CONTEXT',
  'IDEMPOTENCY_KEY_REUSED',
  // carts and items
  'CONFLICT_OPEN',
  'LINE_NOT_FOUND',
  'CART_NOT_FOUND',
  'CART_EXISTS',
  'LINE_ORDERED',
  'NOTHING_TO_ORDER',
  'ORDER_NOT_FOUND',
  'NO_ACCOUNT',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_EXISTS',
  'SEALED',
  'FILE_NOT_WHOLE',
  'WRONG_PASSPHRASE',
  // replication
  'QUORUM_NOT_REACHED',
  'OUTCOME_UNKNOWN',
  'OTHER_LIST',
  'NOT_OWNER',
  'DEVICE_UNKNOWN',
  'DEVICE_REVOKED',
  'SESSION_REQUIRED',
  'BAD_ENCODING',
  'BAD_SIGNATURE',
  'UNSUPPORTED_FORMAT',
  'TIMEOUT',
  'ABORTED',
  'UNREACHABLE',
  'OVERLOADED',
  'QUOTA_EXCEEDED',
  // ring and admission
  'NO_RING',
  'RING_EXISTS',
  'NOT_MEMBER',
  'NOT_ADMIN',
  'REVOKED',
  'PEER_ID_IN_USE',
  'INVITE_INVALID',
  'INVITE_USED',
  'INVITE_EXPIRED',
  'INVITE_CLOSED',
  'INVITER_UNREACHABLE',
  'WRONG_RING',
  'NEARBY_GONE',
  'NEARBY_REFUSED',
  'DIGITS_DIFFER',
  // machine
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NO_RUNNING_PEER',
  'DATA_DIR_IN_USE',
  'STORE_DAMAGED',
  'DISK_FULL',
  'STORAGE_FAILED',
  'PORT_IN_USE',
  'NOT_SUPPORTED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

const known: ReadonlySet<string> = new Set(ERROR_CODES);

/** True for a string that is one of our codes (used when one arrives from another process). */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && known.has(code);
}
