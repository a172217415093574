import type { PeerInfo } from '@libp2p/interface';
import type { QueryEvent } from '@libp2p/kad-dht';
import { peerIdFromString } from '@libp2p/peer-id';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import { fromHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createRepeating } from '../base/repeating.ts';
import type { Startable } from '../base/startable.ts';
import { within } from '../base/waiting.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { Libp2pPeer } from './libp2p-peer.ts';

const RAW = 0x55;
const SHA2_256 = 0x12;
/** How often to look whether there is anyone to tell that this member is of the ring. */
const FIRST_PROVIDE_MS = 2000;
/** Between two tellings; kad keeps a record for 48 h, a member that moved is found sooner. */
const PROVIDE_AGAIN_MS = 30 * 60_000;
const PROVIDE_TIMEOUT_MS = 15_000;
const MAX_PEERS = 64;
const MAX_ADDRESSES = 8;
const ENOUGH_ANSWERS = 3;

export interface FoundPeer {
  readonly peer: PeerId;
  readonly addresses: readonly string[];
}

export interface LookUpOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The ring's phone book in kad-dht (DESIGN §2 kad-dht): every member provides the ring's CID. Only
 * hints: a member found here may be long gone. Never on the path of a request.
 */
export interface Directory extends Startable {
  /** Addresses of a member as others know them; [] if nobody does, or the time is up. */
  findPeer(peer: PeerId, options: LookUpOptions): Promise<readonly string[]>;
  /** Members that the reachable part of the ring knows; as many as answered in the time. */
  findMembers(options: LookUpOptions): Promise<readonly FoundPeer[]>;
}

/** The content id under which a ring's members are listed; the ring id is a SHA-256 itself. */
export function ringCid(ring: RingId): CID {
  return CID.createV1(RAW, Digest.create(SHA2_256, fromHex(ring)));
}

export function createDirectory(
  init: { readonly ring: RingId },
  components: { readonly peer: Libp2pPeer; readonly clock: Clock; readonly logger: Logger },
): Directory {
  const { clock, peer: libp2p } = components;
  const logger = components.logger.scope('directory');
  const cid = ringCid(init.ring);
  let provided = false;

  /** Reads the events of one query until `take` says enough, or the time is up. */
  async function query(
    what: string,
    { timeoutMs, signal }: LookUpOptions,
    start: (signal: AbortSignal) => AsyncIterable<QueryEvent>,
    take: (event: QueryEvent) => boolean,
  ): Promise<void> {
    try {
      await within({ clock, timeoutMs, signal, what }, async (limit) => {
        for await (const event of start(limit)) if (take(event)) return;
      });
    } catch (error) {
      if (isAppError(error, 'ABORTED')) throw error;
      logger.debug('a look-up ended early', { what, reason: toAppError(error).message });
    }
  }

  const kad = (): NonNullable<Libp2pPeer['kad']> => {
    if (libp2p.kad === undefined) throw new AppError('NO_RING', 'This machine is in no ring.');
    return libp2p.kad;
  };

  /**
   * Tells the ring that this member is of it. With an empty routing table a provide reaches nobody
   * and says nothing (STACK B3): so only when somebody is there.
   */
  async function provide(signal: AbortSignal): Promise<void> {
    provided = false;
    let told = 0;
    const options = { timeoutMs: PROVIDE_TIMEOUT_MS, signal };
    await query(
      'provide',
      options,
      (limit) => kad().provide(cid, { signal: limit }),
      (event) => {
        if (event.name === 'PEER_RESPONSE') told++;
        return false;
      },
    );
    provided = told > 0;
  }

  const providing = createRepeating({
    clock,
    intervalMs: () => (provided ? PROVIDE_AGAIN_MS : FIRST_PROVIDE_MS),
    work: provide,
    onError: (error) => {
      logger.debug('provide failed', { reason: toAppError(error).message });
    },
  });

  return {
    start: () => providing.start(),
    stop: () => providing.stop(),
    async findPeer(peer, options) {
      const id = peerIdFromString(peer);
      const found = new Set<string>();
      let answers = 0;
      await query(
        'find a member',
        options,
        (signal) => kad().findPeer(id, { signal, useCache: false }),
        (event) => {
          if (event.name !== 'FINAL_PEER') return false;
          for (const address of addressesOf(event.peer)) found.add(address);
          // Not the first alone: it may be the one that has not heard of the move.
          return ++answers >= ENOUGH_ANSWERS;
        },
      );
      return [...found];
    },
    async findMembers(options) {
      const found = new Map<PeerId, readonly string[]>();
      await query(
        'find the ring',
        options,
        (signal) => kad().findProviders(cid, { signal }),
        (event) => {
          if (event.name !== 'PROVIDER') return false;
          for (const provider of event.providers) {
            const peer = provider.id.toString() as PeerId;
            if (peer !== libp2p.self) found.set(peer, addressesOf(provider));
          }
          return found.size >= MAX_PEERS;
        },
      );
      return [...found].map(([peer, addresses]) => ({ peer, addresses }));
    },
  };
}

function addressesOf(info: PeerInfo): readonly string[] {
  return info.multiaddrs.slice(0, MAX_ADDRESSES).map((address) => address.toString());
}
