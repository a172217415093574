import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCartHistoryRecords } from '../../src-main/app/cart-history-records.ts';
import type { Hash } from '../../src-main/domain/ids.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createMemoryStore } from '../../src-main/storage/memory-store.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createManualClock } from '../support/manual-clock.ts';

const hash = (n: number) => n.toString(16).padStart(64, '0') as Hash;
async function openMemoryRecords() {
  const random = createSeededRandom('history');
  const basics = { clock: createManualClock(), random, logger: createSilentLogger() };
  const store = createMemoryStore(
    {},
    { ...basics, metrics: createMetrics(), readEnvelope, isSigned: () => true },
  );
  await store.start();
  return store.records;
}
const bounds = { versionsPerCart: 4, bytesPerCart: 100, bytes: 250 };

describe('the records of the history', () => {
  it('stay within their bounds, keep the newest, and hold no bytes that no list names', async () => {
    const addition = fc.record({
      cart: fc.constantFrom('a', 'b', 'c', 'd'),
      version: fc.integer({ min: 0, max: 30 }),
      bytes: fc.integer({ min: 1, max: 90 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(addition, { maxLength: 40 }), async (additions) => {
        const records = await openMemoryRecords();
        const history = createCartHistoryRecords({ records, bounds });
        const kept = new Map<string, number>();
        for (const { cart, version, bytes } of additions) {
          const name = hash(version + 100 * cart.charCodeAt(0));
          if (!history.hashesOf(cart).includes(name)) kept.set(name, bytes);
          await history.add(cart, name, new Uint8Array(bytes));
          expect(history.hashesOf(cart)).toContain(name);
        }
        const again = createCartHistoryRecords({ records, bounds });
        await again.load();
        const sizes = ['a', 'b', 'c', 'd'].map((cart) => {
          const hashes = again.hashesOf(cart);
          expect(hashes).toEqual(history.hashesOf(cart));
          expect(hashes.length).toBeLessThanOrEqual(bounds.versionsPerCart);
          return hashes.reduce((sum, one) => sum + (kept.get(one) ?? 0), 0);
        });
        for (const size of sizes) expect(size).toBeLessThanOrEqual(bounds.bytesPerCart);
        expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(bounds.bytes);
        const named = ['a', 'b', 'c', 'd'].flatMap((cart) => again.hashesOf(cart));
        const past = await records.list('past');
        expect(past.map((one) => one.name).toSorted()).toEqual(named.toSorted());
      }),
      { numRuns: 40 },
    );
  });
});
