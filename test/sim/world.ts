/** A ring of simulated machines with everything that watches them. */
import type { RingSettings } from '../../src-main/domain/member.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { Timings } from '../../src-main/replication/timings.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createRingFixture, type RingFixture } from './ring-fixture.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import {
  createSimulatedMember,
  writeDevices,
  type MemberInit,
  type SimulatedMember,
} from './simulated-member.ts';
import {
  createSimulatedNetwork,
  type NetworkOptions,
  type SimulatedNetwork,
} from './simulated-network.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createOnlineChecks, type OnlineChecks } from './online-checks.ts';

export interface WorldInit {
  readonly seed: string;
  readonly machines: number;
  /** Started and joined at the beginning; the others are there to join later. @default all */
  readonly started?: number;
  readonly settings?: Partial<RingSettings>;
  readonly network?: Partial<NetworkOptions>;
  readonly timings?: Partial<Timings>;
  /** Of each machine, by its number. @default capacity 1, not steady, holds the account */
  readonly member?: (i: number) => Partial<Pick<MemberInit, 'capacity' | 'steady' | 'holds'>>;
  readonly log?: (line: string) => void;
}

export interface World {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly fixture: RingFixture;
  readonly members: readonly SimulatedMember[];
  readonly ledger: Ledger;
  readonly checks: OnlineChecks;
  /** Machines that are members of the ring by now. */
  joined(): readonly SimulatedMember[];
  /** Starts a machine that was no member yet; an upright member lets it in. */
  join(member: SimulatedMember): Promise<void>;
  /** The names of the writes that the versions hold. */
  idsOf(versions: readonly SignedVersion[]): readonly string[];
  stopAll(): Promise<void>;
}

export const SIM_SETTINGS: RingSettings = { number: 1, n: 'auto', r: 2, w: 2, q: 1024 };

/** Builds the ring, lets the first machines join, and writes the account's devices. */
export async function createWorld(init: WorldInit): Promise<World> {
  const random = createSeededRandom(init.seed);
  const clock = createVirtualClock();
  const network = createSimulatedNetwork(init.network ?? {}, { clock, random });
  const fixture = createRingFixture(
    { machines: init.machines, settings: { ...SIM_SETTINGS, ...init.settings } },
    { random: random.fork('keys') },
  );
  const ledger = createLedger();
  const checks = createOnlineChecks({ ledger, fixture });
  const members = fixture.machines.map((machine, i) =>
    createSimulatedMember(
      {
        ...{ machine, capacity: 1, steady: false, holds: true },
        ...init.member?.(i),
        ...(init.timings !== undefined && { timings: init.timings }),
      },
      {
        ...{ clock, random, network, fixture },
        ...(init.log !== undefined && { log: init.log }),
        onChanged: checks.changed,
        onEpochRenewed: checks.epochRenewed,
      },
    ),
  );
  const joined = new Set<SimulatedMember>();
  async function join(member: SimulatedMember): Promise<void> {
    await member.start();
    const host = [...joined].find((one) => one.isUp);
    joined.add(member);
    if (host === undefined) return;
    // As the join protocol leaves it: each has the other's rows.
    await member.members.addMemberEntries(host.members.memberEntries());
    await host.members.addMemberEntries(member.members.memberEntries());
  }
  const world: World = {
    ...{ clock, random, network, fixture, members, ledger, checks },
    join: (member) => clock.settle(join(member)),
    joined: () => [...joined],
    idsOf: (versions) =>
      versions
        .filter((version) => version.kind !== 'devices')
        .map((version) => checks.idOf(version)),
    async stopAll() {
      for (const member of members) if (member.isUp) await clock.settle(member.stop());
    },
  };
  for (const member of members.slice(0, init.started ?? init.machines)) await world.join(member);
  const first = members.find((member) => member.init.holds);
  if (first !== undefined) await clock.settle(writeDevices(first, fixture));
  return world;
}
