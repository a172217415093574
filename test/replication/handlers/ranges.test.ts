import { beforeEach, describe, expect, it } from 'vitest';
import type { Hash } from '../../../src-main/domain/ids.ts';
import { rangesMessage, type RangeNode } from '../../../src-main/network/messages/ranges.ts';
import { createAsking, type Asking } from './asking.ts';

const NOTHING = '00'.repeat(32) as Hash;
const OTHER = '12'.repeat(32) as Hash;

describe('a member that compares ranges of an account', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({ machines: 2 });
    for (let i = 0; i < 40; i++) await asking.issue(1, `cart#${10 + i}`, `w${i}`);
  });
  const account = () => asking.world.fixture.account;
  const ask = (ranges: readonly RangeNode[], listHash: Hash | null = null) =>
    asking.ask(0, 1, rangesMessage, { listHash, partitionKey: account(), ranges });
  const digest = async () => (await asking.member(1).store.accountDigest(account())) as Hash;

  it('hears nothing of what is equal', async () => {
    expect(await ask([{ digest: await digest() }])).toEqual({ answered: 1, differ: [] });
  });

  it('gets parts of many items, whose parts in turn are names', async () => {
    const { differ } = await ask([{ digest: OTHER }]);
    const [{ parts = [] } = {}] = differ;
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.length).toBeLessThanOrEqual(8);
    expect(await ask(parts)).toEqual({ answered: parts.length, differ: [] });
    const wrong = parts.map((part) => ({ ...part, digest: OTHER }));
    const found = (await ask(wrong)).differ.flatMap(({ items }) => items);
    // All carts, and the account's devices.
    expect(found).toHaveLength(41);
    expect(found.map(({ sortKey }) => sortKey)).toEqual(
      found.map(({ sortKey }) => sortKey).toSorted(),
    );
    const [held] = await asking.member(1).store.read(asking.key('cart#22'));
    const named = found.find(({ sortKey }) => sortKey === 'cart#22');
    expect(named?.names).toEqual([
      { dot: held?.dot, hash: held?.hash, size: held?.bytes.byteLength },
    ]);
  });

  it('gets the names at once when it has nothing', async () => {
    const { differ } = await ask([{ digest: NOTHING, from: 'cart#', to: 'cart#20' }]);
    expect(differ[0]?.items.map(({ sortKey }) => sortKey)).toEqual(
      Array.from({ length: 10 }, (_, i) => `cart#${10 + i}`),
    );
    expect(differ[0]?.end).toBeUndefined();
  });

  it('is refused for ranges that go downwards, too many of them, and another list', async () => {
    const range = (from: string, to: string) => ({ from, to, digest: OTHER });
    for (const ranges of [[range('b', 'a')], [range('a', 'c'), range('b', 'd')]]) {
      await expect(ask(ranges)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    const many = Array.from({ length: 129 }, (_, i) => range(`a${1000 + i}`, `a${1001 + i}`));
    await expect(ask(many)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await expect(ask([{ digest: OTHER }], OTHER)).rejects.toMatchObject({ code: 'OTHER_LIST' });
  });
});
