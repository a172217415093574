import { createLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import type { OwnMember } from '../../src-main/replication/own-member.ts';
import {
  createMemberTable,
  type RingMemberTable,
} from '../../src-main/replication/ring-member-table.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createMemoryStore } from '../../src-main/storage/memory-store.ts';
import type { RecordStore } from '../../src-main/storage/record-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { createRingFixture, type RingFixture } from '../sim/ring-fixture.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';
import { SIM_SETTINGS } from '../sim/world.ts';

/** A ring of `machines` on paper: keys, certificates, settings. */
export function ringOnPaper(machines: number, seed = 'ring on paper'): RingFixture {
  const random = createSeededRandom(seed);
  return createRingFixture({ machines, settings: SIM_SETTINGS }, { random });
}

export async function memoryStore(): Promise<Store> {
  const random = createSeededRandom('memory store');
  const store = createMemoryStore(
    { disk: createMemoryDisk({ random }) },
    {
      clock: createVirtualClock(),
      random,
      logger: quiet(),
      metrics: createMetrics(),
      readEnvelope,
      isSigned: () => true,
    },
  );
  await store.start();
  return store;
}

export interface TableOptions {
  readonly records?: RecordStore;
  readonly own?: Partial<OwnMember>;
}

/** The member table of one machine. */
export async function tableOf(
  fixture: RingFixture,
  machine: number,
  options: TableOptions = {},
): Promise<RingMemberTable> {
  const keys = fixture.machines[machine];
  if (keys === undefined) throw new Error(`no machine ${machine}`);
  const own = {
    ...{ name: keys.name, addresses: [], capacity: 1, steady: false, zone: '' },
    host: '00'.repeat(16),
    ...options.own,
  };
  const { ring, settings, verifier } = fixture;
  return createMemberTable(
    { ring, self: keys.peer.peerId, own, chain: keys.chain, settings },
    {
      records: options.records ?? (await memoryStore()).records,
      peerKey: keys.peer,
      verifier,
      logger: quiet(),
    },
  );
}

export function quiet() {
  return createLogger({ level: 'error', write: () => undefined });
}
