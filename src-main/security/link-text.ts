/**
 * Links that people pass on: `carrossel://<verb>/<base64url>`, the bytes being a record and four
 * bytes of its SHA-256, so that a link that lost letters on its way says so at once.
 */
import { AppError, isAppError } from '../base/app-error.ts';
import { concatBytes, equalBytes, fromBase64url, toBase64url } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import { readRecord, type Fields } from './positional.ts';

export type LinkVerb = 'join' | 'share';

const SCHEME = 'carrossel://';
const CHECKSUM_BYTES = 4;
const MAX_LINK = 4096;
const MAX_ADDRESSES = 16;
const MAX_ADDRESS = 256;

export function linkText(verb: LinkVerb, record: Uint8Array): string {
  return `${SCHEME}${verb}/${toBase64url(concatBytes(record, checksum(record)))}`;
}

/**
 * Reads a link as a person pasted it: spaces and line breaks inside are dropped.
 * @throws INVALID_LINK (details `{reason:
 * 'length'|'scheme'|'verb'|'letters'|'checksum'|'content'}`), UNSUPPORTED_FORMAT
 */
export function readLink<T>(
  text: string,
  verb: LinkVerb,
  format: number,
  read: (fields: Fields) => T,
): T {
  const record = linkBytes(text, verb);
  try {
    return readRecord(record, { what: `${verb} link`, format, maxBytes: MAX_LINK }, read);
  } catch (error) {
    if (isAppError(error, 'UNSUPPORTED_FORMAT')) throw error;
    throw invalid('content', 'This link does not hold what it should. Ask for a new one.', error);
  }
}

/** Multiaddrs in a link: as many as are read back, most useful first. */
export function linkAddresses(addresses: readonly string[]): string[] {
  return addresses.filter((one) => one.length <= MAX_ADDRESS).slice(0, MAX_ADDRESSES);
}

export function readAddresses(fields: Fields): readonly string[] {
  return fields.list(MAX_ADDRESSES, (one) => one.text(MAX_ADDRESS));
}

function linkBytes(text: string, verb: LinkVerb): Uint8Array {
  if (text.length > MAX_LINK * 2) throw invalid('length', 'This is too long for a link.');
  const link = text.replace(/\s+/gu, '');
  if (!link.toLowerCase().startsWith(SCHEME)) {
    throw invalid('scheme', `A Carrossel link starts with ${SCHEME}${verb}/.`);
  }
  const [found = '', body = '', ...rest] = link.slice(SCHEME.length).split('/');
  if (found.toLowerCase() !== verb) {
    const wanted = verb === 'join' ? 'to join a ring' : 'to share a cart';
    throw invalid('verb', `This is not a link ${wanted}.`);
  }
  let bytes: Uint8Array;
  try {
    bytes = fromBase64url([body, ...rest].join('/'));
  } catch (cause) {
    throw invalid('letters', 'The link is damaged: copy it again, whole.', cause);
  }
  const record = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES));
  if (!equalBytes(bytes.subarray(record.length), checksum(record))) {
    throw invalid('checksum', 'The link is damaged: copy it again, whole.');
  }
  return record;
}

function checksum(record: Uint8Array): Uint8Array {
  return sha256(record).subarray(0, CHECKSUM_BYTES);
}

function invalid(reason: string, message: string, cause?: unknown): AppError {
  return new AppError('INVALID_LINK', message, { details: { reason }, cause });
}
