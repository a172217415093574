/**
 * What really happened, beside the system and its contexts: each write has a name of its own inside
 * its sealed value, and the ledger knows which names its author had read and replaced. So a write
 * that was swallowed shows, whatever the dots say.
 */
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { WriteState } from '../../src-main/domain/quorum.ts';

export interface LedgerEntry {
  readonly id: string;
  readonly account: PartitionKey;
  readonly sortKey: string;
  readonly writer: string;
  /** Names of the writes it replaced knowingly. */
  readonly replaced: readonly string[];
  readonly deleted: boolean;
  /** Set when the caller was told: the state it was told. */
  acknowledged: WriteState | undefined;
  /** How many disks `safe` meant then. */
  disks: number;
  /** Machines whose disk has had it. */
  readonly storedAt: Set<string>;
  /** Its only disks were put back to an older state: gone, and nobody promised otherwise. */
  lost: boolean;
}

export interface Ledger {
  /** A new write's name; `began` once its author's reading is known. */
  newId(): string;
  began(entry: Omit<LedgerEntry, 'acknowledged' | 'disks' | 'storedAt' | 'lost'>): void;
  /** @param disks w of that moment. */
  acknowledge(id: string, state: WriteState, disks: number): void;
  /** The caller was told that nothing was written. */
  refuse(id: string): void;
  readonly refused: ReadonlySet<string>;
  /**
   * A disk is gone for good: what nobody was promised to be on another one went with it.
   * @param noticed its machine knows that it lacks.
   */
  diskLost(machine: string, noticed: boolean): void;
  /** The machine's disk was lost or put back. */
  hasLost(machine: string): boolean;
  /** Disks lost so far. */
  readonly losses: number;
  /** Disks put back so far without their machines' noticing. */
  readonly unnoticed: number;
  entry(id: string): LedgerEntry | undefined;
  entries(): Iterable<LedgerEntry>;
  /** The writes and all that they replaced, transitively. */
  past(ids: Iterable<string>): ReadonlySet<string>;
}

export function createLedger(): Ledger {
  const entries = new Map<string, LedgerEntry>();
  let made = 0;
  let losses = 0;
  const machines = new Set<string>();
  let unnoticed = 0;
  const refused = new Set<string>();
  return {
    newId: () => `w${++made}`,
    began(entry) {
      // A build may run again under a new dot; what its author had read is then what it says last.
      const before = entries.get(entry.id);
      entries.set(entry.id, {
        ...entry,
        acknowledged: before?.acknowledged,
        disks: before?.disks ?? 0,
        storedAt: before?.storedAt ?? new Set(),
        lost: before?.lost ?? false,
      });
    },
    acknowledge(id, state, disks) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entry.acknowledged = state;
      entry.disks = disks;
    },
    refuse: (id) => refused.add(id),
    refused,
    hasLost: (machine) => machines.has(machine),
    get losses() {
      return losses;
    },
    get unnoticed() {
      return unnoticed;
    },
    diskLost(machine, noticed) {
      if (!noticed) unnoticed++;
      losses++;
      machines.add(machine);
      for (const entry of entries.values()) {
        const only = [...entry.storedAt].every((name) => name === machine);
        const promised = entry.acknowledged !== undefined && entry.acknowledged !== 'pending';
        if (only && !(promised && entry.disks > 1)) entry.lost = true;
        entry.storedAt.delete(machine);
      }
    },
    entry: (id) => entries.get(id),
    entries: () => entries.values(),
    past(ids) {
      const seen = new Set<string>();
      const queue = [...ids];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (seen.has(id)) continue;
        seen.add(id);
        queue.push(...(entries.get(id)?.replaced ?? []));
      }
      return seen;
    },
  };
}
