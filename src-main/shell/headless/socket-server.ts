import { RPCHandler } from '@orpc/server/ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { afterReading, type Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { createRepeating } from '../../base/repeating.ts';
import type { Startable } from '../../base/startable.ts';
import type { AppRouter } from '../router.ts';
import { isRpcMessage, MAX_MESSAGE_LENGTH } from '../rpc-message.ts';
import { rpcOptions } from '../rpc-options.ts';
import { SUBPROTOCOL } from './loopback-guard.ts';

/** Windows in browsers and commands: the contract over WebSocket. */
export interface SocketServer extends Startable {
  /** Takes over a connection whose host, origin and token are already checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface SocketServerComponents {
  readonly router: AppRouter;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Sockets open at once; a person has a few windows and commands. */
const MAX_SOCKETS = 64;
const PING_INTERVAL_MS = 30_000;
/** What may wait for a reader that does not read: looked at before each message. */
const MAX_BUFFERED_BYTES = 8 << 20;

type SocketData = Parameters<WebSocket['send']>[0];
type Listener = (event: { data: unknown }) => void;

export function createSocketServer(components: SocketServerComponents): SocketServer {
  const { router, logger, clock } = components;
  const handler = new RPCHandler(router, rpcOptions(logger));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_LENGTH,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const silent = new Set<WebSocket>();
  const pinging = createRepeating({
    clock,
    intervalMs: () => PING_INTERVAL_MS,
    async work() {
      // A pong that came while this process stood still, or slept, is one.
      await afterReading();
      for (const socket of sockets.clients) {
        const stuck = silent.has(socket) || socket.bufferedAmount > MAX_BUFFERED_BYTES;
        if (stuck) socket.terminate();
        silent.add(socket);
        if (!stuck) socket.ping();
      }
    },
    onError: (error) => {
      logger.warn('a ping failed', { error: String(error) });
    },
  });
  const serve = (socket: WebSocket): void => {
    // Without a listener one frame over maxPayload would end the process.
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('pong', () => silent.delete(socket));
    socket.on('close', () => silent.delete(socket));
    void handler.upgrade(filtered(socket, logger), { context: {} }).catch((error: unknown) => {
      logger.warn('a socket could not be served', { error: String(error) });
      socket.terminate();
    });
  };
  return {
    accept(request, socket, head) {
      if (sockets.clients.size >= MAX_SOCKETS) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, serve);
    },
    start: () => pinging.start(),
    async stop() {
      await pinging.stop();
      for (const socket of sockets.clients) socket.close(1001, 'the peer is stopping');
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

/**
 * Sends when there is room and resolves once the message has left for the system: a stream then
 * asks for its next event, so that what a slow reader misses is coalesced, not piled up. A reader
 * that lets answers pile up all the same is cut off.
 */
function sendTo(socket: WebSocket, data: SocketData): Promise<void> {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
    socket.terminate();
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    // An error here is told by `close` too, which aborts all calls of the socket.
    socket.send(data, () => {
      resolve();
    });
  });
}

/** The socket without what is no RPC message: the first such ends it. */
function filtered(socket: WebSocket, logger: Logger): Parameters<RPCHandler<object>['upgrade']>[0] {
  const on = (type: string, listener: Listener): void => {
    if (type === 'close') {
      socket.on('close', () => {
        listener({ data: undefined });
      });
      return;
    }
    if (type !== 'message') return;
    socket.on('message', (data: Buffer, binary: boolean) => {
      const text = binary ? undefined : data.toString('utf8');
      if (isRpcMessage(text)) {
        listener({ data: text });
        return;
      }
      logger.warn('a socket sent something that is no request; it is closed');
      socket.close(1002, 'not a request');
    });
  };
  return {
    addEventListener: on as WebSocket['addEventListener'],
    // oRPC waits for what `send` returns, though its type does not say so.
    send: ((data) => sendTo(socket, data)) as (data: SocketData) => void,
  };
}
