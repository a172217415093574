/**
 * Builds and takes down the floors that need a ring, for the app (app/ring-lifecycle.ts): a ring is
 * made or joined while the peer runs. Beside peer.ts: chooses implementations.
 */
import type { RingHooks, RingIdentity, RingLifecycle, RingServices } from './app/ring-lifecycle.ts';
import { AppError, toAppError } from './base/app-error.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/logger.ts';
import type { Metrics } from './base/metrics.ts';
import type { Random } from './base/random.ts';
import type { Startable } from './base/startable.ts';
import type { PeerId } from './domain/ids.ts';
import type { KeptSettings, SeatChange } from './machine-settings.ts';
import { hostMark, isPortFree } from './machine.ts';
import type { Admission } from './network/admission.ts';
import { createDirectory } from './network/directory.ts';
import { serveJoin } from './network/join.ts';
import { createLibp2pPeer } from './network/libp2p-peer.ts';
import { createLibp2pTransport, type RpcTransport } from './network/libp2p-transport.ts';
import { createOffences, OFFENCE_LIMITS, type Offences } from './network/offences.ts';
import { createReplication } from './replication/replication-floor.ts';
import { createMemberTable, type RingMemberTable } from './replication/ring-member-table.ts';
import type { Verifier } from './security/ed25519.ts';
import { SPEAKS } from './security/member-record.ts';
import { createPeerKey, newSeed } from './security/peer-key.ts';
import { converseAlone, seekDoors } from './ring-newcomer.ts';
import { askPhoneBook, followChanges, watchAddresses } from './ring-upkeep.ts';
import type { Store } from './storage/store.ts';

/** How long one look into the phone book may take. */
const LOOK_UP_TIMEOUT_MS = 4000;
const LISTEN_ANYWHERE = '/ip4/0.0.0.0/tcp/';

export interface RingOpenerInit {
  readonly seed: Uint8Array;
  readonly settings: KeptSettings;
  readonly mdns: boolean;
  readonly listen: readonly string[] | undefined;
}

export interface RingOpenerComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly verifier: Verifier;
  /** Durable when it resolves. */
  saveSeed(seed: Uint8Array): Promise<void>;
}

export interface RingOpener extends RingLifecycle {
  addresses(): readonly string[];
  /** Dials at once every member that is not connected. */
  wake(): void;
  ports(): readonly {
    readonly name: string;
    readonly address: string;
    readonly listening: boolean;
  }[];
}

interface Open {
  readonly services: RingServices;
  readonly wake: () => void;
  /** Ends what was started, in the reverse order. */
  readonly ends: (() => Promise<void>)[];
}

export function createRingOpener(
  init: RingOpenerInit,
  components: RingOpenerComponents,
): RingOpener {
  let seed = init.seed;
  let open: Open | undefined;
  const { logger } = components;
  return {
    get peerSeed() {
      return seed;
    },
    async newPeerKey() {
      if (open !== undefined)
        throw new AppError('RING_EXISTS', 'Leave the ring before making a new key.');
      const next = newSeed(components.random);
      await components.saveSeed(next);
      seed = next;
      return next;
    },
    async open(identity, hooks) {
      if (open !== undefined)
        throw new AppError('RING_EXISTS', 'This machine is in a ring already.');
      const ends: (() => Promise<void>)[] = [];
      try {
        open = { ...(await openRing({ init, seed, identity, hooks, ends }, components)), ends };
        return open.services;
      } catch (error) {
        await endAll(ends, logger);
        throw error;
      }
    },
    async close() {
      const ending = open;
      open = undefined;
      if (ending !== undefined) await endAll(ending.ends, logger);
    },
    converse: (target, talk, options) => converseAlone(seed, target, talk, options, components),
    seek: (onFound) =>
      init.mdns ? seekDoors(seed, onFound, components) : Promise.resolve(() => Promise.resolve()),
    addresses: () => open?.services.addresses() ?? [],
    wake: () => open?.wake(),
    ports() {
      const addresses = open?.services.addresses() ?? [];
      const listening = addresses.length > 0;
      return open === undefined ? [] : [{ name: 'peer', address: addresses[0] ?? '-', listening }];
    },
  };
}

async function endAll(ends: (() => Promise<void>)[], logger: Logger): Promise<void> {
  for (const end of ends.splice(0).reverse()) {
    try {
      await end();
    } catch (error) {
      logger.warn('could not end cleanly', { error: toAppError(error).message });
    }
  }
}

interface Opening {
  readonly init: RingOpenerInit;
  readonly seed: Uint8Array;
  readonly identity: RingIdentity;
  readonly hooks: RingHooks;
  readonly ends: (() => Promise<void>)[];
}

