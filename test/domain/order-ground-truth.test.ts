import { describe, expect, it } from 'vitest';
import { balanceOf } from '../../src-main/domain/balance.ts';
import type { VoucherId } from '../../src-main/domain/order.ts';
import {
  runOrderWorld,
  type OrderTally,
  type OrderWorldOptions,
} from './ground-truth/order-world.ts';

/** Worlds to run (set CARROSSEL_SEEDS for more). */
const SEEDS = Number(process.env['CARROSSEL_SEEDS'] ?? 150);
const FIRST = Number(process.env['CARROSSEL_FIRST_SEED'] ?? 1);
const STEPS = 80;

function runAll(seeds: number, faults: Partial<OrderWorldOptions> = {}): OrderTally {
  const sum: OrderTally = {
    ...{ orders: 0, overlaps: 0, vouchers: 0, used: 0, dues: 0, duesPaid: 0, surplus: 0 },
    ...{ decisions: 0, wrong: [] },
  };
  for (let seed = FIRST; seed < FIRST + seeds; seed++) {
    const { wrong, ...counts } = runOrderWorld({ seed, steps: STEPS, ...faults });
    for (const [name, count] of Object.entries(counts)) sum[name as keyof typeof counts] += count;
    sum.wrong.push(...wrong);
  }
  return sum;
}

describe('orders made apart, against the ground truth of who knew what and paid what', () => {
  it(
    'keeps each line once, gives each voucher once, and the sums are even on every device',
    () => {
      const { wrong, ...counts } = runAll(SEEDS);
      console.info(JSON.stringify(counts));
      expect(wrong.slice(0, 5)).toEqual([]);
      // The worlds are worth something: all of it has happened, and often.
      for (const count of Object.values(counts)) expect(count).toBeGreaterThan(SEEDS / 20);
    },
    60_000 + SEEDS * 200,
  );

  it('bites: vouchers named after the device that found them', () => {
    const { wrong } = runAll(30, {
      balance(orders, judged, device) {
        const sums = balanceOf(orders, judged);
        const own = (id: string): VoucherId => `${device}${id.slice(1)}` as VoucherId;
        return { ...sums, vouchers: sums.vouchers.map((one) => ({ ...one, id: own(one.id) })) };
      },
    });
    expect(wrong).not.toEqual([]);
  });

  it('bites: an order that does not say which orders it knew', () => {
    const { wrong } = runAll(60, { spoil: (order) => ({ ...order, again: [] }) });
    expect(wrong).not.toEqual([]);
  });

  it('bites: a voucher that counts wherever it was used', () => {
    const { wrong } = runAll(30, {
      balance(orders, judged) {
        const { vouchers } = balanceOf(orders, judged);
        return { vouchers, dues: [] };
      },
    });
    expect(wrong).not.toEqual([]);
  });
});
