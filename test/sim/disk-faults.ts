/** Faults of disks: full, failing, lost, and put back as they were. */
import type { Fault } from './activity.ts';
import type { FaultKit } from './faults.ts';

export function createDiskFaults({ world, random, ...kit }: FaultKit): readonly Fault[] {
  const { clock } = world;

  /** An older copy in its place: the store's birthmark notices, or (blind) only the ring does. */
  async function restore(): Promise<void> {
    const [member] = kit.awake();
    if (!kit.mayLoseDisk() || member === undefined || world.joined().length < 2) return;
    const copy = member.backup();
    await clock.advance(random.between(2000, 20_000));
    if (member.isUp) member.crash();
    member.restore(copy);
    kit.loseDisk(member);
    await clock.settle(member.start({ blind: random.chance(0.5) }));
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
  function full(): void {
    const [member] = kit.awake();
    if (member === undefined) return;
    const { diskFaults } = member;
    diskFaults.setFull(true);
    clock.schedule(random.between(1000, 30_000), () => {
      diskFaults.setFull(false);
    });
  }
  function failedSync(): void {
    const [member] = kit.awake();
    member?.diskFaults.failCommits(1 + random.below(3));
  }
  return [
    { name: 'restore', weight: 1, strike: restore },
    { name: 'wipe', weight: 1, strike: wipe },
    { name: 'disk full', weight: 1, strike: full },
    { name: 'failed sync', weight: 2, strike: failedSync },
  ];
}
