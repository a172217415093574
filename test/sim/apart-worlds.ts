/**
 * Many devices that edit one cart, and order from it, apart: the pure code of floor 2 against the
 * ground truth of who decided, knew and paid what (invariants 6 and 8; test/domain/ground-truth).
 */
import { runWorld } from '../domain/ground-truth/cart-world.ts';
import { runOrderWorld } from '../domain/ground-truth/order-world.ts';
import type { SimulationOptions, SimulationResult } from './simulation.ts';

/** Worlds of each kind a seed stands for: one takes milliseconds. */
const WORLDS = 5;
const DEFAULT_OPERATIONS = 60;

export function simulateApart(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, operations: steps = DEFAULT_OPERATIONS } = options;
  const failures: string[] = [];
  const done = { lines: 0, questions: 0, orders: 0, vouchers: 0 };
  for (let i = 0; i < WORLDS; i++) {
    const world = { seed: Number(seed) * WORLDS + i, steps };
    const carts = runWorld(world);
    const orders = runOrderWorld(world);
    failures.push(...carts.silent.map((what) => `invariant 6 (nothing in silence): ${what}`));
    failures.push(...orders.wrong.map((what) => `invariant 8 (ground truth): ${what}`));
    done.lines += carts.checks;
    done.questions += carts.questions;
    done.orders += orders.orders;
    done.vouchers += orders.vouchers;
  }
  return Promise.resolve({
    ...{ seed, failures, done, faults: {}, outcome: JSON.stringify(done) },
    ...{ machines: 0, setting: 'devices apart', virtualSeconds: 0, messages: 0, epochsRenewed: 0 },
  });
}
