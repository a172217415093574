import type { Connection, Stream } from '@libp2p/interface';
import { AppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Random } from '../base/random.ts';
import type { Startable } from '../base/startable.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { Admission } from './admission.ts';
import type { Libp2pPeer } from './libp2p-peer.ts';
import { failureOf } from './connection-failure.ts';
import { sayFarewell } from './farewell.ts';
import { createPeerLink, type PeerLink } from './peer-link.ts';
import { rpcProtocol } from './protocols.ts';
import { INSTANCE_BYTES, NONCE_BYTES, type Hello } from './rpc-hello.ts';
import type { Transport, TransportEvents, VerbHandler } from './transport.ts';

export interface RpcTransportInit {
  readonly ring: RingId;
  /** Formats this peer speaks: [min, max]. */
  readonly speaks: readonly [number, number];
}

export interface RpcTransportComponents {
  readonly peer: Libp2pPeer;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Whom to keep a session with, and where they announce to be. Without this peer itself. */
  members(): readonly { readonly peer: PeerId; readonly addresses: readonly string[] }[];
  /** The directory's answer for a member that stays out of reach; may be empty. */
  lookUp?(peer: PeerId, signal: AbortSignal): Promise<readonly string[]>;
  /** Exchanged in the hello, taken in before any other frame (DESIGN §2 Admission). */
  readonly revocations: {
    all(): readonly Uint8Array[];
    add(records: readonly Uint8Array[]): Promise<unknown>;
    /** Those that took this peer out; told it when it comes back. */
    about(peer: PeerId): readonly Uint8Array[];
  };
  /** A peer sent what nobody may send; `admission` may refuse it from then on. */
  penalty(peer: PeerId, reason: string): void;
}

/** The members' RPC over libp2p: one long-lived stream per pair (PROTOCOL.md "RPC"). */
export interface RpcTransport extends Transport, Startable {
  /** Members or their addresses changed: dials whom it lacks, cuts who is no member any more. */
  refresh(): void;
  /** Addresses heard of elsewhere (LAN, directory); dials at once unless connected. */
  offer(peer: PeerId, addresses: readonly string[]): void;
}

