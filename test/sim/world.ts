/** A ring of simulated machines with everything that watches them. */
import { sleep } from '../../src-main/base/waiting.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { RingSettings } from '../../src-main/domain/member.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { Timings } from '../../src-main/replication/timings.ts';
import { createDeliveryChecks } from './delivery-checks.ts';
import { keepers } from './keepers.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createRingFixture, type RingFixture } from './ring-fixture.ts';
import { createSecrecyWatch, type SecrecyWatch } from './secrecy-watch.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { createSimulatedMember, writeDevices, type SimulatedMember } from './simulated-member.ts';
import {
  createSimulatedNetwork,
  type NetworkOptions,
  type SimulatedNetwork,
} from './simulated-network.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { SIM_PARTITIONS, type MemberInit } from './member-life.ts';
import { watchAdmission } from './admission-watch.ts';
import { createOnlineChecks, type OnlineChecks } from './online-checks.ts';

export type MemberChoice = Partial<
  Pick<MemberInit, 'capacity' | 'steady' | 'holds' | 'accounts' | 'maxHintBytes'>
>;

export interface WorldInit {
  readonly seed: string;
  readonly machines: number;
  /** Started and joined at the beginning; the others are there to join later. @default all */
  readonly started?: number;
  readonly settings?: Partial<RingSettings>;
  /** @default 1 */
  readonly accounts?: number;
  readonly network?: Partial<NetworkOptions>;
  readonly timings?: Partial<Timings>;
  /** Of each machine, by its number. @default capacity 1, not steady, holds the account */
  readonly member?: (i: number) => MemberChoice;
  /** How wrong each machine's wall clock is. @default right */
  readonly wallOffsetMs?: (machine: number) => number;
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
  readonly secrecy: SecrecyWatch;
  /** A line of the trace, with the virtual time. */
  log(line: string): void;
  /** Machines that are members of the ring now. */
  joined(): readonly SimulatedMember[];
  /** Owners of the account, and machines that are logged in to it. */
  keepers(account: PartitionKey): readonly SimulatedMember[];
  /** Machines that are or were. */
  known(): readonly SimulatedMember[];
  /** Starts a machine that was no member yet; an upright member lets it in. */
  join(member: SimulatedMember): Promise<void>;
  /** It is no member any more: nothing is expected of it. */
  drop(member: SimulatedMember): void;
  /** The names of the writes that the versions hold. */
  idsOf(versions: readonly SignedVersion[]): readonly string[];
  stopAll(): Promise<void>;
}

/** Its change is not through yet. */
export function isMoving({ members, peer }: SimulatedMember): boolean {
  const own = members.get(peer);
  return own?.wanted !== undefined || own?.state === 'leaving';
}

export const SIM_SETTINGS: RingSettings = { number: 1, n: 'auto', r: 2, w: 2, q: SIM_PARTITIONS };

/** Builds the ring, lets the first machines join, and writes the account's devices. */
export async function createWorld(init: WorldInit): Promise<World> {
  const random = createSeededRandom(init.seed);
  const clock = createVirtualClock();
  const network = createSimulatedNetwork(init.network ?? {}, { clock, random });
  const fixture = createRingFixture(
    {
      machines: init.machines,
      settings: { ...SIM_SETTINGS, ...init.settings },
      accounts: init.accounts ?? 1,
    },
    { random: random.fork('keys') },
  );
  const ledger = createLedger();
  const log = (line: string): void => init.log?.(`${clock.now().toFixed(1).padStart(10)} ${line}`);
  const checks = createOnlineChecks({ ledger, fixture, log });
  const secrecy = createSecrecyWatch({ network, checks });
  watchAdmission({
    network,
    tableOf: (peer) => members.find((member) => member.isUp && member.peer === peer)?.members,
    fail: checks.fail,
  });
  const deliveries = createDeliveryChecks({
    clock,
    ledger,
    checks,
    network,
    members: () => members,
  });
  const members: readonly SimulatedMember[] = fixture.machines.map((machine, i) =>
    createSimulatedMember(
      {
        ...{ machine, capacity: 1, steady: false, holds: true },
        ...init.member?.(i),
        wallOffsetMs: init.wallOffsetMs?.(i) ?? 0,
        ...(init.timings !== undefined && { timings: init.timings }),
      },
      {
        ...{ clock, random, network, fixture },
        ...(init.log !== undefined && { log: init.log }),
        onChanged: checks.changed,
        onOutbox: (member, key) => deliveries.outboxChanged(member, key),
        onEpochRenewed: checks.epochRenewed,
        onLeaving: (member, keys) => deliveries.leaving(member, keys),
      },
    ),
  );
  const joined = new Set<SimulatedMember>();
  const known = new Set<SimulatedMember>();
  async function join(member: SimulatedMember): Promise<void> {
    const host = [...joined].find((one) => one.isUp && !one.isAsleep && one !== member);
    const memberEntries = host?.members.memberEntries();
    if (!member.isUp) await member.start(memberEntries === undefined ? {} : { memberEntries });
    joined.add(member);
    known.add(member);
    if (host === undefined) return;
    // As the join protocol leaves it: each has the other's rows. A disk that refuses them now is
    // tried again, as a person would.
    const meet = async (): Promise<void> => {
      await member.members.addMemberEntries(host.members.memberEntries());
      await host.members.addMemberEntries(member.members.memberEntries());
    };
    const met = (): boolean =>
      host.members.isMember(member.peer) && member.members.isMember(host.peer);
    for (await meet(); !met() && member.isUp && host.isUp; await meet()) await sleep(clock, 1000);
  }
  const world: World = {
    ...{ clock, random, network, fixture, members, ledger, checks, secrecy, log },
    join: (member) => clock.settle(join(member)),
    drop: (member) => {
      joined.delete(member);
    },
    joined: () => [...joined],
    keepers: (account) => keepers(world, account),
    known: () => [...known],
    idsOf: (versions) =>
      versions
        .filter((version) => version.kind !== 'devices')
        .map((version) => checks.idOf(version)),
    async stopAll() {
      for (const member of members) {
        if (member.isAsleep) member.wake();
        if (member.isUp) await clock.settle(member.stop());
      }
    },
  };
  for (const member of members.slice(0, init.started ?? init.machines)) await world.join(member);
  // Who joins has to take over its part before it counts.
  for (let i = 0; i < 120 && world.joined().some(isMoving); i++) await clock.advance(500);
  for (const kit of fixture.accounts) {
    const first = members.find((member) => member.holdsAccount(kit.account));
    if (first !== undefined) await clock.settle(writeDevices(first, kit));
  }
  return world;
}
