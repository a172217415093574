/**
 * The ring this machine is in, if it is in one, and the running floors below while it is open. The
 * rest of the app asks here, so that it works the same before, between and after.
 */
import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import { createTwinRecords } from '../replication/twin-records.ts';
import { createPeerKey, type PeerKey } from '../security/peer-key.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { RingHooks, RingIdentity, RingLifecycle, RingServices } from './ring-lifecycle.ts';

const RECORD = 'identity';
const FORMAT = 1;

/** The ring as this machine keeps it: its identity, and what the person calls it here. */
export interface OwnRing extends RingIdentity {
  readonly name: string;
}

export interface RingSession {
  readonly peerKey: PeerKey;
  /** The ring this machine is in; undefined before one is made or joined. */
  readonly ring: OwnRing | undefined;
  /** The running floors. @throws NO_RING; ABORTED after `stop` */
  services(): RingServices;
  /** The running floors, or undefined. */
  running(): RingServices | undefined;
  /** @throws NO_RING */
  identity(): { readonly ring: RingId; readonly peer: PeerKey };
  /** A member's name, or the end of its id. */
  nameOf(peer: PeerId): string;
  /** Reads the ring this machine is in from disk and opens it. */
  start(): Promise<void>;
  /** Takes a new ring: durable, then open. @throws RING_EXISTS */
  enter(ring: OwnRing): Promise<void>;
  /** Forgets the ring and takes a new peer key. */
  leaveWithNewKey(): Promise<void>;
  stop(): Promise<void>;
}

export function createRingSession(components: {
  readonly records: RecordStore;
  readonly lifecycle: RingLifecycle;
  readonly hooks: RingHooks;
  /** Right after the floors run, and before `start` or `enter` resolves. */
  readonly onOpen: (services: RingServices) => Promise<void>;
}): RingSession {
  const { lifecycle, hooks, onOpen } = components;
  /** Without it a machine is in no ring, whatever else it has: kept twice (decision 0516). */
  const records = createTwinRecords(components.records);
  let peerKey = createPeerKey(lifecycle.peerSeed);
  let ring: OwnRing | undefined;
  let services: RingServices | undefined;
  let stopped = false;

  async function open(of: OwnRing): Promise<void> {
    ring = of;
    services = await lifecycle.open(of, hooks);
    await onOpen(services);
  }
  const close = async (): Promise<void> => {
    services = undefined;
    await lifecycle.close();
  };
  const needed = (): OwnRing => {
    if (ring === undefined) throw noRing();
    return ring;
  };
  return {
    get peerKey() {
      return peerKey;
    },
    get ring() {
      return ring;
    },
    services() {
      if (services === undefined) throw stopped ? hasStopped() : noRing();
      return services;
    },
    running: () => services,
    identity: () => ({ ring: needed().ring, peer: peerKey }),
    nameOf(peer) {
      const name = services?.members.get(peer)?.name ?? '';
      return name === '' ? `…${peer.slice(-6)}` : name;
    },
    async start() {
      const { copies, isDamaged } = await records.get('ring', RECORD);
      const [bytes] = copies;
      if (bytes === undefined) return;
      if (isDamaged) await records.put('ring', RECORD, bytes);
      await open(parseOwnRing(bytes));
    },
    async enter(of) {
      if (ring !== undefined) throw ringExists();
      await records.put('ring', RECORD, encodeOwnRing(of));
      try {
        await open(of);
      } catch (error) {
        // Nobody has seen its phrase yet, and an invite gives its machine the same answer again.
        await close();
        await records.delete('ring', RECORD);
        ring = undefined;
        throw error;
      }
    },
    async leaveWithNewKey() {
      await close();
      await records.delete('ring', RECORD);
      ring = undefined;
      peerKey = createPeerKey(await lifecycle.newPeerKey());
    },
    stop() {
      stopped = true;
      return close();
    },
  };
}

export function ringExists(): AppError {
  return new AppError('RING_EXISTS', 'This machine is in a ring already.');
}

function noRing(): AppError {
  return new AppError('NO_RING', 'This machine is in no ring yet: start one, or join by a link.');
}

function hasStopped(): AppError {
  return new AppError('ABORTED', 'Carrossel is being closed on this machine.');
}

function encodeOwnRing(of: OwnRing): Uint8Array {
  return encodeCbor([
    FORMAT,
    fromHex(of.ring),
    of.name,
    of.chain,
    of.settings,
    of.memberEntries,
    of.revocations,
  ]);
}

function parseOwnRing(bytes: Uint8Array): OwnRing {
  const value = decodeCbor(bytes);
  if (Array.isArray(value) && value.length === 7 && value[0] === FORMAT) {
    const [, ring, name, chain, settings, memberEntries, revocations] = value as Cbor[];
    if (
      ring instanceof Uint8Array &&
      typeof name === 'string' &&
      isBytesList(chain) &&
      isBytesList(settings) &&
      isBytesList(memberEntries) &&
      isBytesList(revocations)
    ) {
      return { ring: toHex(ring) as RingId, name, chain, settings, memberEntries, revocations };
    }
  }
  throw new AppError('UNSUPPORTED_FORMAT', 'The ring kept here is of a newer version of the app.');
}

function isBytesList(value: Cbor | undefined): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every((one) => one instanceof Uint8Array);
}
