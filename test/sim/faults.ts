/** What goes wrong during a simulation; each kind is one entry. */
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

export interface FaultOptions {
  /** Relative weights of what happens; 0 = never. */
  readonly partition: number;
  readonly oneWayCut: number;
  readonly heal: number;
  readonly crash: number;
  readonly stop: number;
  readonly start: number;
  readonly storm: number;
  readonly calm: number;
  readonly join: number;
  /** Put an older copy of the disk in its place; the store's birthmark notices. */
  readonly restore: number;
}

export const FAULTS: FaultOptions = {
  partition: 4,
  oneWayCut: 2,
  heal: 5,
  crash: 4,
  stop: 2,
  start: 8,
  storm: 2,
  calm: 3,
  join: 2,
  restore: 1,
};

export interface Faults {
  /** One random fault now. */
  strike(): Promise<void>;
  readonly done: Readonly<Record<string, number>>;
}

/** @param act starts an operation of a person on the member. */
export function createFaults(
  options: FaultOptions,
  world: World,
  act: (member: SimulatedMember) => void,
): Faults {
  const random = world.random.fork('faults');
  const { network, clock, checks, ledger } = world;
  const done: Record<string, number> = {};
  let restored = false;

  const up = (): readonly SimulatedMember[] => world.joined().filter((member) => member.isUp);
  const down = (): readonly SimulatedMember[] => world.joined().filter((member) => !member.isUp);

  function partition(): void {
    const groups: SimulatedMember[][] = [[], [], []];
    const width = 2 + random.below(2);
    for (const member of world.joined()) groups[random.below(width)]?.push(member);
    network.partition(groups.map((group) => group.map((member) => member.peer)));
  }
  function oneWayCut(): void {
    const [a, b] = shuffled(world.joined(), random);
    if (a !== undefined && b !== undefined) network.cut(a.peer, b.peer);
  }
  async function start(): Promise<void> {
    const [member] = shuffled(down(), random);
    if (member !== undefined) await clock.settle(member.start());
  }
  async function stop(): Promise<void> {
    const [member, other] = shuffled(up(), random);
    if (member !== undefined && other !== undefined) await clock.settle(member.stop());
  }
  /** In the middle of its writes: some are on their way to the disk, some to others. */
  async function crash(): Promise<void> {
    const [member] = shuffled(up(), random);
    if (member === undefined) return;
    for (let i = random.below(5); i > 0 && member.init.holds; i--) act(member);
    await clock.advance(random.between(0, 4));
    member.crash();
  }
  async function join(): Promise<void> {
    const newcomer = world.members.find((member) => !world.joined().includes(member));
    if (newcomer !== undefined && up().length > 0) await world.join(newcomer);
  }
  /** One disk is put back during a run: more could together lose what w disks had promised. */
  async function restore(): Promise<void> {
    const [member] = shuffled(up(), random);
    if (restored || member === undefined || world.joined().length < 2) return;
    restored = true;
    const copy = member.backup();
    await clock.advance(random.between(2000, 20_000));
    if (member.isUp) member.crash();
    member.restore(copy);
    checks.forget(member);
    for (const entry of ledger.entries()) {
      if ([...entry.storedAt].every((name) => name === member.name)) entry.lost = true;
      entry.storedAt.delete(member.name);
    }
    await clock.settle(member.start());
  }
  function storm(): void {
    const loss = random.between(0, 0.15);
    const delayMs = [1, random.between(10, 800)] as const;
    network.setOptions({ loss, duplication: random.between(0, 0.1), delayMs });
  }
  const kinds: Record<keyof FaultOptions, () => void | Promise<void>> = {
    ...{ partition, oneWayCut, crash, stop, start, join, restore, storm },
    heal: () => {
      network.heal();
    },
    calm: () => {
      network.setOptions({ loss: 0, duplication: 0, delayMs: [1, 5] });
    },
  };
  return {
    done,
    async strike() {
      const names = Object.keys(kinds) as (keyof FaultOptions)[];
      const lots = names.flatMap((name) => Array.from({ length: options[name] }, () => name));
      const name = random.pick(lots);
      done[name] = (done[name] ?? 0) + 1;
      await kinds[name]();
    },
  };
}

function shuffled<T>(from: readonly T[], random: SeededRandom): readonly T[] {
  return from
    .map((one) => ({ one, at: random.fraction() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
