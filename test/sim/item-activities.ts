/** People and their items: raw versions on floor 4, whatever they mean. */
import type { Activity } from './activity.ts';
import type { AccountKit, Replaces } from './account-kit.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { WorkloadKit } from './workloads.ts';

const NOTHING: Replaces = () => [];
const ONE: Replaces = (siblings) => siblings.slice(0, 1);

export function createItemActivities({
  world,
  work,
  items,
}: WorkloadKit): readonly Activity<SimulatedMember>[] {
  interface Drawn {
    readonly kit: AccountKit;
    readonly sortKey: string;
    /** A few versions are large, as carts of hundreds of lines are. */
    readonly extraBytes: number;
  }
  const on =
    (act: (member: SimulatedMember, drawn: Drawn) => Promise<unknown>) =>
    async (member: SimulatedMember, random: SeededRandom): Promise<void> => {
      const held = world.fixture.accounts.filter((kit) => member.holdsAccount(kit.account));
      if (held.length === 0) return;
      const extraBytes = random.chance(0.03) ? random.below(20_000) : 0;
      const sortKey = `item#${random.below(items)}`;
      await act(member, { kit: random.pick(held), sortKey, extraBytes });
    };
  return [
    {
      name: 'write',
      weight: 45,
      run: on((member, { sortKey, ...drawn }) => work.write(member, sortKey, drawn)),
    },
    {
      name: 'blind write',
      weight: 7,
      run: on((member, { sortKey, ...drawn }) =>
        work.write(member, sortKey, { ...drawn, replaces: NOTHING }),
      ),
    },
    {
      name: 'write over one of the siblings',
      weight: 6,
      run: on((member, { sortKey, ...drawn }) =>
        work.write(member, sortKey, { ...drawn, replaces: ONE }),
      ),
    },
    {
      name: 'delete',
      weight: 5,
      run: on((member, { sortKey, kit }) => work.write(member, sortKey, { kit, deleted: true })),
    },
    {
      name: 'strict write',
      weight: 10,
      run: on((member, { sortKey, ...drawn }) =>
        work.write(member, sortKey, { ...drawn, consistency: 'strict' }),
      ),
    },
    {
      name: 'strict read',
      weight: 10,
      run: on((member, { sortKey, kit }) => work.read(member, kit, sortKey, true)),
    },
    {
      name: 'read',
      weight: 13,
      run: on((member, { sortKey, kit }) => work.read(member, kit, sortKey, false)),
    },
    { name: 'scan', weight: 4, run: on((member, { kit }) => work.scan(member, kit)) },
  ];
}
