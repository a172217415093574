/** Faults of machines: processes, lids, clocks. */
import type { Fault } from './activity.ts';
import type { FaultKit, FaultyMachine } from './faults.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function createMachineFaults<Machine extends FaultyMachine>({
  world,
  random,
  ...kit
}: FaultKit<Machine>): readonly Fault[] {
  const { clock } = world;

  /** When each lid is opened; who closes it again meanwhile makes it later. */
  const openedAt = new Map<Machine, number>();

  function closeLid(member: Machine, ms: number): void {
    const at = clock.now() + ms;
    openedAt.set(member, at);
    if (!member.isAsleep) member.sleep();
    clock.schedule(ms, () => {
      if (member.isAsleep && openedAt.get(member) === at) member.wake();
    });
  }
  async function start(): Promise<void> {
    const [member] = kit.down();
    if (member !== undefined) await clock.settle(member.start());
  }
  async function stop(): Promise<void> {
    const [member, other] = kit.awake();
    if (member !== undefined && other !== undefined) await clock.settle(member.stop());
  }
  /** In the middle of its writes: some are on their way to the disk, some to others. */
  async function crash(): Promise<void> {
    const [member] = kit.awake();
    if (member === undefined) return;
    for (let i = random.below(5); i > 0; i--) kit.act(member);
    await clock.advance(random.between(0, 4));
    member.crash();
  }
  /** A lid is closed for seconds to hours. */
  function sleep(): void {
    const [member] = kit.awake();
    const ms = random.pick([2000, 20_000, HOUR_MS]) * random.between(0.1, 1);
    if (member !== undefined) closeLid(member, ms);
  }
  /** All lids are closed, also those that were: whoever stays awake costs hours of its loops. */
  async function night(): Promise<void> {
    const up = random.shuffled(world.joined()).filter((member) => member.isUp);
    for (const member of up) closeLid(member, 8 * HOUR_MS + random.between(0, 20_000));
    await clock.advance(8 * HOUR_MS);
  }
  /** One machine is off while the others go on, past every time-out of the engine. */
  async function longAway(): Promise<void> {
    const [member, other] = kit.awake();
    if (member === undefined || other === undefined) return;
    await clock.settle(member.stop());
    for (let i = 0; i < 10; i++) {
      const [writer] = kit.awake();
      if (writer !== undefined) kit.act(writer);
      await clock.advance(random.between(0, 100_000));
    }
    if (!member.isUp) await clock.settle(member.start());
  }
  function clockJump(): void {
    const [member] = kit.awake();
    member?.jumpClock(random.pick([-1, 1]) * random.between(1000, 30 * DAY_MS));
  }
  /** A program that writes far faster than a person. */
  function flood(): void {
    const [member] = kit.awake();
    if (member === undefined) return;
    for (let i = 50 + random.below(150); i > 0; i--) kit.act(member);
  }
  return [
    { name: 'flood', weight: 1, strike: flood },
    { name: 'start', weight: 8, strike: start },
    { name: 'stop', weight: 2, strike: stop },
    { name: 'crash', weight: 4, strike: crash },
    { name: 'sleep', weight: 3, strike: sleep },
    { name: 'night', weight: 1, strike: night },
    { name: 'long away', weight: 0.3, strike: longAway },
    { name: 'clock jump', weight: 1, strike: clockJump },
  ];
}
