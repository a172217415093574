import { beforeEach, describe, expect, it } from 'vitest';
import type { Hash } from '../../../src-main/domain/ids.ts';
import { accountsMessage } from '../../../src-main/network/messages/accounts.ts';
import { createAsking, type Asking } from './asking.ts';

/** Machine 2 stores nothing. */
const CLIENT = 2;

describe('a member that lists the accounts of a partition', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({
      machines: 3,
      member: (i) => ({ capacity: i === CLIENT ? 0 : 1 }),
    });
    await asking.issue(1, 'cart#a', 'w1');
  });
  const request = () => {
    const { account } = asking.world.fixture;
    const { hash, partition } = asking.member(1).replication.listOf(account);
    return { listHash: hash, partition, after: null, limit: 10 };
  };

  it('tells another one that keeps it what it has of each', async () => {
    const { account } = asking.world.fixture;
    const { store } = asking.member(1);
    const { accounts, more } = await asking.ask(0, 1, accountsMessage, request());
    const digest = await store.accountDigest(account);
    expect(accounts).toMatchObject([{ partitionKey: account, digest, items: 2 }]);
    expect(accounts[0]?.bytes).toBeGreaterThan(500);
    expect(more).toBe(false);
    const rest = await asking.ask(0, 1, accountsMessage, { ...request(), after: account });
    expect(rest.accounts).toEqual([]);
  });

  it('tells nobody else, nobody with another list, and nothing of other partitions', async () => {
    const ask = (from: number, change: object) =>
      asking.ask(from, 1, accountsMessage, { ...request(), ...change });
    await expect(ask(CLIENT, {})).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
    const listHash = '12'.repeat(32) as Hash;
    await expect(ask(0, { listHash })).rejects.toMatchObject({ code: 'OTHER_LIST' });
    await expect(ask(0, { partition: 1024 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const elsewhere = (request().partition + 1) % 1024;
    const { accounts } = await ask(0, { partition: elsewhere, listHash: null });
    expect(accounts).toEqual([]);
  });
});
