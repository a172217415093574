import { describe, expect, it } from 'vitest';
import { issueSettings } from '../../src-main/security/ring-settings.ts';
import { begin, nth, rest } from './scenario.ts';

describe('a ring whose settings ask for fewer copies', () => {
  it('ends the delivery of writes that all of the fewer owners have by then', async () => {
    // The first three have nearly all tokens: they are the owners as soon as three are enough.
    const member = (i: number) => ({ capacity: i < 3 ? 1 : 0.01 });
    const { world, work } = await begin({ machines: 5, member });
    const { clock, members, fixture } = world;
    for (const asleep of members.slice(3, 5)) await clock.settle(asleep.stop());
    const writer = nth(members, 0);
    await clock.settle(work.write(writer, 'item#0'));
    await clock.advance(5000);
    expect(await writer.store.outboxSize()).toBe(1);
    const { ring, root: issuer } = fixture;
    const settings = { ...writer.members.settings, number: 2, n: 3, r: 2, w: 2 };
    const record = issueSettings({ ring, settings, issuer });
    await clock.settle(writer.members.addSettings([record.bytes]));
    await clock.advance(120_000);
    const { owners } = writer.replication.listOf(fixture.account);
    expect(owners.toSorted()).toEqual(
      members
        .slice(0, 3)
        .map((one) => one.peer)
        .toSorted(),
    );
    expect(await writer.store.outboxSize()).toBe(0);
    await rest(world);
  });
});
