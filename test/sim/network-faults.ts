/** Faults of the network: who cannot speak with whom, and how badly. */
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

export function createNetworkFaults(world: World, random: SeededRandom) {
  const { network } = world;
  const joined = (): readonly SimulatedMember[] => random.shuffled(world.joined());
  const cutApart = (groups: readonly (readonly SimulatedMember[])[]): void => {
    network.partition(groups.map((group) => group.map((member) => member.peer)));
  };
  return {
    partition() {
      const groups: SimulatedMember[][] = [[], [], []];
      const width = 2 + random.below(2);
      for (const member of joined()) groups[random.below(width)]?.push(member);
      cutApart(groups);
    },
    isolate() {
      const [alone, ...others] = joined();
      if (alone !== undefined) cutApart([[alone], others]);
    },
    bridge() {
      const [, ...others] = joined();
      const half = Math.floor(others.length / 2);
      const [one, two] = [others.slice(0, half), others.slice(half)];
      network.separate(one.flatMap((a) => two.map((b) => [a.peer, b.peer] as const)));
    },
    majorityRing() {
      const circle = joined();
      const reach = Math.floor(circle.length / 4) + 1;
      const pairs = circle.flatMap((a, i) =>
        circle.slice(i + 1).flatMap((b, j) => {
          const steps = Math.min(j + 1, circle.length - j - 1);
          return steps > reach ? [[a.peer, b.peer] as const] : [];
        }),
      );
      network.separate(pairs);
    },
    oneWayCut() {
      const [a, b] = joined();
      if (a !== undefined && b !== undefined) network.cut(a.peer, b.peer);
    },
    slowNode() {
      const [member] = joined();
      if (member !== undefined) network.slow(member.peer, random.between(100, 3000));
    },
    storm() {
      const loss = random.between(0, 0.15);
      const delayMs = [1, random.between(10, 800)] as const;
      network.setOptions({ loss, duplication: random.between(0, 0.1), delayMs });
    },
    heal() {
      network.heal();
    },
    calm() {
      network.setOptions({ loss: 0, duplication: 0, delayMs: [1, 5] });
    },
  };
}
