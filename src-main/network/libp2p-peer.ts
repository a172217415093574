import { noise } from '@chainsafe/libp2p-noise';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify, type Identify } from '@libp2p/identify';
import type { Connection, Libp2p, StreamHandler, StreamHandlerOptions } from '@libp2p/interface';
import { kadDHT, passthroughMapper, type KadDHT } from '@libp2p/kad-dht';
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id';
import { ping, type Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { createLibp2p, type Libp2pOptions } from 'libp2p';
import { AppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter, type Events } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import type { Startable } from '../base/startable.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import { announcedOf, isDialable, withPeer } from './addresses.ts';
import { permissionOf, type Admission, type Permission } from './admission.ts';
import { createBoundedDatastore } from './bounded-datastore.ts';
import { createConnectionGate, type StrangerLimits } from './connection-gate.ts';
import { dialFirst, type AddressDialler } from './dialler.ts';
import { createDiscovery } from './discovery.ts';
import { createStreamGuard } from './guarded-streams.ts';
import { createLibp2pLogger } from './libp2p-logger.ts';
import { createNoiseCrypto } from './noise-crypto.ts';
import { discoveryTag, kadProtocol, OPEN_DOOR_TAG, rpcProtocol } from './protocols.ts';
import { sparingWindows } from './sparing-windows.ts';

export interface Libp2pPeerInit {
  /** 32 bytes, the Ed25519 seed of the peer key. */
  readonly seed: Uint8Array;
  /** Undefined: a peer without a ring, which listens not and dials only to join. */
  readonly ring: RingId | undefined;
  /** Multiaddrs, e.g. `/ip4/0.0.0.0/tcp/0`. */
  readonly listen: readonly string[];
  /** Multiaddrs to announce instead of those listened on (a forwarded port). */
  readonly announce?: readonly string[] | undefined;
  /** Whether to look for members on the LAN. */
  readonly mdns: boolean;
  /** Without a ring: whether to listen on the LAN for doors that are open to newcomers. */
  readonly seekDoors?: boolean;
  readonly strangerLimits?: StrangerLimits;
}

export interface Libp2pPeerComponents {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly admission: Admission;
}

export interface Libp2pPeerEvents {
  /** A peer of this ring answered on the LAN; again and again, and not only members. */
  found: { readonly peer: PeerId; readonly addresses: readonly string[] };
  /** The announced addresses may have changed. */
  addresses: { readonly addresses: readonly string[] };
}

/** One libp2p node, open to members only. Methods beyond `cut` are for this floor. */
export interface Libp2pPeer extends Startable, Events<Libp2pPeerEvents> {
  readonly self: PeerId;
  /** Announced multiaddrs with /p2p/…; no loopback when there are others. */
  addresses(): readonly string[];
  /** Closes every connection of the peer at once (revoked, or misbehaving). */
  cut(peer: PeerId, reason: string): void;
  /** A connection to the peer: the one that stands, else a new one to any of the addresses. */
  connect(peer: PeerId, addresses: readonly string[], signal: AbortSignal): Promise<Connection>;
  connections(peer: PeerId): readonly Connection[];
  handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>;
  /** Lets this peer dial one that is no member yet, until the returned function is called. */
  allowDial(peer: PeerId): () => void;
  /** Says on the LAN that newcomers may ask here, until the returned function is called. */
  announceDoor(): Promise<() => Promise<void>>;
  /** The phone book; undefined without a ring. */
  readonly kad: KadDHT | undefined;
}

interface Services extends Record<string, unknown> {
  /** libp2p's transport manager, which only a service gets to see. */
  dialler: AddressDialler;
  /** And so is its address manager, which multicast DNS asks. */
  whereabouts: Whereabouts;
  identify: Identify;
  ping: Ping;
  kad: KadDHT;
}

export async function createLibp2pPeer(
  init: Libp2pPeerInit,
  components: Libp2pPeerComponents,
): Promise<Libp2pPeer> {
  const { admission, clock } = components;
  const logger = components.logger.scope('libp2p');
  const privateKey = await generateKeyPairFromSeed('Ed25519', init.seed);
  const self = peerIdFromPrivateKey(privateKey).toString() as PeerId;
  const events = createEmitter<Libp2pPeerEvents>((error) => {
    logger.error('a listener failed', { error: toAppError(error).message });
  });
  const { ring } = init;
  const rpc = ring === undefined ? undefined : rpcProtocol(ring);
  const permission = (peer: PeerId): Permission => permissionOf(admission, peer, rpc);
  const gate = createConnectionGate(
    { self, ...(init.strangerLimits && { limits: init.strangerLimits }) },
    { admission, permission, clock, logger },
  );
  const guard = createStreamGuard({ clock, permission });
  const crypto = createNoiseCrypto();
  const node = (await createLibp2p({
    start: false,
    privateKey,
    logger: createLibp2pLogger(),
    datastore: createBoundedDatastore(),
    addresses: {
      listen: ring === undefined ? [] : [...init.listen],
      announce: [...(init.announce ?? [])],
      announceFilter: (all) => announcedOf(all, String),
    },
    transports: [tcp()],
    connectionEncrypters: [(parts) => guard.encrypter(noise({ crypto })(parts))],
    streamMuxers: [() => guard.muxer(sparingWindows(yamux(YAMUX_OPTIONS)()))],
    connectionGater: gate.gater,
    connectionManager: CONNECTION_OPTIONS,
    // Our heartbeats run on the RPC stream; the monitor's cost a new stream each (STACK B4, B5).
    connectionMonitor: { enabled: false },
    peerDiscovery: discoveryOf(init, tellFound, logger),
    services: {
      dialler: diallerOf,
      whereabouts: whereaboutsOf,
      ...(ring === undefined ? {} : servicesOf(ring)),
    },
  } as Libp2pOptions<Services>)) as Libp2p<Services>;

  function tellFound(peer: PeerId, addresses: readonly string[]): void {
    if (peer !== self) events.emit('found', { peer, addresses });
  }

  /** Identify runs for members only; libp2p itself would run it with every stranger. */
  node.addEventListener('connection:open', (event) => {
    const connection = event.detail;
    if (ring === undefined || !admission.isMember(connection.remotePeer.toString() as PeerId)) {
      return;
    }
    node.services.identify.identify(connection).catch((error: unknown) => {
      logger.debug('identify failed', { error: toAppError(error).message });
    });
  });
  node.addEventListener('self:peer:update', () => {
    events.emit('addresses', { addresses: addresses() });
  });

  const addresses = (): readonly string[] =>
    node.getMultiaddrs().map((address) => address.toString());
  const connections = (peer: PeerId): Connection[] => node.getConnections(peerIdFromString(peer));
  return {
    self,
    on: events.on,
    kad: ring === undefined ? undefined : node.services.kad,
    addresses,
    connections,
    allowDial: gate.allowDial,
    async start() {
      try {
        await node.start();
      } catch (error) {
        throw listenError(error, init.listen);
      }
    },
    async stop() {
      await node.stop();
    },
    async announceDoor() {
      const init = { tag: OPEN_DOOR_TAG, onFound: () => undefined };
      const door = createDiscovery(init, { logger })(node.services.whereabouts);
      await door.start();
      return () => door.stop();
    },
    cut(peer, reason) {
      for (const connection of connections(peer)) connection.abort(new Error(reason));
    },
    async connect(peer, to, signal) {
      const standing = connections(peer).find((connection) => connection.status === 'open');
      if (standing !== undefined) return standing;
      if (!gate.mayDial(peer)) throw new AppError('NOT_MEMBER', 'Only members are dialled.');
      const targets = to.filter(isDialable).map((address) => withPeer(address, peer));
      if (targets.length === 0) {
        throw new AppError('UNREACHABLE', 'No address of the machine is known.');
      }
      return dialFirst(targets, { dialler: node.services.dialler, clock }, signal);
    },
    async handle(protocol, handler, options) {
      await node.handle(protocol, handler, options);
    },
  };
}

const YAMUX_OPTIONS = {
  // Not for life signs (our heartbeats are those): its pings measure the round trip that lets a
  // busy stream's window grow from the 256 KiB that every yamux starts with.
  enableKeepAlive: true,
  keepAliveInterval: 30_000,
  maxInboundStreams: 128,
  streamOptions: {
    maxStreamWindowSize: 4 * 1024 * 1024,
    // More than a window, so that a paused stream is never reset for what was already allowed.
    maxReadBufferLength: 8 * 1024 * 1024,
  },
};

const CONNECTION_OPTIONS = {
  // All peers of one house may come from one address at once; strangers are bounded at the gate.
  inboundConnectionThreshold: 200,
  maxIncomingPendingConnections: 64,
  maxConnections: 500,
  dialTimeout: 5000,
  addressDialTimeout: 2500,
  inboundUpgradeTimeout: 5000,
  // Redials are ours (STACK B5: libp2p's come and go with kad's tags).
  reconnectRetries: 0,
};

type Whereabouts = Parameters<ReturnType<typeof createDiscovery>>[0];

function whereaboutsOf({ addressManager }: Whereabouts): Whereabouts {
  return { addressManager };
}

function diallerOf(components: { transportManager: AddressDialler }): AddressDialler {
  return { dial: (address, options) => components.transportManager.dial(address, options) };
}

/** Members of the ring for one that has a ring; open doors for one that has none. */
function discoveryOf(
  { ring, mdns, seekDoors }: Libp2pPeerInit,
  onFound: (peer: PeerId, addresses: readonly string[]) => void,
  logger: Logger,
): ReturnType<typeof createDiscovery>[] {
  if (ring !== undefined) {
    return mdns ? [createDiscovery({ tag: discoveryTag(ring), onFound }, { logger })] : [];
  }
  const doors = { tag: OPEN_DOOR_TAG, silent: true, onFound };
  return seekDoors === true ? [createDiscovery(doors, { logger })] : [];
}

function servicesOf(ring: RingId): Partial<Libp2pOptions<Services>['services']> {
  return {
    identify: identify({ runOnConnectionOpen: false, maxInboundStreams: 4 }),
    ping: ping(),
    kad: kadDHT({
      protocol: kadProtocol(ring),
      clientMode: false,
      peerInfoMapper: passthroughMapper,
      allowQueryWithZeroPeers: true,
      querySelfInterval: 10_000,
      // The phone book holds no values: nobody may put any here (DESIGN §2 kad-dht).
      validators: { pk: refuseValue },
    }),
  };
}

function refuseValue(): Promise<void> {
  return Promise.reject(new AppError('FORBIDDEN', 'The phone book holds no values.'));
}

function listenError(error: unknown, listen: readonly string[]): AppError {
  const { message } = toAppError(error);
  if (message.includes('EADDRINUSE')) {
    return new AppError('PORT_IN_USE', 'The port to listen on is in use by another program.', {
      details: { listen },
      cause: error,
    });
  }
  return new AppError('INTERNAL', 'This machine could not start listening.', {
    details: { listen, reason: message },
    cause: error,
  });
}
