import type { IncomingMessage } from 'node:http';
import { AppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/waiting.ts';

/** Largest body of a request. */
export const MAX_BODY_BYTES = 1 << 20;
/** Time for a body to arrive. */
const BODY_TIMEOUT_MS = 30_000;

/**
 * The JSON body of a request; undefined when it has none. BAD_REQUEST for another type or for text
 * that is no JSON, LIMIT_EXCEEDED over 1 MiB, TIMEOUT when it does not arrive.
 */
export async function readJsonBody(request: IncomingMessage, clock: Clock): Promise<unknown> {
  const limits = { clock, timeoutMs: BODY_TIMEOUT_MS, what: 'the body of a request' };
  const bytes = await within(limits, () => readBytes(request));
  if (bytes.byteLength === 0) return undefined;
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new AppError('BAD_REQUEST', 'Send the body as Content-Type: application/json.');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new AppError('BAD_REQUEST', 'The body is not JSON.', { cause });
  }
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let length = Number(request.headers['content-length'] ?? 0);
  if (length > MAX_BODY_BYTES) throw tooLarge();
  length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.byteLength;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(): AppError {
  return new AppError('LIMIT_EXCEEDED', 'A request may be 1 MiB at most.', {
    details: { maxBytes: MAX_BODY_BYTES },
  });
}
