import type { Stream } from '@libp2p/interface';
import { AppError, toAppError } from '../base/app-error.ts';
import { concatBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PeerId } from '../domain/ids.ts';
import { createFrameChannel, type FrameChannel } from './frame-channel.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';
import {
  createIncomingRequests,
  type IncomingRequests,
  type ServedBudget,
} from './incoming-requests.ts';
import { createOutgoingRequests, type OutgoingRequests } from './outgoing-requests.ts';
import { decodeRpcError, encodeRpcError } from './rpc-error.ts';
import { encodeFrame, FRAME, type Frame } from './rpc-frame.ts';
import { decodeHello, encodeHello, type Hello } from './rpc-hello.ts';
import { HELLO_TIMEOUT_MS, MAX_NOTICE_QUEUE_BYTES, SLOW_READER_MS } from './rpc-limits.ts';
import { MAX_BODY_BYTES, type RequestOptions, type VerbHandler } from './transport.ts';
import type { Verb } from './verb.ts';

export interface SessionInit {
  readonly self: PeerId;
  readonly peer: PeerId;
  readonly stream: Stream;
  /** True on the side that opened the stream; it sends its hello first. */
  readonly outbound: boolean;
  readonly hello: Hello;
  readonly handlers: ReadonlyMap<number, VerbHandler>;
  readonly budget: ServedBudget;
}

export interface SessionEnd {
  readonly error: AppError;
  /** The peer sent what nobody may send. */
  readonly broken: boolean;
  /** The peer gave `error` as its reason for closing. */
  readonly byPeer: boolean;
}

export interface SessionHooks {
  /** The other side's hello. What it throws is sent as the reason for closing. */
  onHello(session: RpcSession, hello: Hello): Promise<void>;
  /** Both hellos are exchanged and accepted. */
  onUp(session: RpcSession): void;
  onClosed(session: RpcSession, end: SessionEnd): void;
}

