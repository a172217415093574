/**
 * Strict writes that were acknowledged, by item: what strict reads begun later must know, whatever
 * the lists became (invariant 4); but for a reader that goes by a change of which the writer had
 * not heard, and has not heard of one that the writer went by.
 */
import type { Ledger } from './ledger.ts';
import { areApart, type TableSight } from './table-apart.ts';

export interface StrictBook {
  /**
   * Before a strict write or read of the item begins. Of an owner whose disk was put back without
   * its noticing, what was acknowledged before is not expected: it may be one of the r that answer.
   * @param sight the table that the one who asks goes by. @default all go by one
   */
  begin(account: string, sortKey: string, sight?: () => TableSight): StrictTurn;
}

export interface StrictTurn {
  /** The write was acknowledged. */
  acknowledged(id: string): void;
  /** The writes that a read which showed these should have known. */
  missed(shown: readonly string[]): readonly string[];
}

export function createStrictBook(ledger: Ledger): StrictBook {
  const strict = new Map<string, string[]>();
  const sights = new Map<string, TableSight>();
  return {
    begin(account, sortKey, sight = () => new Map()) {
      const place = (): string => `${ledger.unnoticed} ${account} ${sortKey}`;
      const before = place();
      const expected = [...(strict.get(before) ?? [])];
      const began = sight();
      return {
        acknowledged(id) {
          if (place() !== before) return;
          strict.set(before, [...(strict.get(before) ?? []), id]);
          sights.set(id, sight());
        },
        missed(shown) {
          if (place() !== before) return [];
          const past = ledger.past(shown);
          const isApart = (id: string): boolean => {
            const then = sights.get(id) ?? new Map();
            return areApart(then, began) || areApart(then, sight());
          };
          return expected.filter(
            (id) => !past.has(id) && ledger.entry(id)?.lost !== true && !isApart(id),
          );
        },
      };
    },
  };
}
