import { AppError } from '../base/app-error.ts';
import type { PeerId } from '../domain/ids.ts';
import { encodeRpcError } from './rpc-error.ts';
import type { Frame } from './rpc-frame.ts';
import { MAX_SERVED_BYTES, MAX_SERVED_BYTES_IN_ALL, MAX_SERVED_REQUESTS } from './rpc-limits.ts';
import { MAX_BODY_BYTES, type Incoming, type VerbHandler } from './transport.ts';
import type { Verb } from './verb.ts';

/** Bytes of requests being answered, over all peers; shared by their sessions. */
export interface ServedBudget {
  bytes: number;
}

interface Served {
  readonly bytes: number;
  controller: AbortController | undefined;
  cancelled: boolean;
}

/** Requests and notices of one peer, handed to their verb's handler. */
export interface IncomingRequests {
  /** Throws BAD_ENCODING on what no peer of ours sends (the session then breaks). */
  request(frame: Frame): void;
  notice(frame: Frame): void;
  cancel(id: number): void;
  /** Aborts all signals; later answers are dropped. */
  close(): void;
  readonly size: number;
}

export function createIncomingRequests(
  init: { from: PeerId; handlers: ReadonlyMap<number, VerbHandler>; budget: ServedBudget },
  wire: {
    sendResponse(id: number, body: Uint8Array): void;
    sendError(id: number, error: Uint8Array): void;
    /** A handler failed with something that is no AppError. */
    onFault(verb: Verb, error: unknown): void;
  },
): IncomingRequests {
  const { from, handlers, budget } = init;
  const served = new Map<number, Served>();
  let servedBytes = 0;
  /** Notices have no id of their own; they are counted under negative ones. */
  let noticeId = -1;
  let closed = false;

  function begin(id: number, bytes: number): Served {
    const one: Served = { bytes, controller: undefined, cancelled: false };
    served.set(id, one);
    servedBytes += bytes;
    budget.bytes += bytes;
    return one;
  }

  function end(id: number, one: Served): void {
    if (served.get(id) !== one) return;
    served.delete(id);
    servedBytes -= one.bytes;
    budget.bytes -= one.bytes;
  }

  function hasRoom(bytes: number): boolean {
    return (
      served.size < MAX_SERVED_REQUESTS &&
      servedBytes + bytes <= MAX_SERVED_BYTES &&
      budget.bytes + bytes <= MAX_SERVED_BYTES_IN_ALL
    );
  }

  /** The signal is made when a handler first asks for it: most never do. */
  function incomingOf(one: Served): Incoming {
    return {
      from,
      get signal() {
        if (one.controller === undefined) {
          one.controller = new AbortController();
          if (one.cancelled) one.controller.abort();
        }
        return one.controller.signal;
      },
    };
  }

  async function answer(id: number, verb: Verb, one: Served, body: Uint8Array): Promise<void> {
    try {
      const handler = handlers.get(verb);
      if (handler === undefined) throw new AppError('NOT_SUPPORTED', 'An unknown request.');
      const answered = await handler(body, incomingOf(one));
      if (one.cancelled || id < 0) return;
      if (answered.byteLength > MAX_BODY_BYTES) {
        throw new AppError('LIMIT_EXCEEDED', 'The answer is too large to be sent at once.');
      }
      wire.sendResponse(id, answered);
    } catch (error) {
      if (!(error instanceof AppError)) wire.onFault(verb, error);
      if (!one.cancelled && id >= 0) wire.sendError(id, encodeRpcError(error));
    } finally {
      end(id, one);
    }
  }

  function verbOf(frame: Frame): Verb {
    const verb = frame.body[0];
    if (verb === undefined) throw new AppError('BAD_ENCODING', 'A request without a verb.');
    return verb as Verb;
  }

  function cancelOne(one: Served): void {
    one.cancelled = true;
    one.controller?.abort(new AppError('ABORTED', 'The requester gave up.'));
  }

  return {
    get size() {
      return served.size;
    },
    request(frame) {
      if (closed) return;
      const verb = verbOf(frame);
      if (served.has(frame.id)) throw new AppError('BAD_ENCODING', 'A request id used twice.');
      if (!hasRoom(frame.body.byteLength)) {
        const overloaded = new AppError('OVERLOADED', 'This machine is busy; try again.');
        wire.sendError(frame.id, encodeRpcError(overloaded));
        return;
      }
      const one = begin(frame.id, frame.body.byteLength);
      void answer(frame.id, verb, one, frame.body.subarray(1));
    },
    notice(frame) {
      const verb = verbOf(frame);
      if (closed || !hasRoom(frame.body.byteLength)) return;
      const id = noticeId--;
      void answer(id, verb, begin(id, frame.body.byteLength), frame.body.subarray(1));
    },
    cancel(id) {
      const one = served.get(id);
      if (one !== undefined) cancelOne(one);
    },
    close() {
      closed = true;
      for (const one of served.values()) cancelOne(one);
    },
  };
}
