import { expect } from 'vitest';
import { oneFamily, product, type Household, type Machine } from './household.ts';
import { sumsOf, type OrderLedgers } from './order-sums.ts';

export const name = 'Groceries';
export const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
export const line = (title: string, cents?: number) => ({
  product: { ...product(title, cents), category: title === 'Soap' ? 'Home' : 'Food' },
  quantity: 1,
  note: '',
});
export const eur = (amount: number) => ({ amount, currency: 'EUR' });
export const titles = (of: { lines: readonly { product: { title: string } }[] }) =>
  of.lines.map((one) => one.product.title).sort();
export const listOf = (machine: Machine) => machine.app.orders.list({ limit: 100 });

/** What tests of orders do again and again, in one household. */
export function shopping(home: Household) {
  return {
    checkout: (machine: Machine, input: object = {}) =>
      home.run(machine.app.orders.checkout({ name, ...input })),

    /** A family with one cart that all machines hold. */
    async family(names: readonly string[], lines = [line('Milk', 250), line('Soap', 500)]) {
      const { machines } = await oneFamily(home, names);
      await home.run(machines[0]!.app.carts.create({ name }));
      await home.run(machines[0]!.app.carts.addLines({ name, lines }));
      for (const { app } of machines) {
        await home.until(
          () => app.carts.list(),
          (carts) => carts[0]?.lines === lines.length,
        );
      }
      return machines as [Machine, Machine, Machine];
    },

    /** All machines hold this many orders, and say the same of them; the sums are even. */
    async settled(machines: readonly Machine[], orders: number): Promise<OrderLedgers> {
      const seen: OrderLedgers[] = [];
      for (const machine of machines) {
        await home.until(
          () => listOf(machine),
          (list) => list.orders.length === orders,
        );
      }
      // Decisions and carts may be a moment behind.
      await home.pass(40_000);
      for (const machine of machines) seen.push(await home.run(sumsOf(machine.app)));
      for (const one of seen) expect(one.balance).toEqual(seen[0]!.balance);
      for (const one of seen) expect(one.difference).toEqual({});
      return seen[0]!;
    },
  };
}
