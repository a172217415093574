import { describe, expect, it } from 'vitest';
import { createAppWorld } from './app-world.ts';
import type { SimulatedPeer } from './simulated-peer.ts';
import { begin, idsAt, nth, rest } from './scenario.ts';

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

  it('does not call a write of a burst undone that may have left before its disk was full', async () => {
    const { world, work } = await begin({ machines: 3 });
    const [writer, other] = [nth(world.members, 0), nth(world.members, 1)];
    await world.clock.settle(work.write(writer, 'item#0'));
    await world.clock.settle(work.write(writer, 'item#0'));
    writer.diskFaults.setFull(true);
    // The store looks at the room that is left now and then only: the batch itself fails.
    await expect(world.clock.settle(work.write(writer, 'item#1'))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { outcome: 'unknown' },
    });
    await world.clock.advance(500);
    expect(await idsAt(world, other, 'item#1')).toHaveLength(1);
    writer.diskFaults.setFull(false);
    await world.clock.advance(40_000);
    expect(await idsAt(world, writer, 'item#1')).toHaveLength(1);
    await rest(world);
    expect(world.checks.failures).toEqual([]);
  });

  it('says so when it could not keep that a member is put out of the ring', async () => {
    const world = await createAppWorld({
      ...{ seed: 'revoked on a full disk', machines: 2 },
      setting: { n: 'auto', r: 2, w: 2 },
    });
    const [admin, other] = world.joined() as [SimulatedPeer, SimulatedPeer];
    const revoke = () => world.clock.settle(admin.app.ring.revoke({ peerId: other.peer }));
    const isMember = () => admin.services()?.members.isMember(other.peer);
    admin.diskFaults.setFull(true);
    await expect(revoke()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(isMember()).toBe(true);
    admin.diskFaults.setFull(false);
    // The store looks at its disk again after a while.
    await world.clock.advance(60_000);
    await revoke();
    expect(isMember()).toBe(false);
    await world.stopAll();
  });

  it('gets what it could not take, devices and all, and can be stopped meanwhile', async () => {
    const { world, work } = await begin({ machines: 3 });
    const [writer, full] = [nth(world.members, 0), nth(world.members, 2)];
    const id = await world.clock.settle(work.write(writer, 'item#0'));
    await world.clock.advance(2000);
    const fresh = async () => {
      await world.clock.settle(full.stop());
      full.wipe();
      world.checks.forget(full);
      world.ledger.diskLost(full.name, true);
      await world.join(full);
      full.diskFaults.setFull(true);
      // Its holders bring it the devices and what these signed, and it can store neither.
      await world.clock.advance(20_000);
    };
    await fresh();
    full.diskFaults.setFull(false);
    await world.clock.advance(40_000);
    expect(await idsAt(world, full, 'item#0')).toEqual([id]);
    await fresh();
    await world.clock.settle(full.stop());
    await rest(world);
  });
});
