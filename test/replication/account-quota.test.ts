import { beforeEach, describe, expect, it } from 'vitest';
import type { ActorId, PeerId } from '../../src-main/domain/ids.ts';
import { seenOfAll } from '../../src-main/domain/versioned-item.ts';
import { createAccountQuota, type QuotaLimits } from '../../src-main/replication/account-quota.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../sim/virtual-clock.ts';
import { startStore } from '../suites/store-harness.ts';
import { itemOf, plainVersion } from '../storage/plain-version.ts';
import { ringOnPaper } from './member-fixture.ts';

describe('what a member may fill here', () => {
  const peers = ringOnPaper(2).machines.map(({ peer }) => peer.peerId);
  const [flooder, other] = peers as [PeerId, PeerId];
  let clock: VirtualClock;
  let disk: MemoryDisk;
  let store: Store;
  let counter = 0;

  const quota = (limits: Partial<QuotaLimits> = {}) =>
    createAccountQuota({ limits }, { clock, store: store.items, records: store.records });
  /** A version that the peer wrote itself. */
  const written = (account: string, sortKey: string, size: number, by = flooder) => {
    const key = itemOf(account, sortKey);
    const epoch = store.items.epoch;
    const actor: ActorId = actorOf(by, epoch, key.partitionKey);
    return plainVersion({ key, dot: { actor, counter: ++counter }, epoch, size });
  };
  const put = async (
    { admit }: ReturnType<typeof quota>,
    version: ReturnType<typeof written>,
    from = flooder,
  ) => {
    await clock.settle(admit(from, version.key, [version]), 60_000);
    await store.items.merge(version.key, [version]);
  };
  const refused = { code: 'QUOTA_EXCEEDED' };

  beforeEach(async () => {
    clock = createVirtualClock();
    disk = createMemoryDisk({ random: createSeededRandom('quota') });
    store = await startStore(disk);
  });

  it('is an account’s share: more is refused before it is stored, others go on', async () => {
    const limits = { accountBytes: 100_000 };
    const bounded = quota(limits);
    let taken = 0;
    for (; taken < 1000; taken++) {
      const failed = await put(bounded, written('ana', `note#${taken}`, 5000)).catch(
        (error: unknown) => error,
      );
      if (failed === undefined) continue;
      expect(failed).toMatchObject(refused);
      break;
    }
    expect(taken).toBeGreaterThan(15);
    const { partitionKey } = itemOf('ana', 'x');
    expect(await store.items.accountBytes(partitionKey)).toBeLessThanOrEqual(limits.accountBytes);
    await put(bounded, written('bea', 'note#1', 5000, other), other);
    // It is counted by what is on the disk: a restart forgets nothing.
    await store.stop();
    store = await startStore(disk);
    await expect(put(quota(limits), written('ana', 'late', 5000))).rejects.toMatchObject(refused);
    const deletion = { ...written('ana', 'note#1', 10), kind: 'tombstone' as const };
    await put(quota(limits), deletion);
  });

  it('lets what takes the place of something as large in, though the account is full', async () => {
    const bounded = quota({ accountBytes: 20_000 });
    const first = written('ana', 'note', 15_000);
    await put(bounded, first);
    await expect(put(bounded, written('ana', 'more', 10_000))).rejects.toMatchObject(refused);
    const { key, epoch, dot } = first;
    const next = { actor: dot.actor, counter: ++counter };
    const context = seenOfAll([first]);
    await put(bounded, plainVersion({ key, dot: next, context, epoch, size: 14_900 }));
  });

  it('counts all accounts that a member brought, whoever writes to them later', async () => {
    const limits = { memberBytes: 50_000 };
    for (let i = 0; i < 4; i++) await put(quota(limits), written(`made up ${i}`, 'x', 10_000));
    await clock.advance(2000);
    await expect(put(quota(limits), written('another', 'x', 10_000))).rejects.toMatchObject(
      refused,
    );
    // Another member's own account is its own matter.
    await put(quota(limits), written('bea', 'x', 10_000, other), other);
    const inFlooders = written('made up 1', 'y', 10_000, other);
    await expect(put(quota(limits), inFlooders, other)).rejects.toMatchObject(refused);
  });

  it('never refuses what owners hand on: it was acknowledged by one of them', async () => {
    const bounded = quota({ accountBytes: 1, versionsPerSecond: 1, burst: 1 });
    for (let i = 0; i < 50; i++) await put(bounded, written('ana', `note#${i}`, 1000), other);
  });

  it('makes who writes too fast wait, and refuses only what would wait too long', async () => {
    const bounded = quota({ versionsPerSecond: 10, burst: 20 });
    const startedMs = clock.monotonicMs();
    for (let i = 0; i < 20; i++) await put(bounded, written('ana', `note#${i}`, 10));
    expect(clock.monotonicMs() - startedMs).toBe(0);
    for (let i = 0; i < 10; i++) await put(bounded, written('ana', `late#${i}`, 10));
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(900);
    const version = written('ana', 'many', 10);
    const many = Array.from({ length: 100 }, () =>
      bounded.admit(flooder, version.key, [version]).then(
        () => 'in',
        (error: { code: string }) => error.code,
      ),
    );
    const outcomes = await clock.settle(Promise.all(many), 60_000);
    expect(outcomes.filter((one) => one === 'in').length).toBeLessThanOrEqual(21);
    expect(outcomes).toContain('OVERLOADED');
    await put(bounded, written('bea', 'note', 10, other), other);
  });
});
