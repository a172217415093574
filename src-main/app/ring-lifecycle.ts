/**
 * What the app asks of `peer.ts`: to build and take down everything that needs a ring (transport,
 * member table, replication), since a ring is made or joined while the app runs.
 */
import type { PeerId, RingId } from '../domain/ids.ts';
import type { JoinDialog, JoinTalk } from '../network/join.ts';
import type { Refused } from '../network/offences.ts';
import type { Transport } from '../network/transport.ts';
import type { Reissuer } from '../replication/reissuer.ts';
import type { RunningReplication } from '../replication/replication-floor.ts';
import type { RingMemberTable } from '../replication/ring-member-table.ts';
import type { StoreHealth } from '../storage/store-health.ts';

export type { JoinTalk } from '../network/join.ts';

/** What this machine has of its ring, as it rests in the record store. */
export interface RingIdentity {
  readonly ring: RingId;
  /** This peer's certificate first, up to the one the root signed. */
  readonly chain: readonly Uint8Array[];
  /** The settings record, then its issuer's chain. */
  readonly settings: readonly Uint8Array[];
  /** Members and revocations known when this machine joined; the member table keeps later ones. */
  readonly memberEntries: readonly Uint8Array[];
  readonly revocations: readonly Uint8Array[];
}

/** What the lower floors ask of the app while a ring is open. */
export interface RingHooks {
  /** An invite of this machine is open: strangers may speak the join protocol (and only that). */
  strangersWelcome(): boolean;
  /** One dialog with a newcomer (network/join.ts createJoinServer). */
  openJoin(newcomer: PeerId, address: string): JoinDialog;
  readonly reissuer: Reissuer;
}

/** The running lower floors of one ring. */
export interface RingServices {
  readonly members: RingMemberTable;
  readonly transport: Transport;
  readonly replication: RunningReplication;
  /**
   * This machine wants another part of the ring, now and at its next starts. Resolves when that is
   * signed and durable; what it gains or gives up moves behind.
   */
  changeSeat(change: { readonly capacity?: number; readonly zone?: string }): Promise<void>;
  /** Multiaddrs announced now, each ending in /p2p/<peer id>. */
  addresses(): readonly string[];
  /** How many versions this machine keeps for a member until it is back. */
  hintsFor(peer: PeerId): Promise<number>;
  /**
   * Says on the LAN that newcomers may ask here, until the returned function is called. Without
   * multicast it does nothing.
   */
  announceDoor(): Promise<() => Promise<void>>;
  /** Members this machine does not talk to for a while, for what they sent. */
  refused(): readonly Refused[];
}

export interface RingLifecycle {
  /** Seed (32 bytes) of this peer's key; `peer.ts` makes it at the first start. */
  readonly peerSeed: Uint8Array;
  /** A new peer key, durable when it resolves; only while no ring is open. */
  newPeerKey(): Promise<Uint8Array>;
  /** Builds and starts the floors of the ring. Hooks may be called before it resolves. */
  open(identity: RingIdentity, hooks: RingHooks): Promise<RingServices>;
  /** Stops them all; does nothing when none is open. */
  close(): Promise<void>;
  /**
   * Listens on the LAN for machines that let newcomers ask, while no ring is open; each is told
   * again and again. Ends with the returned function.
   */
  seek(onFound: (peer: PeerId, addresses: readonly string[]) => void): Promise<() => Promise<void>>;
  /**
   * Speaks the join protocol with one member, while no ring is open.
   * @throws UNREACHABLE, TIMEOUT, or the member's own refusal.
   */
  converse(
    target: { readonly peer: PeerId; readonly addresses: readonly string[] },
    talk: JoinTalk,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
}

/** Facts about this machine, for status and doctor. */
export interface Machine {
  /** Of the disk that the data folder is on; undefined where the system does not say. */
  diskSpace(): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | undefined>;
  /** What should listen, and whether it does. */
  ports(): readonly {
    readonly name: string;
    readonly address: string;
    readonly listening: boolean;
  }[];
  /** The network interface by which an IP address is reached directly; undefined: by a router. */
  interfaceTo(host: string): string | undefined;
  /** What is known of the soundness of the store. */
  storeHealth(): StoreHealth;
  /** Whether the folder of a damaged store is still there. */
  isKept(folder: string): Promise<boolean>;
}
