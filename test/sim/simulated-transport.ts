import { AppError, isAppError, toAppError } from '../../src-main/base/app-error.ts';
import type { Clock } from '../../src-main/base/clock.ts';
import { createEmitter } from '../../src-main/base/emitter.ts';
import { abortedError, within } from '../../src-main/base/waiting.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import {
  MAX_BODY_BYTES,
  type Transport,
  type TransportEvents,
  type VerbHandler,
} from '../../src-main/network/transport.ts';
import type { Verb } from '../../src-main/network/verb.ts';
import type { Session, SimulatedNetwork } from './simulated-network.ts';

/** A Transport over the simulated network; the last methods are the network's own. */
export interface SimulatedTransport extends Transport {
  /** Members changed: dial at once, cut non-members. */
  refresh(): void;
  sessionUp(peer: PeerId, session: Session): void;
  sessionDown(peer: PeerId, session: Session, reason: string): void;
  /** Requests of this verb fail here, until what it gives is called. */
  silence(verb: Verb): () => void;
  /**
   * Runs what a frame of this session brings, as the RPC session does: a frame that is here before
   * the session stands on this side waits for it, one of a session that ended is dropped.
   */
  receive(peer: PeerId, session: Session, run: () => void): void;
  /** Answers a request that arrived here. */
  serve(
    from: PeerId,
    session: Session,
    verb: Verb,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array>;
}

/** As the libp2p transport has it. */
const MAX_WAITING = 16_384;

interface Waiting {
  readonly peer: PeerId;
  readonly session: Session;
  readonly reject: (error: AppError) => void;
}

export function createSimulatedTransport(
  self: PeerId,
  components: {
    readonly clock: Clock;
    readonly network: SimulatedNetwork;
    readonly reviewAll: () => void;
  },
): SimulatedTransport {
  const { clock, network } = components;
  const emitter = createEmitter<TransportEvents>((error) => {
    throw error;
  });
  const handlers = new Map<Verb, VerbHandler>();
  const silent = new Set<Verb>();
  const sessions = new Map<PeerId, { session: Session; serving: Set<AbortController> }>();
  /** Frames that came before their session stood here, in the order they came. */
  const early = new Map<Session, (() => void)[]>();
  const waiting = new Map<number, Waiting>();
  const roundTrips = new Map<PeerId, number>();
  const waitingFor = new Map<PeerId, number>();
  const waitingAt = (peer: PeerId): number => waitingFor.get(peer) ?? 0;
  let requests = 0;

  function answer(
    from: PeerId,
    session: Session,
    verb: Verb,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const handler = handlers.get(verb);
    const current = sessions.get(from);
    if (handler === undefined || silent.has(verb)) {
      return Promise.reject(new AppError('NOT_SUPPORTED', 'This member does not know the verb.'));
    }
    if (current?.session !== session) {
      return Promise.reject(new AppError('UNREACHABLE', 'The session ended.'));
    }
    // Thousands may be served at once: no signal of all of them, which would know each.
    const ending = new AbortController();
    const { serving } = current;
    const end = (): void => {
      ending.abort();
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    serving.add(ending);
    const done = handler(body, { from, signal: ending.signal }).finally(() => {
      serving.delete(ending);
      signal.removeEventListener('abort', end);
    });
    return done.then((reply) => {
      network.answered({ from, to: self, verb, body, reply });
      network.sent(self, from, reply);
      return reply;
    });
  }
  function sendRequest(peer: PeerId, verb: Verb, body: Uint8Array, signal: AbortSignal) {
    const current = sessions.get(peer);
    const target = network.node(peer);
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    if (current === undefined || target === undefined) {
      reject(new AppError('UNREACHABLE', 'No session with this member.', { details: { peer } }));
      return promise;
    }
    const { session } = current;
    const id = ++requests;
    const started = clock.monotonicMs();
    if (body.byteLength > MAX_BODY_BYTES) {
      reject(new AppError('LIMIT_EXCEEDED', 'The message is larger than a frame.'));
      return promise;
    }
    if (waitingAt(peer) >= MAX_WAITING) {
      reject(new AppError('OVERLOADED', 'Too many requests wait for this member.'));
      return promise;
    }
    waiting.set(id, { peer, session, reject });
    waitingFor.set(peer, waitingAt(peer) + 1);
    const copy = body.slice();
    network.sent(self, peer, body);
    const back = (deliver: () => void): void => {
      network.carry(peer, self, session, deliver, false);
    };
    const arrive = (): void => {
      void target.serve(self, session, verb, copy, signal).then(
        (reply) => {
          back(() => {
            roundTrips.set(peer, clock.monotonicMs() - started);
            resolve(reply.slice());
          });
        },
        (error: unknown) => {
          const known = asRemote(error);
          back(() => {
            reject(known);
          });
        },
      );
    };
    network.carry(self, peer, session, arrive, true);
    // Who gave up waits no longer; the answer, should it come, finds nobody.
    signal.addEventListener('abort', () => {
      reject(abortedError(signal));
    });
    return promise.finally(() => {
      if (waiting.delete(id)) waitingFor.set(peer, waitingAt(peer) - 1);
    });
  }
  /** As heartbeats do; here one is enough until requests measure. */
  function measure(peer: PeerId, session: Session): void {
    const started = clock.monotonicMs();
    const target = network.node(peer);
    network.carry(
      self,
      peer,
      session,
      () => {
        if (target === undefined) return;
        network.carry(
          peer,
          self,
          session,
          () => roundTrips.set(peer, clock.monotonicMs() - started),
          false,
        );
      },
      false,
    );
  }
  const transport: SimulatedTransport = {
    self,
    on: (name, listener) => emitter.on(name, listener),
    serve: answer,
    async request(peer, verb, body, options) {
      if (options.signal?.aborted) throw abortedError(options.signal);
      return within({ clock, ...options, what: `verb ${verb}` }, (signal) =>
        sendRequest(peer, verb, body, signal),
      );
    },
    notify(peer, verb, body) {
      const current = sessions.get(peer);
      const target = network.node(peer);
      if (current === undefined || target === undefined) return false;
      if (body.byteLength > MAX_BODY_BYTES) return false;
      const { session } = current;
      const copy = body.slice();
      network.sent(self, peer, body);
      const never = new AbortController().signal;
      const arrive = (): void => {
        target.serve(self, session, verb, copy, never).catch(() => undefined);
      };
      network.carry(self, peer, session, arrive, true);
      return true;
    },
    handle(verb, handler) {
      handlers.set(verb, handler);
    },
    connected: () => [...sessions.keys()],
    isConnected: (peer) => sessions.has(peer),
    roundTripMs: (peer) => (sessions.has(peer) ? roundTrips.get(peer) : undefined),
    // As of a connection that the other side opened: its port is one of the moment.
    lastFailure: (peer) =>
      sessions.has(peer) ? undefined : { reason: 'silent', message: 'No answer.' },
    addressOf: (peer) => (sessions.has(peer) ? '/ip4/10.0.0.1/tcp/50123' : undefined),
    sessionNonce: (peer) => sessions.get(peer)?.session.nonce,
    disconnect(peer, reason) {
      network.drop(self, peer, reason);
    },
    silence(verb) {
      silent.add(verb);
      return () => silent.delete(verb);
    },
    offence(peer, reason) {
      network.drop(self, peer, reason);
    },
    refresh: () => {
      components.reviewAll();
    },
    receive(peer, session, run) {
      if (sessions.get(peer)?.session === session) run();
      else early.set(session, [...(early.get(session) ?? []), run]);
    },
    sessionUp(peer, session) {
      sessions.set(peer, { session, serving: new Set() });
      measure(peer, session);
      emitter.emit('up', { peer });
      const held = early.get(session) ?? [];
      early.delete(session);
      for (const run of held) transport.receive(peer, session, run);
    },
    sessionDown(peer, session, reason) {
      early.delete(session);
      const current = sessions.get(peer);
      if (current?.session !== session) return;
      sessions.delete(peer);
      for (const ending of current.serving) ending.abort();
      const gone = new AppError('UNREACHABLE', 'The session ended.', { details: { peer } });
      for (const one of [...waiting.values()]) if (one.session === session) one.reject(gone);
      emitter.emit('down', { peer, reason });
    },
  };
  return transport;
}

/** What of an error crosses the wire: an AppError as it is, else INTERNAL without its text. */
function asRemote(error: unknown): AppError {
  if (isAppError(error)) return new AppError(error.code, error.message, { details: error.details });
  const hidden = toAppError(error);
  return new AppError('INTERNAL', 'Something went wrong on the other member.', { cause: hidden });
}
