import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterReading, type Clock } from '../../base/clock.ts';
import { sleep } from '../../base/waiting.ts';

/** How long a line may be silent, in milliseconds. */
export interface LineLimits {
  /** Until the head of a request is there. */
  readonly headersMs: number;
  /** Until all of it is there. */
  readonly requestMs: number;
  /** Between requests; told to the client. */
  readonly idleMs: number;
  /**
   * Added to each of them, from the moment it is over: what was sent in time may be on its way, as
   * after a sleep of the whole machine with a tunnel between client and peer.
   */
  readonly graceMs: number;
  /** How often the first two are looked at. */
  readonly checkEveryMs: number;
}

const LIMITS: LineLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 5000,
  graceMs: 3000,
  checkEveryMs: 30_000,
};
const MAX_HEAD_BYTES = 16 << 10;
const MAX_CONNECTIONS = 256;

/**
 * An HTTP server that cuts silent lines, but does not hold its own sleep against them. Node's
 * timers run before its sockets are read: a process that stood still (a lid closed, SIGSTOP, long
 * work) would cut a line with a request on it, unread, and the client would learn nothing but
 * `ECONNRESET`. So each line has a grace after its time, and what came by then is read first.
 */
export function createLineServer(
  { clock }: { readonly clock: Clock },
  limits: LineLimits = LIMITS,
): Server {
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAliveTimeout: limits.idleMs,
    keepAliveTimeoutBuffer: 0,
    maxHeaderSize: MAX_HEAD_BYTES,
  });
  server.maxConnections = MAX_CONNECTIONS;
  const requests = countRequests(server);
  const refuse = (socket: Duplex, code?: string): void => {
    // In the midst of an answer there is no place for another.
    socket.end(requests.isAnswering(socket) ? '' : refusal(code), () => socket.destroy());
  };
  /** Does something come on it after its time? */
  async function isHeard(socket: Socket): Promise<boolean> {
    const before = socket.bytesRead;
    await sleep(clock, limits.graceMs);
    await afterReading();
    return socket.bytesRead !== before;
  }
  async function timeOver(socket: Socket): Promise<void> {
    const before = requests.begun(socket);
    const isSilent = (): boolean =>
      requests.begun(socket) === before && !requests.isAnswering(socket);
    if (!(await isHeard(socket))) {
      refuse(socket, TIME_OVER);
      return;
    }
    // Node tells it once of each request. (A body has a time of its own: `readJsonBody`.)
    if (!isSilent()) return;
    await sleep(clock, limits.headersMs);
    if (isSilent()) refuse(socket, TIME_OVER);
  }
  server.on('timeout', (socket) => {
    void isHeard(socket).then((heard) => {
      if (!heard) socket.destroy();
    });
  });
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket: Duplex) => {
    if (code === TIME_OVER) void timeOver(socket as Socket);
    else refuse(socket, code);
  });
  return server;
}

interface RequestCount {
  /** How many so far; their heads were read. */
  begun(socket: Duplex): number;
  isAnswering(socket: Duplex): boolean;
}

function countRequests(server: Server): RequestCount {
  const begun = new WeakMap<Duplex, number>();
  const answering = new WeakSet<Duplex>();
  server.on('request', ({ socket }, response) => {
    begun.set(socket, (begun.get(socket) ?? 0) + 1);
    answering.add(socket);
    response.once('close', () => answering.delete(socket));
  });
  return {
    begun: (socket) => begun.get(socket) ?? 0,
    isAnswering: (socket) => answering.has(socket),
  };
}

const TIME_OVER = 'ERR_HTTP_REQUEST_TIMEOUT';

/** What Node itself would say. */
const REFUSALS: Readonly<Record<string, string>> = {
  [TIME_OVER]: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

function refusal(code = ''): string {
  return `HTTP/1.1 ${REFUSALS[code] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`;
}
