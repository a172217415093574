import { describe, expect, it } from 'vitest';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { beginWhere, byWalk, QUORUM, rest } from './scenario.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** Neither owns the account nor is logged in to it. */
const STRANGER = 3;

const knowsDevices = async ({ fixture }: World, { store }: SimulatedMember): Promise<boolean> => {
  const key = { partitionKey: fixture.account, sortKey: DEVICES_SORT_KEY };
  return (await store.read(key)).length > 0;
};

describe('a machine with an empty disk, without the devices of its account', () => {
  it('hands them to who did not know it, as soon as somebody gave them to it', async () => {
    const { world, work } = await beginWhere(
      { machines: 5, settings: QUORUM, member: (i) => ({ holds: i !== STRANGER }) },
      (one) => byWalk(one)[3]?.machine.name === `machine-${STRANGER}`,
    );
    const [owner, second, third, fallback, reader] = byWalk(world) as [
      SimulatedMember,
      SimulatedMember,
      SimulatedMember,
      SimulatedMember,
      SimulatedMember,
    ];
    second.crash();
    third.crash();
    for (const gone of [fallback, reader]) {
      gone.crash();
      gone.wipe();
      world.ledger.diskLost(gone.name, true);
      world.checks.forget(gone);
    }
    const apart = [owner.peer, fallback.peer] as const;
    world.network.separate([apart, [reader.peer, owner.peer]]);
    const memberEntries = owner.members.memberEntries();
    for (const back of [fallback, reader]) await world.clock.settle(back.start({ memberEntries }));
    await world.clock.advance(3000);
    // It reached the fallback alone, and neither of the two had the record.
    expect(reader.replication.isReachable(fallback.peer)).toBe(true);
    expect(reader.replication.isReachable(owner.peer)).toBe(false);
    expect(await knowsDevices(world, fallback)).toBe(false);
    world.network.heal();
    world.network.separate([apart]);
    await world.clock.advance(1500);
    expect(await knowsDevices(world, reader)).toBe(true);
    expect(await knowsDevices(world, fallback)).toBe(true);
    await world.clock.settle(work.write(reader, 'after'));
    await rest(world);
  });
});
