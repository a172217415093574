import { RPCHandler } from '@orpc/server/message-port';
import type { Logger } from '../base/logger.ts';
import type { AppRouter } from './router.ts';
import { isRpcMessage } from './rpc-message.ts';
import { rpcOptions } from './rpc-options.ts';

/** As much of Electron's MessagePortMain as we use: nothing arrives before `start`. */
export interface MainPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/**
 * What a window may be sent without saying a word itself, in UTF-16 units. A port does not tell
 * what waits in it, but a window that lives asks again for what has changed; one that hangs does
 * not, and opens a new line when it is back.
 */
const MAX_UNHEARD_LENGTH = 8 << 20;

/** Serves the contract to windows, one port each. */
export interface PortServer {
  serve(port: MainPort): void;
  /** Closes all ports; their calls are aborted. */
  stop(): void;
}

export function createPortServer(components: { router: AppRouter; logger: Logger }): PortServer {
  const { router, logger } = components;
  const handler = new RPCHandler(router, rpcOptions(logger));
  const lines = new Set<Line>();
  return {
    serve(port) {
      const line = createLine(port, logger);
      lines.add(line);
      line.on('close', () => lines.delete(line));
      handler.upgrade(line, { context: {} });
      port.start();
    },
    stop() {
      for (const line of [...lines]) line.end();
    },
  };
}

interface Line {
  postMessage(message: unknown): void;
  on(event: string, listener: (event?: { data: unknown }) => void): void;
  end(): void;
}

/**
 * The port without what is no RPC message: the first such ends it. `close` is told to listeners
 * also when this side closes, which a MessagePortMain does not do by itself: their calls must be
 * aborted.
 */
function createLine(port: MainPort, logger: Logger): Line {
  const onClose: (() => void)[] = [];
  let ended = false;
  let unheard = 0;
  const ending = (): void => {
    if (ended) return;
    ended = true;
    for (const listener of onClose) listener();
  };
  const end = (): void => {
    port.close();
    ending();
  };
  port.on('close', ending);
  return {
    end,
    postMessage(message) {
      if (ended) return;
      unheard += typeof message === 'string' ? message.length : 0;
      if (unheard <= MAX_UNHEARD_LENGTH) {
        port.postMessage(message);
        return;
      }
      logger.warn('a window takes nothing in any more; its line is closed');
      end();
    },
    on(event, listener) {
      if (event === 'close') onClose.push(listener);
      if (event !== 'message') return;
      port.on('message', (message) => {
        if (ended) return;
        if (isRpcMessage(message.data)) {
          unheard = 0;
          listener(message);
          return;
        }
        logger.warn('a window sent something that is no request; its line is closed');
        end();
      });
    },
  };
}
