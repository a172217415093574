import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '../../base/error-code.ts';
import { utf8 } from '../../base/bytes.ts';
import { sha256 } from '../../base/sha256.ts';

/**
 * Who may talk to the loopback server. Any web page and any program of this machine can reach it,
 * so each request must name our exact host (ends DNS rebinding), come from our own page or from no
 * page, and, wherever there is something to see or do, carry the token.
 */
export interface Guard {
  /** For pages and the API: undefined lets it in. */
  request(headers: IncomingHttpHeaders): Refusal | undefined;
  /** For WebSockets, which only our own page and the command line open: `Origin` must be there. */
  upgrade(headers: IncomingHttpHeaders): Refusal | undefined;
  /** True for the right token, compared in constant time. */
  token(offered: string | undefined): boolean;
}

export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

const MISDIRECTED: Refusal = {
  status: 421,
  code: 'FORBIDDEN',
  message: 'This server answers only under the address it announced.',
};
const FOREIGN_PAGE: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'Another site asked for this.',
};

/** @param init.origins `http://host:port` forms under which the server may be spoken to. */
export function createGuard(init: { origins: readonly string[]; token: string }): Guard {
  const origins = new Set(init.origins);
  const hosts = new Set(init.origins.map((origin) => new URL(origin).host));
  const expected = sha256(utf8(init.token));
  const request = (headers: IncomingHttpHeaders): Refusal | undefined => {
    if (headers.host === undefined || !hosts.has(headers.host)) return MISDIRECTED;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'none' && site !== 'same-origin') return FOREIGN_PAGE;
    if (headers.origin !== undefined && !origins.has(headers.origin)) return FOREIGN_PAGE;
    return undefined;
  };
  return {
    request,
    upgrade: (headers) =>
      request(headers) ?? (headers.origin === undefined ? FOREIGN_PAGE : undefined),
    token: (offered) => offered !== undefined && timingSafeEqual(sha256(utf8(offered)), expected),
  };
}

/** The token of `Authorization: Bearer …`. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1];
}

export const SUBPROTOCOL = 'carrossel.v1';

/**
 * The token among the offered WebSocket subprotocols (`auth.…`). It rides there since browsers let
 * a page set no header on a WebSocket, and addresses end up in logs.
 */
export function subprotocolToken(headers: IncomingHttpHeaders): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  if (!offered.includes(SUBPROTOCOL)) return undefined;
  return offered.find((one) => one.startsWith('auth.'))?.slice('auth.'.length);
}
