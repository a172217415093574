import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '../../base/app-error.ts';
import { toBase64url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { Random } from '../../base/random.ts';
import type { Startable } from '../../base/startable.ts';
import { readPageFile, SECURITY_HEADERS } from '../page-files.ts';
import type { AppRouter } from '../router.ts';
import { API_PREFIX, createHttpApi, sendRefusal, type HttpApi } from './http-api.ts';
import { bearerToken, createGuard, subprotocolToken, type Guard } from './loopback-guard.ts';
import { createLineServer } from './line-server.ts';
import { createPageLinks } from './page-links.ts';
import { openApiDocument } from './openapi-document.ts';
import { createSocketServer, type SocketServer } from './socket-server.ts';

/** The page, the WebSocket `/rpc` and the HTTP API of one peer, on loopback (STACK §8). */
export interface LoopbackServer extends Startable {
  /** `http://127.0.0.1:PORT`; valid once started. */
  readonly origin: string;
  readonly token: string;
  /**
   * An address that leads to the page with its token, once, within a minute: other users of the
   * machine can read a browser's command line, and must not find the token there.
   */
  pageLink(): string;
}

export interface LoopbackServerInit {
  /** `127.0.0.1` or `::1`. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Folder of the built page; without it there is only the API. */
  readonly pageRoot?: string;
  /** Further origins it is reached under, e.g. the near end of an SSH tunnel. */
  readonly allowOrigins?: readonly string[];
  /** Version of the app, for the OpenAPI document. */
  readonly version: string;
}

export interface LoopbackServerComponents {
  readonly router: AppRouter;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

const SOCKET_PATH = '/rpc';
const TOKEN_BYTES = 32;
const LINK_PATH = '/open/';

interface Parts {
  /** Takes a link's code; the address it stands for, if it is still good. */
  redeem(code: string): string | undefined;
  readonly guard: Guard;
  readonly api: HttpApi;
  readonly sockets: SocketServer;
  readonly pageRoot: string | undefined;
}

export function createLoopbackServer(
  init: LoopbackServerInit,
  components: LoopbackServerComponents,
): LoopbackServer {
  const token = toBase64url(components.random.bytes(TOKEN_BYTES));
  const host = init.host ?? '127.0.0.1';
  const server = createLineServer(components);
  const sockets = createSocketServer(components);
  const links = createPageLinks({ token }, components);
  let origin = '';
  let document: Promise<object> | undefined;
  const api = createHttpApi({
    ...components,
    document: () => (document ??= openApiDocument({ origin, version: init.version })),
  });
  return {
    get origin() {
      return origin;
    },
    token,
    pageLink: () => `${origin}${LINK_PATH}${links.make()}`,
    async start() {
      const port = await listen(server, init.port ?? 0, host);
      origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
      const guard = createGuard({ origins: [origin, ...(init.allowOrigins ?? [])], token });
      const parts = {
        redeem: (code: string) => links.redeem(code),
        guard,
        api,
        sockets,
        pageRoot: init.pageRoot,
      };
      server.on('request', (request, response) => {
        void answer(parts, request, response).catch((error: unknown) => {
          components.logger.error('a page request failed', { error: String(error) });
          response.destroy();
        });
      });
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        upgrade(parts, request, socket, head);
      });
      await sockets.start();
    },
    async stop() {
      await sockets.stop();
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE';
      reject(
        new AppError(
          busy ? 'PORT_IN_USE' : 'INTERNAL',
          busy
            ? `Port ${port} is taken by another program; choose another with --api HOST:PORT.`
            : `Cannot listen on ${host}:${port}: ${cause.message}`,
          { cause, details: { host, port } },
        ),
      );
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function answer(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const refused = parts.guard.request(request.headers);
  if (refused) {
    sendRefusal(response, refused.status, refused.code, refused.message);
    return;
  }
  const target = request.url ?? '/';
  if (!target.startsWith('/') || !URL.canParse(`http://loopback${target}`)) {
    sendRefusal(response, 400, 'BAD_REQUEST', 'That is no address.');
    return;
  }
  const url = new URL(`http://loopback${target}`);
  if (url.pathname === API_PREFIX || url.pathname.startsWith(`${API_PREFIX}/`)) {
    if (parts.guard.token(bearerToken(request.headers))) {
      await parts.api.handle(request, response, url);
      return;
    }
    response.setHeader('www-authenticate', 'Bearer');
    const hint = 'Send "Authorization: Bearer TOKEN"; the token is in api.json of the data folder.';
    sendRefusal(response, 401, 'UNAUTHORIZED', hint);
    return;
  }
  if (url.pathname.startsWith(LINK_PATH) && request.method === 'GET') {
    const target = parts.redeem(url.pathname.slice(LINK_PATH.length));
    if (target === undefined) {
      sendRefusal(response, 410, 'NOT_FOUND', 'This link worked once; start again to get another.');
    } else {
      response.writeHead(303, { location: target }).end();
    }
    return;
  }
  await answerPage(parts.pageRoot, request, response, url.pathname);
}

/** Static files hold no secret, so the page itself needs no token; its socket does. */
async function answerPage(
  root: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendRefusal(response, 405, 'BAD_REQUEST', 'Pages are only read.');
    return;
  }
  const file = root === undefined ? undefined : await readPageFile(root, pathname);
  if (!file) {
    sendRefusal(response, 404, 'NOT_FOUND', 'There is no such page.');
    return;
  }
  response.writeHead(200, { ...file.headers, 'content-length': file.body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function upgrade(parts: Parts, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  const refuse = (line: string): void => {
    socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`);
  };
  const refused = parts.guard.upgrade(request.headers);
  if (refused) {
    refuse(refused.status === 421 ? '421 Misdirected Request' : '403 Forbidden');
  } else if (request.url !== SOCKET_PATH) {
    refuse('404 Not Found');
  } else if (!parts.guard.token(subprotocolToken(request.headers))) {
    refuse('401 Unauthorized');
  } else {
    parts.sockets.accept(request, socket, head);
  }
}
