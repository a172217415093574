/** Faults of the network: who cannot speak with whom, and how badly. */
import type { Fault } from './activity.ts';
import type { FaultKit, FaultyMachine } from './faults.ts';

export function createNetworkFaults<Machine extends FaultyMachine>({
  world,
  random,
}: FaultKit<Machine>): readonly Fault[] {
  const { network } = world;
  const joined = (): readonly Machine[] => random.shuffled(world.joined());
  const cutApart = (groups: readonly (readonly Machine[])[]): void => {
    network.partition(groups.map((group) => group.map((member) => member.peer)));
  };
  /** Two or three groups, drawn. */
  function partition(): void {
    const groups: Machine[][] = [[], [], []];
    const width = 2 + random.below(2);
    for (const member of joined()) groups[random.below(width)]?.push(member);
    cutApart(groups);
  }
  function isolate(): void {
    const [alone, ...others] = joined();
    if (alone !== undefined) cutApart([[alone], others]);
  }
  /** Two halves, and one machine that both see. */
  function bridge(): void {
    const [, ...others] = joined();
    const half = Math.floor(others.length / 2);
    const [one, two] = [others.slice(0, half), others.slice(half)];
    network.separate(one.flatMap((a) => two.map((b) => [a.peer, b.peer] as const)));
  }
  /** Everybody sees a majority, but not the same one. */
  function majorityRing(): void {
    const circle = joined();
    const reach = Math.floor(circle.length / 4) + 1;
    const pairs = circle.flatMap((a, i) =>
      circle.slice(i + 1).flatMap((b, j) => {
        const steps = Math.min(j + 1, circle.length - j - 1);
        return steps > reach ? [[a.peer, b.peer] as const] : [];
      }),
    );
    network.separate(pairs);
  }
  function oneWayCut(): void {
    const [a, b] = joined();
    if (a !== undefined && b !== undefined) network.cut(a.peer, b.peer);
  }
  function slowNode(): void {
    const [member] = joined();
    if (member !== undefined) network.slow(member.peer, random.between(100, 3000));
  }
  /** Loss, duplication, and delays so different that messages overtake one another. */
  function storm(): void {
    const loss = random.between(0, 0.15);
    const delayMs = [1, random.between(10, 800)] as const;
    network.setOptions({ loss, duplication: random.between(0, 0.1), delayMs });
  }
  return [
    { name: 'partition', weight: 4, strike: partition },
    { name: 'isolate', weight: 2, strike: isolate },
    { name: 'bridge', weight: 2, strike: bridge },
    { name: 'majority ring', weight: 1, strike: majorityRing },
    { name: 'one-way cut', weight: 2, strike: oneWayCut },
    { name: 'slow node', weight: 2, strike: slowNode },
    { name: 'storm', weight: 2, strike: storm },
    {
      name: 'heal',
      weight: 6,
      strike() {
        network.heal();
      },
    },
    {
      name: 'calm',
      weight: 3,
      strike() {
        network.setOptions({ loss: 0, duplication: 0, delayMs: [1, 5] });
      },
    },
  ];
}
