import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { compareUtf8 } from '../../src-main/base/bytes.ts';
import type { ScanRange } from '../../src-main/storage/item-store.ts';
import { createAsking, type Asking } from './handlers/asking.ts';

/**
 * Three owners and a machine that keeps nothing itself but is logged in; what each has was written
 * there and sent nowhere.
 */
describe('a range read over several owners', () => {
  let asking: Asking;
  afterEach(() => asking.world.stopAll());

  async function begin(): Promise<void> {
    asking = await createAsking({
      machines: 4,
      settings: { number: 1, n: 3, r: 3, w: 2, q: 1024 },
      member: (i) => ({ capacity: i === 3 ? 0 : 1 }),
    });
  }
  const scan = async (range: Omit<ScanRange, 'partitionKey'>) => {
    const { world, member } = asking;
    // It keeps what it reads: each read begins with nothing.
    const { store } = member(3);
    const held = await store.summaries({
      partitionKey: world.fixture.account,
      prefix: 'n',
      limit: 99,
    });
    await world.clock.settle(store.drop(held.map(({ key }) => key)));
    const whole = { partitionKey: world.fixture.account, ...range };
    const read = member(3).replication.scan(whole, { r: 3, consistency: 'strict' });
    return (await world.clock.settle(read)).items.map(({ key }) => key.sortKey);
  };

  it('has every item that only one of them has, in any page of any range', async () => {
    await begin();
    const letter = fc.constantFrom('a', 'b', '#', 'é');
    const key = fc.string({ unit: letter, maxLength: 3 }).map((text) => `n${text}`);
    const stored = fc.sample(fc.tuple(key, fc.nat(2)), { numRuns: 45, seed: 3 });
    const all = new Map(stored);
    for (const [sortKey, owner] of all) await asking.issue(owner, sortKey, `${owner} ${sortKey}`);
    const sorted = [...all.keys()].sort(compareUtf8);
    const page = fc.record({
      prefix: key,
      reverse: fc.boolean(),
      limit: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(page, async ({ prefix, reverse, limit }) => {
        const matching = sorted.filter((one) => one.startsWith(prefix));
        const expected = reverse ? matching.toReversed() : matching;
        expect(await scan({ prefix, reverse, limit })).toEqual(expected.slice(0, limit));
        const seen: string[] = [];
        for (let after: string | undefined; ;) {
          const bounds = { prefix, reverse, limit };
          const some = await scan(after === undefined ? bounds : { ...bounds, after });
          seen.push(...some);
          after = some.at(-1);
          if (some.length < limit || after === undefined) break;
        }
        expect(seen).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