/** One RPC stream to one peer, from its hello to its end. */
export interface RpcSession {
  readonly peer: PeerId;
  readonly outbound: boolean;
  readonly stream: Stream;
  readonly up: boolean;
  readonly closed: boolean;
  /** The other side's hello; undefined before it came. */
  readonly remote: Hello | undefined;
  /** Both nonces, that of the smaller peer id first; undefined before `up`. */
  readonly nonce: Uint8Array | undefined;
  readonly roundTripMs: number | undefined;
  request(verb: Verb, body: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  notify(verb: Verb, body: Uint8Array): boolean;
  /** True when the peer answers a ping within the time. */
  probe(timeoutMs: number): Promise<boolean>;
  /** Tells the other side why, then ends; resolves when that was sent, or soon after. */
  close(error: AppError): Promise<void>;
}

export function createRpcSession(
  init: SessionInit,
  components: { clock: Clock; logger: Logger },
  hooks: SessionHooks,
): RpcSession {
  const { self, peer, outbound } = init;
  const { clock, logger } = components;
  let remote: Hello | undefined;
  let up = false;
  let byPeer = false;
  let heartbeat: Heartbeat | undefined;
  /** When the queue last shrank or was empty. */
  let movingMs = clock.monotonicMs();

  const channel: FrameChannel = createFrameChannel({ stream: init.stream }, components, {
    onFrame: (frame) => {
      if (frame.type === FRAME.close) onCloseFrame(frame);
      else if (up) onFrame(frame);
      else onFirstFrame(frame);
    },
    onDrained: () => {
      movingMs = clock.monotonicMs();
    },
    onClosed(error, broken) {
      cancelHelloTimer();
      heartbeat?.stop();
      outgoing.close(new AppError('UNREACHABLE', 'The connection ended.', { cause: error }));
      incoming.close();
      hooks.onClosed(session, { error, broken, byPeer });
    },
  });
  const outgoing: OutgoingRequests = createOutgoingRequests(components, {
    sendRequest(id, verb, body) {
      channel.send(FRAME.request, id, Uint8Array.of(verb), body);
    },
    sendCancel(id) {
      channel.send(FRAME.cancel, id);
    },
  });
  const incoming: IncomingRequests = createIncomingRequests(
    { from: peer, handlers: init.handlers, budget: init.budget },
    {
      sendResponse(id, body) {
        channel.send(FRAME.response, id, body);
      },
      sendError(id, error) {
        channel.send(FRAME.error, id, error);
      },
      onFault(verb, error) {
        logger.error('a request handler failed', { verb, peer, error: toAppError(error).message });
      },
    },
  );
  const cancelHelloTimer = clock.schedule(HELLO_TIMEOUT_MS, () => {
    void channel.finish(new AppError('TIMEOUT', 'The other machine did not say hello.'));
  });

  function onFirstFrame(frame: Frame): void {
    if (frame.type !== FRAME.hello) throw new AppError('BAD_ENCODING', 'No hello came first.');
    const hello = decodeHello(frame.body);
    remote = hello;
    channel.hold();
    void hooks.onHello(session, hello).then(
      () => {
        if (channel.closed) return;
        if (!outbound) channel.sendUrgently(FRAME.hello, 0, encodeHello(init.hello));
        stand();
      },
      (error: unknown) => {
        void session.close(toAppError(error));
      },
    );
  }

  function stand(): void {
    up = true;
    cancelHelloTimer();
    let unread = 0;
    heartbeat = createHeartbeat(components, {
      ping(id) {
        channel.sendUrgently(FRAME.ping, id);
        checkReader();
      },
      signsOfLife: () => channel.received + (channel.reluctant ? ++unread : unread),
      onSilent() {
        void channel.finish(new AppError('TIMEOUT', 'No heartbeats from the other machine.'));
      },
    });
    hooks.onUp(session);
    channel.resume();
  }

  /** A peer that takes nothing of what waits for it is as good as gone, and costs memory. */
  function checkReader(): void {
    const now = clock.monotonicMs();
    if (channel.queuedBytes === 0) movingMs = now;
    else if (now - movingMs > SLOW_READER_MS) {
      void channel.finish(
        new AppError('TIMEOUT', 'The other machine does not read what it is sent.'),
      );
    }
  }

  function onFrame(frame: Frame): void {
    switch (frame.type) {
      case FRAME.request:
        return incoming.request(frame);
      case FRAME.response:
        return outgoing.answered(frame.id, frame.body);
      case FRAME.error:
        return outgoing.answered(frame.id, decodeRpcError(frame.body));
      case FRAME.cancel:
        return incoming.cancel(frame.id);
      case FRAME.notice:
        return incoming.notice(frame);
      case FRAME.ping:
        return channel.sendUrgently(FRAME.pong, frame.id);
      case FRAME.pong:
        return heartbeat?.pong(frame.id);
      default:
        throw new AppError('BAD_ENCODING', 'A frame of an unknown type.');
    }
  }

  function onCloseFrame(frame: Frame): void {
    const error = decodeRpcError(frame.body);
    byPeer = true;
    void channel.finish(error);
  }

  const session: RpcSession = {
    peer,
    outbound,
    stream: init.stream,
    get up() {
      return up && !channel.closed;
    },
    get closed() {
      return channel.closed;
    },
    get remote() {
      return remote;
    },
    get nonce() {
      if (remote === undefined) return undefined;
      const [first, second] =
        self < peer ? [init.hello.nonce, remote.nonce] : [remote.nonce, init.hello.nonce];
      return concatBytes(first, second);
    },
    get roundTripMs() {
      return heartbeat?.roundTripMs;
    },
    request: (verb, body, options) => outgoing.request(verb, body, options),
    notify(verb, body) {
      const full = channel.queuedBytes > MAX_NOTICE_QUEUE_BYTES;
      if (!session.up || full || body.byteLength > MAX_BODY_BYTES) return false;
      channel.send(FRAME.notice, 0, Uint8Array.of(verb), body);
      return true;
    },
    probe: (timeoutMs) => heartbeat?.probe(timeoutMs) ?? Promise.resolve(false),
    async close(error) {
      await channel.finish(error, encodeFrame(FRAME.close, 0, encodeRpcError(error)));
    },
  };
  if (outbound) channel.sendUrgently(FRAME.hello, 0, encodeHello(init.hello));
  return session;
}
