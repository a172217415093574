/**
 * The way to the peer: in the browser (http:) a WebSocket on the page's own host, in the window a
 * MessagePort handed over by the preload. The token comes in the URL's fragment, is kept for the
 * tab only, and travels as a WebSocket subprotocol (STACK A8).
 */
import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { Client } from './wall.ts';

export interface Connection {
  readonly client: Client;
  /** Resolves when the line is gone, for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface Bridge {
  connect(): Connection;
  /** True if the page's host answers, though the line does not open: then the token is refused. */
  hostAnswers(signal: AbortSignal): Promise<boolean>;
}

const TOKEN = 'carrossel.token';

function overPort(): Connection {
  const { port1, port2 } = new MessageChannel();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  port1.addEventListener('close', () => {
    resolve();
  });
  const client = createORPCClient<Client>(new PortLink({ port: port1 }));
  port1.start();
  window.postMessage('carrossel:connect', window.location.origin, [port2]);
  const close = (): void => {
    port1.close();
    resolve();
  };
  return { client, closed, close };
}

/** Takes the token out of the fragment, so that it is in no history entry and no copied link. */
function takeToken(): string {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const given = fragment.get('token');
  if (given !== null) {
    window.sessionStorage.setItem(TOKEN, given);
    fragment.delete('token');
    const rest = fragment.size === 0 ? '' : `#${fragment.toString()}`;
    window.history.replaceState(null, '', `${window.location.pathname}${rest}`);
  }
  return window.sessionStorage.getItem(TOKEN) ?? '';
}

function overSocket(): Connection {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const websocket = new WebSocket(`ws://${window.location.host}/rpc`, [
    'carrossel.v1',
    `auth.${takeToken()}`,
  ]);
  websocket.addEventListener('close', () => {
    resolve();
  });
  const client = createORPCClient<Client>(new SocketLink({ websocket }));
  const close = (): void => {
    websocket.close();
    resolve();
  };
  return { client, closed, close };
}

export function createBridge(): Bridge {
  const browser = window.location.protocol === 'http:';
  if (browser) {
    takeToken();
    // The app may open the page again, in this very tab, with a newer token.
    window.addEventListener('hashchange', takeToken);
  }
  return {
    connect: browser ? overSocket : overPort,
    async hostAnswers(signal) {
      if (!browser) return false;
      try {
        const answer = await fetch(window.location.pathname, { method: 'HEAD', signal });
        return answer.ok;
      } catch {
        return false;
      }
    },
  };
}
