import { describe, expect, it } from 'vitest';
import { mergeGroups } from '../../src-renderer/state/spending-groups.ts';

describe('what was spent over several accounts', () => {
  it('is added up by name and currency', () => {
    const eur = (value: number) => ({ value, currency: 'EUR' });
    const groups = [
      { group: 'Groceries', count: 2, sum: [eur(100), { value: 7, currency: 'BRL' }] },
      { group: null, count: 1, sum: [] },
      { group: 'Groceries', count: 1, sum: [eur(50)] },
    ];
    expect(mergeGroups(groups)).toEqual([
      {
        name: 'Groceries',
        totals: [
          { amount: 150, currency: 'EUR' },
          { amount: 7, currency: 'BRL' },
        ],
      },
      { name: '', totals: [] },
    ]);
  });
});
