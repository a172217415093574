/** What was kept of all orders, counted by the peer under a field of theirs, over all accounts. */
import type { Client, GroupView, Money } from '../wall.ts';

export const SPENDING_FIELDS = ['cart', 'device', 'year'] as const;
export type SpendingField = (typeof SPENDING_FIELDS)[number];

export interface SpentGroup {
  readonly name: string;
  readonly totals: readonly Money[];
}

/** What a query groups by (docs/OPERATIONS.md, From scripts). */
const GROUP_BY: Readonly<Record<SpendingField, string>> = {
  cart: 'cart.name',
  device: 'device',
  year: 'year',
};

export async function readSpentGroups(
  client: Client,
  field: SpendingField,
  signal: AbortSignal,
): Promise<SpentGroup[]> {
  const accounts = await client.accounts.list(undefined, { signal });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const answers = await Promise.all(
    accounts
      .filter(({ revoked }) => !revoked)
      .map(({ id: account }) => {
        const query = {
          account,
          prefix: 'order#',
          groupBy: GROUP_BY[field],
          sum: 'kept',
          timeZone,
        };
        return client.items.query(query, { signal });
      }),
  );
  return mergeGroups(answers.flatMap(({ groups = [] }) => groups));
}

/** Groups of one name added up, by currency; what people name apart stays apart. */
export function mergeGroups(groups: readonly GroupView[]): SpentGroup[] {
  const names = new Map<string, Map<string, number>>();
  for (const { group, sum = [] } of groups) {
    const name = String(group ?? '');
    const sums = names.get(name) ?? new Map<string, number>();
    for (const { value, currency } of sum) {
      if (currency !== undefined) sums.set(currency, (sums.get(currency) ?? 0) + value);
    }
    names.set(name, sums);
  }
  return [...names].map(([name, sums]) => ({
    name,
    totals: [...sums].map(([currency, amount]) => ({ amount, currency })),
  }));
}
