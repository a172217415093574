/** The ring floors of a whole peer over the simulated network; peer.ts builds them over libp2p. */
import type {
  JoinTalk,
  RingHooks,
  RingLifecycle,
  RingServices,
} from '../../src-main/app/ring-lifecycle.ts';
import { AppError } from '../../src-main/base/app-error.ts';
import type { Clock } from '../../src-main/base/clock.ts';
import type { Logger } from '../../src-main/base/logger.ts';
import type { Metrics } from '../../src-main/base/metrics.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createReplication } from '../../src-main/replication/replication-floor.ts';
import { createMemberTable } from '../../src-main/replication/ring-member-table.ts';
import type { Verifier } from '../../src-main/security/ed25519.ts';
import { createPeerKey, newSeed } from '../../src-main/security/peer-key.ts';
import type { Store } from '../../src-main/storage/store.ts';
import type { MachineClock } from './machine-clock.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

/** Who can be found to join, and what runs where. */
export interface Neighbourhood {
  readonly network: SimulatedNetwork;
  readonly verifier: Verifier;
  readonly hooks: Map<PeerId, RingHooks>;
  readonly services: Map<PeerId, RingServices>;
  /** Who says on the LAN that newcomers may ask. */
  readonly doors: Set<PeerId>;
  /** False when the first cannot dial the second to join. */
  reaches(from: PeerId, to: PeerId): boolean;
}

/** What the process that runs now gives its ring floors. */
export interface Process {
  readonly clock: Clock;
  readonly store: Store;
  readonly random: SeededRandom;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const addressOf = (peer: PeerId): string => `/ip4/10.0.0.1/tcp/4001/p2p/${peer}`;

/** Outlives processes: the machine has one peer key. */
export function createSimulatedLifecycle(
  init: {
    readonly name: string;
    readonly random: SeededRandom;
    /** Undefined: it never sleeps. */
    readonly machineClock?: MachineClock;
  },
  components: { readonly neighbourhood: Neighbourhood; process(): Process },
): RingLifecycle {
  const { name } = init;
  const { neighbourhood } = components;
  const { network, verifier } = neighbourhood;
  let seedOfPeer = newSeed(init.random);
  let seat = { capacity: 1, zone: '' };
  let close = (): Promise<void> => Promise.resolve();

  return {
    get peerSeed() {
      return seedOfPeer;
    },
    newPeerKey() {
      seedOfPeer = newSeed(init.random);
      return Promise.resolve(seedOfPeer);
    },
    async open(identity, hooks): Promise<RingServices> {
      const { clock, store, random, logger, metrics } = components.process();
      const peerKey = createPeerKey(seedOfPeer);
      const self = peerKey.peerId;
      const { records, items } = store;
      const host = Buffer.from(createSeededRandom(name).bytes(16)).toString('hex');
      const own = {
        name,
        addresses: [addressOf(self)],
        ...seat,
        steady: false,
        host,
      };
      const members = await createMemberTable(
        { ...identity, self, own },
        { records, peerKey, verifier, logger },
      );
      const transport = network.join({
        self,
        ...(init.machineClock !== undefined && { clock: init.machineClock }),
        isMember: (peer) => members.isMember(peer),
        revocations: {
          all: () => members.revocations(),
          add: (revoked) => members.addRevocations(revoked),
        },
      });
      const replication = createReplication(
        {},
        {
          ...{ clock, random, logger, metrics, store: items, records, transport, members },
          ...{ verifier, reissuer: hooks.reissuer },
        },
      );
      members.on('changed', () => {
        transport.refresh();
      });
      await replication.start();
      transport.refresh();
      neighbourhood.hooks.set(self, hooks);
      close = async () => {
        neighbourhood.hooks.delete(self);
        neighbourhood.services.delete(self);
        await replication.stop();
        network.leave(self);
      };
      const services: RingServices = {
        ...{ members, transport, replication },
        async changeSeat(change) {
          seat = { ...seat, ...change };
          await members.announce(change);
        },
        addresses: () => [addressOf(self)],
        hintsFor: (peer) => replication.hintsFor(peer),
        refused: () => [],
        announceDoor() {
          neighbourhood.doors.add(self);
          return Promise.resolve(() => Promise.resolve(void neighbourhood.doors.delete(self)));
        },
      };
      neighbourhood.services.set(self, services);
      return services;
    },
    close() {
      const ending = close;
      close = () => Promise.resolve();
      return ending();
    },
    seek(onFound) {
      for (const door of neighbourhood.doors) onFound(door, [addressOf(door)]);
      return Promise.resolve(() => Promise.resolve());
    },
    async converse({ peer }, talk: JoinTalk) {
      const hooks = neighbourhood.hooks.get(peer);
      const self = createPeerKey(seedOfPeer).peerId;
      if (hooks?.strangersWelcome() !== true || !neighbourhood.reaches(self, peer)) {
        throw new AppError('UNREACHABLE', 'Nobody there, or no invite open.');
      }
      const dialog = hooks.openJoin(self, '10.0.0.9');
      let message: Uint8Array | undefined = talk.first();
      while (message !== undefined) {
        const { reply } = await dialog.answer(message, new AbortController().signal);
        message = talk.next(reply);
      }
    },
  };
}
