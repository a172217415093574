import type { Connection, Stream } from '@libp2p/interface';
import { AppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { within } from '../base/waiting.ts';
import type { PeerId } from '../domain/ids.ts';
import type { ServedBudget } from './incoming-requests.ts';
import type { Libp2pPeer } from './libp2p-peer.ts';
import { createLookUps } from './look-ups.ts';
import { createRedial, REDIAL_MIN_MS } from './redial.ts';
import { NONCE_BYTES, type Hello } from './rpc-hello.ts';
import { createRpcSession, type RpcSession, type SessionEnd } from './rpc-session.ts';
import { chooseSession, type Candidate } from './session-choice.ts';
import type { VerbHandler } from './transport.ts';

const DIAL_TIMEOUT_MS = 5000;
const STREAM_TIMEOUT_MS = 3000;
/** An older session of the same peer id gets this long to answer before another run replaces it. */
const PROBE_MS = 1500;
/** A session that lasted this long was a good one: the next dial starts from the shortest wait. */
const GOOD_SESSION_MS = 5000;
/** Connections besides the session's are closed when it has stood this long. */
const TIDY_AFTER_MS = 3000;
/** Streams of one peer saying hello at once. */
const MAX_GREETING = 4;

export interface LinkComponents {
  readonly libp2p: Libp2pPeer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** This side's hello, without the session's nonce. */
  hello(): Omit<Hello, 'nonce'>;
  /** Takes in the peer's revocations, checks that it may speak; throws to refuse. */
  admit(peer: PeerId, hello: Hello): Promise<void>;
  lookUp(peer: PeerId, signal: AbortSignal): Promise<readonly string[]>;
}

export interface LinkHooks {
  onUp(peer: PeerId): void;
  onDown(peer: PeerId, reason: string): void;
  onPeerIdInUse(peer: PeerId): void;
  onBroken(peer: PeerId, reason: string): void;
}

/** Keeps one RPC session to one member: dials, greets, chooses among duplicates, dials again. */
export interface PeerLink {
  /** The session in use; undefined while there is none. */
  readonly session: RpcSession | undefined;
  readonly address: string | undefined;
  /** What the last dial or session ended with. */
  readonly failure: AppError | undefined;
  /** A stream that the peer opened. */
  accept(stream: Stream, connection: Connection): void;
  /** Where the peer may be found; dials at once if that is news. */
  setAddresses(addresses: readonly string[]): void;
  /** Heard of just now (LAN, directory): dials at once unless connected. */
  offer(addresses: readonly string[]): void;
  /** Ends the session; the link goes on and dials again, after a long wait. */
  disconnect(error: AppError): void;
  /** Ends the link for good. */
  stop(error: AppError): Promise<void>;
}

export function createPeerLink(
  init: {
    peer: PeerId;
    protocol: string;
    handlers: ReadonlyMap<number, VerbHandler>;
    budget: ServedBudget;
  },
  components: LinkComponents,
  hooks: LinkHooks,
): PeerLink {
  const { peer } = init;
  const { libp2p, clock, random, logger } = components;
  const self = libp2p.self;
  const selfIsSmaller = self < peer;
  /** Chosen, and up or about to be. */
  let current: RpcSession | undefined;
  let announced = false;
  let failure: AppError | undefined;
  let upSinceMs = 0;
  const greeting = new Set<RpcSession>();
  const connectionOf = new WeakMap<RpcSession, Connection>();
  let known: readonly string[] = [];
  let hints: readonly string[] = [];
  let dialling: AbortController | undefined;
  const lookUps = createLookUps(peer, components, offer);
  let stopped = false;
  const redial = createRedial(
    { handicapMs: selfIsSmaller ? 0 : REDIAL_MIN_MS / 2, run: () => void dial() },
    components,
  );

  async function dial(): Promise<void> {
    if (stopped || current !== undefined || dialling !== undefined) return;
    const controller = new AbortController();
    dialling = controller;
    try {
      lookUps.ifLost(redial.attempts);
      const connection = await within(
        { clock, timeoutMs: DIAL_TIMEOUT_MS, signal: controller.signal, what: 'dial' },
        (signal) => libp2p.connect(peer, [...new Set([...hints, ...known])], signal),
      );
      if (!wanted()) return;
      const stream = await openStream(connection, controller.signal);
      if (wanted()) greet(stream, connection, true);
      else stream.abort(new Error('a session stands'));
    } catch (error) {
      failure = toAppError(error);
      logger.debug('dial failed', { peer, reason: failure.message.slice(0, 200) });
    } finally {
      dialling = undefined;
      if (!stopped && current === undefined && greeting.size === 0) redial.later();
    }
  }

  function wanted(): boolean {
    return !stopped && current === undefined;
  }

  async function openStream(connection: Connection, signal: AbortSignal): Promise<Stream> {
    try {
      return await within(
        { clock, timeoutMs: STREAM_TIMEOUT_MS, signal, what: 'RPC stream' },
        (limit) => connection.newStream([init.protocol], { signal: limit }),
      );
    } catch (error) {
      // It may be dead without knowing; the next dial makes a new one.
      connection.abort(toAppError(error));
      throw error;
    }
  }

  function greet(stream: Stream, connection: Connection, outbound: boolean): void {
    const hello = { ...components.hello(), nonce: random.bytes(NONCE_BYTES) };
    const { handlers, budget } = init;
    const session = createRpcSession(
      { self, peer, stream, outbound, hello, handlers, budget },
      { clock, logger },
      { onHello, onUp, onClosed },
    );
    connectionOf.set(session, connection);
    greeting.add(session);
  }

  async function onHello(session: RpcSession, hello: Hello): Promise<void> {
    await components.admit(peer, hello);
    if (stopped || session.closed) throw new AppError('UNREACHABLE', 'It is stopping.');
    await settleWhichRun(session);
    const choice = chooseSession(choiceOf(session));
    if (choice !== 'take') throw duplicate();
    const before = current;
    current = session;
    greeting.delete(session);
    if (before !== undefined) {
      tellDown('another connection took over');
      void before.close(duplicate());
    }
    for (const other of greeting) if (other.outbound) void other.close(duplicate());
  }

  /** Two runs under one peer id: the older one stays if it still answers. */
  async function settleWhichRun(session: RpcSession): Promise<void> {
    if (chooseSession(choiceOf(session)) !== 'probe' || current === undefined) return;
    const older = current;
    if (await older.probe(PROBE_MS)) {
      throw new AppError('PEER_ID_IN_USE', 'Another machine runs with the same peer id.');
    }
    if (current === older) void older.close(new AppError('TIMEOUT', 'It did not answer.'));
  }

  function choiceOf(session: RpcSession): Parameters<typeof chooseSession>[0] {
    const candidate = candidateOf(session);
    if (candidate === undefined) throw new AppError('INTERNAL', 'No hello yet.');
    const dialled = [...greeting].some((one) => one.outbound && one !== session);
    return {
      selfIsSmaller,
      current: current === undefined ? undefined : candidateOf(current),
      dialling: dialled,
      candidate,
    };
  }

  function onUp(session: RpcSession): void {
    if (session !== current) return;
    announced = true;
    upSinceMs = clock.monotonicMs();
    clock.schedule(TIDY_AFTER_MS, () => {
      if (session === current) closeOthers(session);
    });
    hooks.onUp(peer);
  }

  /** Both ends know which connection the session runs on, so both may close the others. */
  function closeOthers(session: RpcSession): void {
    for (const connection of libp2p.connections(peer)) {
      if (connection !== connectionOf.get(session)) connection.close().catch(() => undefined);
    }
  }

  function onClosed(session: RpcSession, end: SessionEnd): void {
    failure = end.error;
    greeting.delete(session);
    if (end.byPeer && end.error.code === 'PEER_ID_IN_USE') hooks.onPeerIdInUse(peer);
    if (end.broken) hooks.onBroken(peer, end.error.message);
    if (end.broken || end.error.code === 'TIMEOUT') {
      connectionOf.get(session)?.abort(end.error);
    }
    if (session === current) {
      current = undefined;
      if (announced && clock.monotonicMs() - upSinceMs >= GOOD_SESSION_MS) redial.reset();
      tellDown(end.error.message);
    }
    if (stopped || current !== undefined || dialling !== undefined || greeting.size > 0) return;
    if (end.broken || isRefusal(end)) redial.muchLater();
    else redial.later();
  }

  function tellDown(reason: string): void {
    if (!announced) return;
    announced = false;
    hooks.onDown(peer, reason);
  }

  function dialAtOnce(): void {
    if (stopped || current !== undefined || greeting.size > 0) return;
    dialling?.abort();
    redial.now();
  }

  function offer(addresses: readonly string[]): void {
    const news = addresses.some((one) => !hints.includes(one) && !known.includes(one));
    if (news) hints = [...new Set([...addresses, ...hints])].slice(0, 8);
    if (news || (dialling === undefined && addresses.length > 0)) dialAtOnce();
  }

  return {
    get session() {
      return current?.up === true ? current : undefined;
    },
    get address() {
      return current === undefined ? undefined : connectionOf.get(current)?.remoteAddr.toString();
    },
    get failure() {
      return failure;
    },
    accept(stream, connection) {
      if (stopped || greeting.size >= MAX_GREETING) stream.abort(new Error('too many streams'));
      else greet(stream, connection, false);
    },
    setAddresses(addresses) {
      const same = addresses.length === known.length && addresses.every((a, i) => a === known[i]);
      if (same && known.length > 0) return;
      known = addresses;
      dialAtOnce();
    },
    offer,
    disconnect(error) {
      void current?.close(error);
      for (const one of greeting) void one.close(error);
      redial.muchLater();
    },
    async stop(error) {
      stopped = true;
      redial.stop();
      dialling?.abort();
      lookUps.stop();
      const sessions = current === undefined ? [...greeting] : [current, ...greeting];
      await Promise.all(sessions.map((session) => session.close(error)));
    },
  };
}

function candidateOf(session: RpcSession): Candidate | undefined {
  const { remote, outbound } = session;
  return remote === undefined ? undefined : { outbound, instance: remote.instance };
}

function duplicate(): AppError {
  return new AppError('ABORTED', 'Another connection between the two machines is in use.');
}

/** The peer does not want us; asking often would not change that. */
function isRefusal(end: SessionEnd): boolean {
  const refusal = /^(PEER_ID_IN_USE|UNSUPPORTED_FORMAT|REVOKED|FORBIDDEN)$/;
  return end.byPeer && refusal.test(end.error.code);
}
