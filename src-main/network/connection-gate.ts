import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PeerId } from '../domain/ids.ts';
import { hostOf } from './addresses.ts';
import type { Admission, Permission } from './admission.ts';

/** What strangers may take while an invite is open (DESIGN §2 Admission). */
export interface StrangerLimits {
  /** Connections of strangers in all. @default 8 */
  readonly connections: number;
  /** Of one IP address. @default 2 */
  readonly perAddress: number;
  /** Life of a connection, in ms. @default 10_000 */
  readonly lifeMs: number;
  /** Bytes on the wire, handshakes of the layers below included: 4 KiB of join and their own. */
  readonly wireBytes: number;
}

export const STRANGER_LIMITS: StrangerLimits = {
  connections: 8,
  perAddress: 2,
  lifeMs: 10_000,
  wireBytes: 16 * 1024,
};

/**
 * Decides who may connect, once noise has proved who it is: members; within limits strangers while
 * they are welcome and who was taken out and is to be told so; nobody else. Outward, members and
 * whoever `allowDial` names (a peer to join).
 */
export interface ConnectionGate {
  readonly gater: ConnectionGater;
  mayDial(peer: PeerId): boolean;
  /** Lets this peer dial that one until the returned function is called. */
  allowDial(peer: PeerId): () => void;
  /** Strangers connected now. */
  readonly strangers: number;
}

export function createConnectionGate(
  init: { self: PeerId; limits?: StrangerLimits },
  components: {
    admission: Admission;
    permission(peer: PeerId): Permission;
    clock: Clock;
    logger: Logger;
  },
): ConnectionGate {
  const limits = init.limits ?? STRANGER_LIMITS;
  const { admission, clock, logger } = components;
  const dialable = new Map<PeerId, number>();
  const strangers = new Map<MultiaddrConnection, string>();

  /** Counts the stranger until it goes; cuts it at the end of its time or its bytes. */
  function watch(peer: PeerId, connection: MultiaddrConnection): void {
    let bytes = 0;
    const cut = (why: string): void => {
      if (admission.isMember(peer)) return;
      logger.debug('cut a stranger', { peer, why });
      connection.abort(new Error(why));
    };
    const cancel = clock.schedule(limits.lifeMs, () => {
      cut('time is up');
    });
    connection.addEventListener('message', (event) => {
      bytes += event.data.byteLength;
      if (bytes > limits.wireBytes) cut('too many bytes');
    });
    connection.addEventListener('close', () => {
      cancel();
      strangers.delete(connection);
    });
    strangers.set(connection, hostOf(connection.remoteAddr.toString()));
  }

  function denyInbound(peer: PeerId, connection: MultiaddrConnection): boolean {
    const permission = components.permission(peer);
    if (permission === 'everything') return false;
    if (permission.length === 0 || connection.status !== 'open') return true;
    const host = hostOf(connection.remoteAddr.toString());
    const same = [...strangers.values()].filter((other) => other === host).length;
    if (strangers.size >= limits.connections || same >= limits.perAddress) return true;
    watch(peer, connection);
    return false;
  }

  const mayDial = (peer: PeerId): boolean => admission.isMember(peer) || dialable.has(peer);
  return {
    mayDial,
    get strangers() {
      return strangers.size;
    },
    allowDial(peer) {
      dialable.set(peer, (dialable.get(peer) ?? 0) + 1);
      return () => {
        const left = (dialable.get(peer) ?? 1) - 1;
        if (left === 0) dialable.delete(peer);
        else dialable.set(peer, left);
      };
    },
    gater: {
      denyDialPeer: (peer) => !mayDial(peer.toString() as PeerId),
      denyOutboundEncryptedConnection: (peer) => !mayDial(peer.toString() as PeerId),
      denyInboundEncryptedConnection: (peer, connection) =>
        denyInbound(peer.toString() as PeerId, connection),
      // An address in the peer store makes its peer one to dial: keep what kad hears to members.
      filterMultiaddrForPeer: (peer) =>
        peer.toString() === init.self || mayDial(peer.toString() as PeerId),
    },
  };
}