async function openRing(
  opening: Opening,
  components: RingOpenerComponents,
): Promise<Omit<Open, 'ends'>> {
  const { init, seed, identity, hooks, ends } = opening;
  const { clock, random, logger, metrics, store, verifier } = components;
  const { ring } = identity;
  const peerKey = createPeerKey(seed);
  const { name, capacity, steady, zone } = init.settings.current;
  const own = { name, addresses: [], capacity, steady, host: hostMark(ring), zone };
  const members = await createMemberTable(
    { ...identity, self: peerKey.peerId, own },
    { records: store.records, peerKey, verifier, logger: logger.scope('members') },
  );
  const offences = createOffences(OFFENCE_LIMITS, {
    clock,
    onPardon: () => {
      transport.refresh();
    },
  });
  ends.push(() => Promise.resolve(offences.stop()));
  const admission = admissionOf(members, offences, hooks);
  const peer = await createLibp2pPeer(
    { seed, ring, listen: await listenOn(init), mdns: init.mdns },
    { clock, logger: logger.scope('network'), admission },
  );
  const directory = createDirectory({ ring }, { peer, clock, logger: logger.scope('network') });
  const transport = createLibp2pTransport(
    { ring, speaks: SPEAKS },
    {
      peer,
      admission,
      clock,
      random,
      logger: logger.scope('transport'),
      metrics,
      members: () => members.all().filter((member) => member.peer !== peer.self),
      lookUp: (wanted: PeerId, signal: AbortSignal) =>
        directory.findPeer(wanted, { timeoutMs: LOOK_UP_TIMEOUT_MS, signal }),
      revocations: revocationsOf(members),
      penalty: penaltyOf(offences, components),
    },
  );
  const replication = createReplication(
    {},
    {
      ...{ clock, random, metrics, transport, members, verifier },
      logger: logger.scope('replication'),
      store: store.items,
      records: store.records,
      reissuer: hooks.reissuer,
    },
  );
  await serveJoin({ peer, clock, logger, open: (newcomer, at) => hooks.openJoin(newcomer, at) });
  followChanges({ peer, members, transport, logger, ends });
  await startAll([peer, transport, replication, directory], ends);
  await members.announce({ addresses: peer.addresses() });
  await init.settings.rememberPort(portOf(peer.addresses()));
  transport.refresh();
  watchAddresses({ peer, members, clock, logger, ends });
  askPhoneBook({ directory, transport, members, clock, logger, ends });
  const services: RingServices = {
    members,
    transport,
    replication,
    changeSeat: (change) => changeSeat(change, init.settings, members),
    addresses: () => peer.addresses(),
    hintsFor: (owner) => replication.hintsFor(owner),
    refused: () => offences.refused(),
    announceDoor: init.mdns ? peer.announceDoor : withoutMulticast,
  };
  return { services, wake: wakerOf(transport, members) };
}

/** Kept first: what was signed and then forgotten would be called off at the next start. */
async function changeSeat(
  change: SeatChange,
  settings: KeptSettings,
  members: RingMemberTable,
): Promise<void> {
  const { capacity, zone } = settings.current;
  await settings.rememberSeat(change);
  try {
    await members.announce(change);
  } catch (error) {
    await settings.rememberSeat({ capacity, zone });
    throw error;
  }
}

async function startAll(parts: readonly Startable[], ends: Opening['ends']): Promise<void> {
  for (const part of parts) {
    await part.start();
    ends.push(() => part.stop());
  }
}

/** Every member that is not connected is dialled at once, without waiting for its next turn. */
function wakerOf(transport: RpcTransport, members: RingMemberTable): () => void {
  return () => {
    transport.refresh();
    for (const { peer, addresses } of members.all()) transport.offer(peer, addresses);
  };
}

function revocationsOf(members: RingMemberTable) {
  return {
    all: () => members.revocations(),
    add: (records: readonly Uint8Array[]) => members.addRevocations(records),
    about: (peer: PeerId) => members.revocationsOf(peer),
  };
}

function withoutMulticast(): Promise<() => Promise<void>> {
  return Promise.resolve(() => Promise.resolve());
}

function admissionOf(members: RingMemberTable, offences: Offences, hooks: RingHooks): Admission {
  return {
    isMember: (peer) => members.isMember(peer) && !offences.isRefused(peer),
    strangersWelcome: () => hooks.strangersWelcome(),
    isRevoked: (peer) => members.entry(peer)?.revoked === true,
  };
}

function penaltyOf(offences: Offences, { logger, metrics }: RingOpenerComponents) {
  return (from: PeerId, reason: string): void => {
    logger.warn('a member sent what it should not', { from, reason });
    metrics.count('carrossel_penalties_total', { peer: from });
    if (!offences.count(from, reason)) return;
    logger.warn('a member is refused for a while', { from, reason });
  };
}

/** Where to listen: as told, else the port of the last start if it is free, else any. */
async function listenOn(init: RingOpenerInit): Promise<readonly string[]> {
  if (init.listen !== undefined) return init.listen;
  const { port } = init.settings.current;
  return [`${LISTEN_ANYWHERE}${port !== 0 && (await isPortFree(port)) ? port : 0}`];
}

function portOf(addresses: readonly string[]): number {
  const port = /\/tcp\/(\d+)/.exec(addresses[0] ?? '')?.[1];
  return port === undefined ? 0 : Number(port);
}
