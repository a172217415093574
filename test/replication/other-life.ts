import { createMetrics } from '../../src-main/base/metrics.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createDeviceDirectories } from '../../src-main/replication/device-directories.ts';
import { createEpochGuard } from '../../src-main/replication/epoch-guard.ts';
import { createIntake } from '../../src-main/replication/intake.ts';
import { createOutboxReissue } from '../../src-main/replication/outbox-reissue.ts';
import { createOwnCounters } from '../../src-main/replication/own-counters.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { IssueGiven } from '../../src-main/storage/item-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import type { MachineKeys } from '../sim/ring-fixture.ts';
import { memoryStore, quiet, ringOnPaper } from './member-fixture.ts';

/** One machine's counters, guard, and way in over a store of its own; calls are told to it. */
export async function createLife(seed: string, shared?: Store) {
  const fixture = ringOnPaper(2, seed);
  const [self, other] = fixture.machines as [MachineKeys, MachineKeys];
  const store = shared ?? (await memoryStore());
  const { items, records } = store;
  const { account } = fixture;
  const logger = quiet();
  const metrics = createMetrics();
  const net = { online: false, written: 0 };
  const distrusted: PeerId[] = [];
  const renewals: string[] = [];
  const counted: typeof records = {
    ...records,
    get: (space, name) => records.get(space, name),
    async put(space, name, value) {
      net.written++;
      await records.put(space, name, value);
    },
  };
  const counters = createOwnCounters(
    { self: self.peer.peerId },
    { store: items, records: counted, logger, isOnline: () => net.online },
  );
  const reissue = createOutboxReissue({
    ...{ store: items, counters, logger, reissuer: fixture.reissuer(self) },
    held: { all: () => [account] },
  });
  const guard = createEpochGuard({
    ...{ store: items, counters, logger, metrics },
    calls: { call: () => Promise.reject(new Error('nobody is asked here')) },
    reissue: async (abandoned, disputed) =>
      (await reissue.run(abandoned, () => false, disputed)).map(({ old }) => old.hash),
    renewed: (reason) => renewals.push(reason),
    distrusted: (peer) => distrusted.push(peer),
  });
  const directories = createDeviceDirectories({ store: items, verifier: fixture.verifier });
  const intake = createIntake(
    { ring: fixture.ring },
    { store: items, verifier: fixture.verifier, directories, guard, logger, metrics },
  );
  const keyOf = (sortKey: string) => ({ partitionKey: account, sortKey });
  const given = (machine: MachineKeys, counter: number, more: Partial<IssueGiven> = {}) => {
    const { epoch } = items;
    const actor = fixture
      .write(machine, { sortKey: 'x', id: 'x', replaces: () => [] })
      .actorOf(epoch);
    return { epoch, actor, counter, lastOwn: counter - 1, siblings: [], ...more };
  };
  const devices = fixture.devicesVersion(self, given(self, 1));
  if (shared === undefined) await items.merge(keyOf(DEVICES_SORT_KEY), [devices]);
  return {
    ...{ fixture, self, other, store, items, account, counters, guard, reissue, intake, keyOf },
    ...{ net, distrusted, renewals, directories, logger, given },
    /** Written here. */
    async write(sortKey: string, id: string): Promise<SignedVersion> {
      await counters.prepare(account);
      const input = { sortKey, id, replaces: (siblings: readonly SignedVersion[]) => siblings };
      const [version] = await items.issue([fixture.write(self, input)]);
      if (version === undefined) throw new Error('it was issued');
      return version;
    },
    /** Made on paper under that name. */
    made(machine: MachineKeys, sortKey: string, counter: number, more: Partial<IssueGiven> = {}) {
      const replaces = (siblings: readonly SignedVersion[]) => siblings;
      return fixture
        .write(machine, { sortKey, id: `paper ${counter}`, replaces })
        .build(given(machine, counter, more));
    },
  };
}
