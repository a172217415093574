/** Faults of disks: full, failing, lost, and put back as they were. */
import type { Fault } from './activity.ts';
import type { Disk, DiskEntry } from '../../src-main/storage/disk.ts';
import type { MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { FaultKit, FaultyMachine, RingFaultKit } from './faults.ts';

/** What was on the disk is gone, or is older than it was. */
export function createDiskLosses({ world, random, ...kit }: RingFaultKit): readonly Fault[] {
  const { clock, network } = world;

  /** A copy of its disk: taken while it runs, or after it was stopped. */
  async function imageOf(member: SimulatedMember, stopped: boolean): Promise<MemoryDisk> {
    if (!stopped) return member.backup();
    await clock.settle(member.stop());
    const image = member.backup();
    await clock.settle(member.start());
    return image;
  }
  /** These are there, and know what each of them knows. */
  async function gather(members: readonly SimulatedMember[]): Promise<void> {
    network.heal();
    network.setOptions({ loss: 0, duplication: 0, delayMs: [1, 5] });
    for (const member of members) {
      if (!member.isUp) await clock.settle(member.start());
      if (member.isAsleep) member.wake();
    }
    await clock.advance(30_000);
  }
  /** An older copy in its place: the store's birthmark notices, or (blind) only the ring does. */
  async function restore(): Promise<void> {
    const [member] = kit.awake();
    if (!kit.mayLoseDisk() || member === undefined || world.joined().length < 2) return;
    const stopped = random.chance(0.5);
    const copy = await imageOf(member, stopped);
    // What is written from here on is not in the copy: its names must not be given again.
    for (let writes = 1 + random.below(6); writes > 0; writes--) {
      if (member.isUp) kit.act(member);
      await clock.advance(random.between(500, 5000));
    }
    if (member.isUp) member.crash();
    member.restore(copy);
    const blind = random.chance(0.5);
    kit.loseDisk(member, !blind);
    // An image of a stopped machine says nothing of other lives: the first it meets has to know.
    if (blind && stopped) {
      await gather(world.joined().filter((one) => one !== member));
    }
    await clock.settle(member.start({ blind }));
    for (let writes = random.below(4); writes > 0 && member.isUp; writes--) kit.act(member);
  }
  /** A new, empty disk, and let in again. */
  async function wipe(): Promise<void> {
    const [member, host] = kit.awake();
    if (!kit.mayLoseDisk() || member === undefined || host === undefined) return;
    member.crash();
    member.wipe();
    kit.loseDisk(member);
    await world.join(member);
  }
  /** Bits turn over while the machine is off. What is left is repaired, at once or when met. */
  async function rot(): Promise<void> {
    const [member] = kit.awake();
    if (!kit.mayLoseDisk() || member === undefined || world.joined().length < 2) return;
    for (let writes = random.below(4); writes > 0; writes--) kit.act(member);
    await clock.advance(random.between(0, 500));
    if (!member.isUp) return;
    member.crash();
    kit.loseDisk(member);
    await clock.settle(flipBits(member.disk, random));
    await clock.settle(member.start());
    await clock.advance(random.between(0, 5000));
    if (!member.isUp) return;
    if (!(await clock.settle(member.isSound()))) {
      await clock.settle(member.stop());
      await clock.settle(member.start());
    }
    // The row of a member may have been among it.
    await world.join(member);
  }
  return [
    { name: 'rot', weight: 1, strike: rot },
    { name: 'restore', weight: 1, strike: restore },
    { name: 'wipe', weight: 1, strike: wipe },
  ];
}

/** One bit each of a few records, of whatever kind. */
export async function flipBits(disk: Disk, random: SeededRandom): Promise<void> {
  const entries: DiskEntry[] = [];
  for await (const chunk of disk.walk()) entries.push(...chunk);
  const hit = random.shuffled(entries).slice(0, 1 + random.below(4));
  await disk.commit(
    hit.map(({ key, value }) => {
      const rotten = value.slice();
      const at = random.below(rotten.length);
      rotten[at] = (rotten[at] ?? 0) ^ (1 << random.below(8));
      return { key, value: rotten };
    }),
  );
}

/** It takes nothing for a while; what is on it stays. */
export function createDiskTroubles<Machine extends FaultyMachine>({
  world,
  random,
  ...kit
}: FaultKit<Machine>): readonly Fault[] {
  function full(): void {
    const [machine] = kit.awake();
    if (machine === undefined) return;
    const { diskFaults } = machine;
    kit.refuses(machine);
    diskFaults.setFull(true);
    world.clock.schedule(random.between(1000, 30_000), () => {
      diskFaults.setFull(false);
    });
  }
  function failedSync(): void {
    const [machine] = kit.awake();
    if (machine === undefined) return;
    kit.refuses(machine);
    machine.diskFaults.failCommits(1 + random.below(3));
  }
  return [
    { name: 'disk full', weight: 1, strike: full },
    { name: 'failed sync', weight: 2, strike: failedSync },
  ];
}
