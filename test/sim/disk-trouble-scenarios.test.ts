import { describe, expect, it } from 'vitest';
import { begin, nth, rest } from './scenario.ts';

describe('a member whose disk fails for a while', () => {
  it('takes complete writes out of its outbox once the disk works again', async () => {
    const { world, work } = await begin({ machines: 3 });
    const writer = nth(world.members, 0);
    // Many at once: some become complete while the batch that fails is on its way to the disk.
    for (let round = 0; round < 5; round++) {
      const writes = Array.from({ length: 12 }, (_, i) => work.write(writer, `item#${i}`));
      for (const write of writes) write.catch(() => undefined);
      await world.clock.advance(2 + round);
      writer.diskFaults.failCommits(2);
      await world.clock.advance(500);
    }
    // Among the checks: no outbox holds anything when all is quiet.
    await rest(world);
    expect(world.checks.failures).toEqual([]);
  });
});
