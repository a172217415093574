/** Faults of machines: processes, lids, disks, clocks, and who belongs to the ring. */
import { issueRevocation } from '../../src-main/security/revocation.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function createMachineFaults(
  world: World,
  random: SeededRandom,
  act: (member: SimulatedMember) => void,
) {
  const { clock, checks, ledger, fixture } = world;
  /** One disk goes in a run: more could together lose what w disks had promised. */
  let diskGone = false;

  const members = (holds: (member: SimulatedMember) => boolean): readonly SimulatedMember[] =>
    random.shuffled(world.joined()).filter(holds);
  const awake = (): readonly SimulatedMember[] =>
    members((member) => member.isUp && !member.isAsleep);
  const down = (): readonly SimulatedMember[] => members((member) => !member.isUp);

  function closeLid(member: SimulatedMember, ms: number): void {
    member.sleep();
    clock.schedule(ms, () => {
      if (member.isAsleep) member.wake();
    });
  }
  function lose(member: SimulatedMember): void {
    diskGone = true;
    checks.forget(member);
    ledger.diskLost(member.name);
  }
  return {
    async start() {
      const [member] = down();
      if (member !== undefined) await clock.settle(member.start());
    },
    async stop() {
      const [member, other] = awake();
      if (member !== undefined && other !== undefined) await clock.settle(member.stop());
    },
    /** In the middle of its writes: some are on their way to the disk, some to others. */
    async crash() {
      const [member] = awake();
      if (member === undefined) return;
      for (let i = random.below(5); i > 0 && member.init.holds; i--) act(member);
      await clock.advance(random.between(0, 4));
      member.crash();
    },
    sleep() {
      const [member] = awake();
      const ms = random.pick([2000, 20_000, HOUR_MS]) * random.between(0.1, 1);
      if (member !== undefined) closeLid(member, ms);
    },
    async night() {
      for (const member of awake()) closeLid(member, 8 * HOUR_MS + random.between(0, 20_000));
      await clock.advance(8 * HOUR_MS);
    },
    async join() {
      const newcomer = world.members.find((member) => !world.known().includes(member));
      if (newcomer !== undefined && awake().length > 0) await world.join(newcomer);
    },
    async restore() {
      const [member] = awake();
      if (diskGone || member === undefined || world.joined().length < 2) return;
      const copy = member.backup();
      await clock.advance(random.between(2000, 20_000));
      if (member.isUp) member.crash();
      member.restore(copy);
      lose(member);
      await clock.settle(member.start({ blind: random.chance(0.5) }));
    },
    async wipe() {
      const [member, host] = awake();
      if (diskGone || member === undefined || host === undefined) return;
      member.crash();
      member.wipe();
      lose(member);
      await world.join(member);
    },
    async remove() {
      const [member, host] = awake();
      if (diskGone || member === undefined || host === undefined) return;
      if (world.joined().length < 4) return;
      const { ring, root } = fixture;
      const revoked = issueRevocation({ ring, subject: member.peer, issuer: root, keep: [] });
      lose(member);
      world.drop(member);
      await clock.settle(host.members.addRevocations([revoked.bytes]));
    },
    diskFull() {
      const [member] = awake();
      if (member === undefined) return;
      const { diskFaults } = member;
      diskFaults.setFull(true);
      clock.schedule(random.between(1000, 30_000), () => {
        diskFaults.setFull(false);
      });
    },
    failedSync() {
      const [member] = awake();
      member?.diskFaults.failCommits(1 + random.below(3));
    },
    clockJump() {
      const [member] = awake();
      member?.jumpClock(random.pick([-1, 1]) * random.between(1000, 30 * DAY_MS));
    },
  };
}
