/** One life of a member's process: the floors of a peer up to replication, put together. */
import { utf8 } from '../../src-main/base/bytes.ts';
import type { Logger } from '../../src-main/base/logger.ts';
import type { Metrics } from '../../src-main/base/metrics.ts';
import { sha256Hex } from '../../src-main/base/sha256.ts';
import type { ItemKey } from '../../src-main/domain/ids.ts';
import {
  createReplication,
  type RunningReplication,
} from '../../src-main/replication/replication-floor.ts';
import {
  createMemberTable,
  type RingMemberTable,
} from '../../src-main/replication/ring-member-table.ts';
import type { Timings } from '../../src-main/replication/timings.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { isSigned } from '../../src-main/security/verify-version.ts';
import type { ItemStore } from '../../src-main/storage/item-store.ts';
import { createStore, type Store } from '../../src-main/storage/store.ts';
import type { MachineClock } from './machine-clock.ts';
import type { MachineKeys, RingFixture } from './ring-fixture.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

export interface MemberInit {
  readonly machine: MachineKeys;
  readonly capacity: number;
  readonly steady: boolean;
  /** Logged in to the account on this machine. */
  readonly holds: boolean;
  /** Which of the ring's accounts it is logged in to, if it holds any. @default all */
  readonly accounts?: readonly number[];
  readonly timings?: Partial<Timings>;
  /** Room for what it keeps for others. @default the store's own, which no run fills */
  readonly maxHintBytes?: number;
  /** How wrong its wall clock is. @default 0 */
  readonly wallOffsetMs?: number;
}

/** Fewer than a real ring has: every change of the table costs each machine a look at all. */
export const SIM_PARTITIONS = 64;

export interface LifeComponents {
  readonly clock: MachineClock;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly fixture: RingFixture;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Items are about to leave the disk. */
  leaving(keys: readonly ItemKey[]): Promise<void>;
}

/** One life of a member's process. */
export interface MemberLife {
  readonly disk: SimulatedDisk;
  readonly store: Store;
  readonly members: RingMemberTable;
  readonly replication: RunningReplication;
}

/** Builds the floors bottom-up, as peer.ts does. */
export async function openMember(
  init: MemberInit & { readonly memberEntries?: readonly Uint8Array[] },
  components: LifeComponents,
  disk: SimulatedDisk,
): Promise<MemberLife> {
  const { clock, random, network, fixture, logger, metrics } = components;
  const { machine } = init;
  const { maxHintBytes } = init;
  const store = createStore(
    { q: SIM_PARTITIONS, ...(maxHintBytes !== undefined && { maxHintBytes }) },
    {
      clock,
      random,
      logger,
      metrics,
      readEnvelope,
      isSigned: (version) => isSigned(version, fixture.verifier),
      disk,
    },
  );
  await store.start();
  const self = machine.peer.peerId;
  const members = await createMemberTable(
    {
      ...{ ring: fixture.ring, self, chain: machine.chain, settings: fixture.settings },
      ...(init.memberEntries !== undefined && { memberEntries: init.memberEntries }),
      own: {
        name: machine.name,
        addresses: [`/memory/${machine.name}`],
        ...{ capacity: init.capacity, steady: init.steady, host: hostOf(machine.name), zone: '' },
      },
    },
    { records: store.records, peerKey: machine.peer, verifier: fixture.verifier, logger },
  ).catch(async (error: unknown) => {
    // What it met is noted as the store stops.
    await store.stop();
    throw error;
  });
  const transport = network.join({
    ...{ self, clock },
    isMember: (peer) => members.isMember(peer),
    revocations: {
      all: () => members.revocations(),
      add: (records) => members.addRevocations(records),
    },
  });
  const watched: ItemStore = Object.create(store.items, {
    drop: {
      value: async (keys: readonly ItemKey[]) => {
        await components.leaving(keys);
        await store.items.drop(keys);
      },
    },
  });
  const replication = createReplication(
    init.timings === undefined ? {} : { timings: init.timings },
    {
      ...{ clock, random, logger, metrics, transport, members },
      store: watched,
      records: store.records,
      verifier: fixture.verifier,
      reissuer: fixture.reissuer(machine),
    },
  );
  transport.refresh();
  return { disk, store, members, replication };
}

/** A machine of its own each: 16 bytes in hex. */
function hostOf(name: string): string {
  return sha256Hex(utf8(name)).slice(0, 32);
}
