/**
 * Is this one of oRPC's messages? Its adapters answer garbage with an unhandled rejection (port) or
 * a line on the console (socket); we look first and end a connection that speaks something else.
 */

/** Longest message taken, in UTF-16 units: 1 MiB, as for HTTP bodies and WebSocket frames. */
export const MAX_MESSAGE_LENGTH = 1 << 20;

const REQUEST = 1;
const EVENT = 3;
const ABORT = 4;

export function isRpcMessage(data: unknown): boolean {
  if (typeof data !== 'string' || data.length > MAX_MESSAGE_LENGTH) return false;
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return false;
  }
  if (!isRecord(message)) return false;
  if (typeof message['i'] !== 'string' && typeof message['i'] !== 'number') return false;
  const payload = message['p'];
  switch (message['t'] ?? REQUEST) {
    case REQUEST:
      return isRequest(payload);
    case EVENT:
      return isRecord(payload) && typeof payload['e'] === 'string';
    case ABORT:
      return true;
    default:
      return false;
  }
}

function isRequest(payload: unknown): boolean {
  if (!isRecord(payload)) return false;
  const { u: url, h: headers, m: method } = payload;
  if (typeof url !== 'string' || !URL.canParse(url, 'http://orpc')) return false;
  if (method !== undefined && typeof method !== 'string') return false;
  if (headers === undefined) return true;
  if (!isRecord(headers)) return false;
  // A body of another kind than JSON (a file, a form, a stream) has no use in the contract.
  if ('content-type' in headers || 'content-disposition' in headers) return false;
  return Object.values(headers).every((value) => typeof value === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
