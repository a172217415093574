/**
 * Strict writes that were acknowledged, by item: what strict reads begun later must know, whatever
 * the lists became (invariant 4).
 */
import type { Ledger } from './ledger.ts';

export interface StrictBook {
  /**
   * Before a strict write or read of the item begins. Of an owner whose disk was put back without
   * its noticing, what was acknowledged before is not expected: it may be one of the r that answer.
   */
  begin(account: string, sortKey: string): StrictTurn;
}

export interface StrictTurn {
  /** The write was acknowledged. */
  acknowledged(id: string): void;
  /** The writes that a read which showed these should have known. */
  missed(shown: readonly string[]): readonly string[];
}

export function createStrictBook(ledger: Ledger): StrictBook {
  const strict = new Map<string, string[]>();
  return {
    begin(account, sortKey) {
      const place = (): string => `${ledger.unnoticed} ${account} ${sortKey}`;
      const before = place();
      const expected = [...(strict.get(before) ?? [])];
      return {
        acknowledged(id) {
          if (place() === before) strict.set(before, [...(strict.get(before) ?? []), id]);
        },
        missed(shown) {
          if (place() !== before) return [];
          const past = ledger.past(shown);
          return expected.filter((id) => !past.has(id) && ledger.entry(id)?.lost !== true);
        },
      };
    },
  };
}