export function createLibp2pTransport(
  init: RpcTransportInit,
  components: RpcTransportComponents,
): RpcTransport {
  const { peer: libp2p, admission, clock, random, metrics, revocations } = components;
  const logger = components.logger.scope('rpc');
  const protocol = rpcProtocol(init.ring);
  const instance = random.bytes(INSTANCE_BYTES);
  const handlers = new Map<number, VerbHandler>();
  const links = new Map<PeerId, PeerLink>();
  const budget = { bytes: 0 };
  let running = false;
  let stopListening: () => void = () => undefined;
  const events = createEmitter<TransportEvents>((error) => {
    logger.error('a listener failed', { error: toAppError(error).message });
  });

  async function admit(from: PeerId, hello: Hello): Promise<void> {
    await revocations.add(hello.revocations);
    if (!admission.isMember(from)) {
      throw new AppError('NOT_MEMBER', 'This machine does not know yours as a member.');
    }
    if (hello.speaks[1] < init.speaks[0] || init.speaks[1] < hello.speaks[0]) {
      throw new AppError(
        'UNSUPPORTED_FORMAT',
        'The two machines have versions too far apart; update the older one.',
        { details: { speaks: init.speaks, theirs: hello.speaks } },
      );
    }
  }

  function linkTo(peer: PeerId): PeerLink {
    const found = links.get(peer);
    if (found !== undefined) return found;
    const link = createPeerLink(
      { peer, protocol, handlers, budget },
      {
        libp2p,
        clock,
        random,
        logger,
        hello: () => ({ speaks: init.speaks, instance, revocations: revocations.all() }),
        admit,
        lookUp: components.lookUp ?? (() => Promise.resolve([])),
      },
      linkHooks,
    );
    links.set(peer, link);
    return link;
  }

  const linkHooks = {
    onUp(peer: PeerId): void {
      count();
      events.emit('up', { peer });
    },
    onDown(peer: PeerId, reason: string): void {
      count();
      events.emit('down', { peer, reason });
    },
    onPeerIdInUse(by: PeerId): void {
      logger.warn('another machine runs with this peer id', { by });
      events.emit('peerIdInUse', { by });
    },
    onBroken(peer: PeerId, reason: string): void {
      metrics.count('carrossel_rpc_broken_total');
      logger.warn('a member sent what nobody may send', { peer, reason });
      components.penalty(peer, reason);
      refresh();
    },
  };

  function count(): void {
    metrics.gauge('carrossel_rpc_sessions', connected().length);
  }

  function connected(): readonly PeerId[] {
    return [...links].flatMap(([peer, link]) => (link.session === undefined ? [] : [peer]));
  }

  function onStream(stream: Stream, connection: Connection): void {
    const from = connection.remotePeer.toString() as PeerId;
    if (running && admission.isMember(from)) linkTo(from).accept(stream, connection);
    else if (running && admission.isRevoked(from)) void tellRevoked(from, stream);
    else stream.abort(new Error('not a member'));
  }

  function tellRevoked(from: PeerId, stream: Stream): Promise<void> {
    logger.debug('a machine that was taken out is told so', { from });
    const nonce = random.bytes(NONCE_BYTES);
    const hello = { speaks: init.speaks, instance, nonce, revocations: revocations.about(from) };
    return sayFarewell(stream, hello, { clock });
  }

  function forget(peer: PeerId, link: PeerLink): void {
    links.delete(peer);
    const why = admission.isRevoked(peer)
      ? new AppError('REVOKED', 'This machine is no member of the ring.')
      : new AppError('FORBIDDEN', 'The other machine does not talk to this one for a while.');
    void link.stop(why);
    libp2p.cut(peer, 'no member');
  }

  function refresh(): void {
    if (!running) return;
    // Nobody answers a machine that was taken out; it knows why.
    const isOut = admission.isRevoked(libp2p.self);
    for (const [peer, link] of links) if (isOut) forget(peer, link);
    if (isOut) return;
    for (const [peer, link] of links) if (!admission.isMember(peer)) forget(peer, link);
    for (const { peer, addresses } of components.members()) {
      if (peer !== libp2p.self && admission.isMember(peer)) linkTo(peer).setAddresses(addresses);
    }
  }

  function offer(peer: PeerId, addresses: readonly string[]): void {
    if (!running || peer === libp2p.self || admission.isRevoked(libp2p.self)) return;
    if (admission.isMember(peer)) linkTo(peer).offer(addresses);
  }

  function disconnect(peer: PeerId, reason: string): void {
    const link = links.get(peer);
    if (link === undefined) return;
    if (admission.isMember(peer)) link.disconnect(new AppError('ABORTED', reason));
    else forget(peer, link);
    libp2p.cut(peer, reason);
  }

  return {
    self: libp2p.self,
    on: events.on,
    refresh,
    offer,
    connected,
    async start() {
      running = true;
      await libp2p.handle(protocol, onStream, { maxInboundStreams: 8, maxOutboundStreams: 8 });
      stopListening = libp2p.on('found', (found) => {
        offer(found.peer, found.addresses);
      });
      refresh();
    },
    async stop() {
      running = false;
      stopListening();
      const bye = new AppError('UNREACHABLE', 'The other machine is stopping.');
      await Promise.all([...links.values()].map((link) => link.stop(bye)));
    },
    request(peer, verb, body, options) {
      const session = links.get(peer)?.session;
      if (session !== undefined) return session.request(verb, body, options);
      const unreachable = new AppError('UNREACHABLE', 'The machine is not connected.', {
        details: { peer },
      });
      return Promise.reject(unreachable);
    },
    notify: (peer, verb, body) => links.get(peer)?.session?.notify(verb, body) ?? false,
    handle(verb, handler) {
      if (handlers.has(verb)) throw new AppError('INTERNAL', `Verb ${verb} has a handler.`);
      handlers.set(verb, handler);
    },
    isConnected: (peer) => links.get(peer)?.session !== undefined,
    roundTripMs: (peer) => links.get(peer)?.session?.roundTripMs,
    addressOf: (peer) => links.get(peer)?.address,
    lastFailure(peer) {
      const link = links.get(peer);
      const error = link?.session === undefined ? link?.failure : undefined;
      return error && { reason: failureOf(error), message: error.message };
    },
    sessionNonce: (peer) => links.get(peer)?.session?.nonce,
    disconnect,
    offence(peer, reason) {
      components.penalty(peer, reason);
      disconnect(peer, reason);
    },
  };
}
