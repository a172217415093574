import { createSystemClock } from '../../src-main/base/clock.ts';
import { createSilentLogger, type Logger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import type { PeerId, RingId } from '../../src-main/domain/ids.ts';
import { createLibp2pPeer, type Libp2pPeer } from '../../src-main/network/libp2p-peer.ts';
import { createOffences, OFFENCE_LIMITS } from '../../src-main/network/offences.ts';
import {
  createLibp2pTransport,
  type RpcTransport,
} from '../../src-main/network/libp2p-transport.ts';
import { createPeerKey, newSeed } from '../../src-main/security/peer-key.ts';

export const RING = 'ab'.repeat(32) as RingId;
export const clock = createSystemClock();
export const random = createSystemRandom();

/** Who is in the ring of a test, and where: shared by its peers. */
export interface Roll {
  readonly members: Map<PeerId, readonly string[]>;
  strangersWelcome: boolean;
  /** Who was taken out, and the records that say so. */
  readonly revoked: Map<PeerId, readonly Uint8Array[]>;
}

export function createRoll(): Roll {
  return { members: new Map(), strangersWelcome: false, revoked: new Map() };
}

/** One real libp2p peer on loopback, with its RPC. */
export interface RealPeer {
  readonly seed: Uint8Array;
  readonly self: PeerId;
  readonly libp2p: Libp2pPeer;
  readonly rpc: RpcTransport;
  readonly penalties: string[];
  readonly revocations: Uint8Array[];
  port(): number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface RealPeerOptions {
  readonly seed?: Uint8Array;
  readonly ring?: RingId;
  readonly mdns?: boolean;
  readonly listen?: readonly string[];
  readonly speaks?: readonly [number, number];
  readonly logger?: Logger;
  readonly addRevocations?: (records: readonly Uint8Array[]) => Promise<void>;
}

export async function createRealPeer(roll: Roll, options: RealPeerOptions = {}): Promise<RealPeer> {
  const seed = options.seed ?? newSeed(random);
  const ring = options.ring ?? RING;
  const logger = options.logger ?? createSilentLogger();
  const offences = createOffences(OFFENCE_LIMITS, {
    clock,
    onPardon: () => {
      rpc.refresh();
    },
  });
  const admission = {
    isMember: (peer: PeerId) => roll.members.has(peer) && !offences.isRefused(peer),
    strangersWelcome: () => roll.strangersWelcome,
    isRevoked: (peer: PeerId) => roll.revoked.has(peer),
  };
  const libp2p = await createLibp2pPeer(
    { seed, ring, listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'], mdns: options.mdns ?? false },
    { clock, logger, admission },
  );
  const penalties: string[] = [];
  const revocations: Uint8Array[] = [];
  const rpc = createLibp2pTransport(
    { ring, speaks: options.speaks ?? [1, 1] },
    {
      peer: libp2p,
      admission,
      clock,
      random,
      logger,
      metrics: createMetrics(),
      members: () =>
        [...roll.members]
          .filter(([peer]) => peer !== libp2p.self)
          .map(([peer, addresses]) => ({ peer, addresses })),
      revocations: {
        all: () => revocations,
        about: (peer) => roll.revoked.get(peer) ?? [],
        add: options.addRevocations ?? (() => Promise.resolve()),
      },
      penalty: (peer, reason) => {
        penalties.push(reason);
        offences.count(peer, reason);
      },
    },
  );
  return {
    seed,
    self: libp2p.self,
    libp2p,
    rpc,
    penalties,
    revocations,
    port: () => Number(/\/tcp\/(\d+)/.exec(libp2p.addresses()[0] ?? '')?.[1]),
    async start() {
      await libp2p.start();
      await rpc.start();
    },
    async stop() {
      offences.stop();
      await rpc.stop();
      await libp2p.stop();
    },
  };
}

/** The peer id that a fresh seed makes. */
export function freshIdentity(): { seed: Uint8Array; peer: PeerId } {
  const seed = newSeed(random);
  return { seed, peer: createPeerKey(seed).peerId };
}

/** Starts peers that are members of one ring and know each other's addresses. */
export async function startRing(count: number, roll: Roll = createRoll()): Promise<RealPeer[]> {
  const peers = await Promise.all(Array.from({ length: count }, () => createRealPeer(roll)));
  for (const peer of peers) roll.members.set(peer.self, []);
  await Promise.all(peers.map((peer) => peer.start()));
  for (const peer of peers) roll.members.set(peer.self, peer.libp2p.addresses());
  for (const peer of peers) peer.rpc.refresh();
  return peers;
}
