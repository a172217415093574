import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';

/** What is known of the soundness of this disk's store; for people, `doctor` and repair. */
export interface StoreHealth {
  /** Damaged: bytes or batches were lost; stays so across restarts, until the store is repaired. */
  readonly state: 'sound' | 'damaged';
  /** Why the epoch was made at this start; undefined when it is the one of before. */
  readonly renewed: RenewReason | undefined;
  /** Groups of writes that were confirmed and were missing at this start. */
  readonly lostGroups: number;
  readonly problems: readonly StoreProblem[];
  readonly writing: 'ok' | 'disk-full' | 'failed';
  /** The last repair of this store; undefined if there was none. */
  readonly repair: RepairReport | undefined;
  /** Why a store that is damaged was not repaired at this start. */
  readonly unrepaired: string | undefined;
  /** The last full scan that ended. */
  readonly verified:
    { readonly at: number; readonly records: number; readonly bytes: number } | undefined;
}

/**
 * `copied`: the folder is a copy, or an older copy was put back (another birthmark);
 * `tail-lost`: the store knows fewer groups than the file outside it confirmed;
 * `repaired`: it was damaged, and made anew of what could be read.
 */
export type RenewReason = 'first-start' | 'copied' | 'tail-lost' | 'repaired';

export type ProblemKind =
  'tail-lost' | 'state-missing' | 'bad-record' | 'unreadable' | 'count-differs' | 'digest-differs';

export interface StoreProblem {
  readonly kind: ProblemKind;
  /** Wall time in ms when it was found. */
  readonly at: number;
  readonly detail: string;
}

/** What a repair brought back, and what it could not. */
export interface RepairReport {
  /** Wall time in ms. */
  readonly at: number;
  /** Where the damaged store is kept. */
  readonly aside: string;
  readonly problems: readonly StoreProblem[];
  /** Brought back. */
  readonly items: number;
  readonly versions: number;
  readonly records: number;
  readonly outbox: number;
  /** Records that were there and could not be read. */
  readonly unreadable: number;
  /** Records that the store once counted and that were not there any more, at least. */
  readonly missing: number;
  /** Groups of writes that the file outside confirmed and that were not there. */
  readonly lostGroups: number;
  /** Items of which a version was lost here, as far as they can be named; at most 100. */
  readonly lostItems: readonly ItemKey[];
}

export const MAX_LOST_ITEMS = 100;

export const MAX_PROBLEMS = 100;
/** Epochs kept on record. */
export const MAX_EPOCHS = 256;

/** The problems of a damaged store, as kept in it. */
export function encodeProblems(problems: readonly StoreProblem[]): Uint8Array {
  return encodeCbor(problems.map(({ kind, at, detail }) => [kind, at, detail]));
}

export function decodeProblems(body: Uint8Array): readonly StoreProblem[] {
  const list = decodeCbor(body) as [ProblemKind, number, string][];
  return list.map(([kind, at, detail]) => ({ kind, at, detail }));
}

const REPAIR_FORMAT = 1;

export function encodeRepair(report: RepairReport): Uint8Array {
  const { at, aside, items, versions, records, outbox, unreadable, missing, lostGroups } = report;
  return encodeCbor([
    REPAIR_FORMAT,
    at,
    aside,
    report.problems.map((one) => [one.kind, one.at, one.detail]),
    [items, versions, records, outbox],
    [unreadable, missing, lostGroups],
    report.lostItems.map(({ partitionKey, sortKey }) => [fromHex(partitionKey), sortKey]),
  ]);
}

/** undefined for a report of another format. */
export function decodeRepair(body: Uint8Array): RepairReport | undefined {
  const [format, ...fields] = decodeCbor(body) as [number, ...unknown[]];
  if (format !== REPAIR_FORMAT) return undefined;
  const [at, aside, problems, brought, lost, lostItems] = fields as [
    number,
    string,
    [ProblemKind, number, string][],
    [number, number, number, number],
    [number, number, number],
    [Uint8Array, string][],
  ];
  const [items, versions, records, outbox] = brought;
  const [unreadable, missing, lostGroups] = lost;
  return {
    ...{ at, aside, items, versions, records, outbox, unreadable, missing, lostGroups },
    problems: problems.map(([kind, when, detail]) => ({ kind, at: when, detail })),
    lostItems: lostItems.map(([partitionKey, sortKey]) => ({
      partitionKey: toHex(partitionKey) as PartitionKey,
      sortKey,
    })),
  };
}

/** The store's epochs as kept in it: the one in force first, then the earlier ones. */
export function encodeEpochs(epochs: readonly string[]): Uint8Array {
  return encodeCbor(epochs.map(fromHex));
}

export function decodeEpochs(body: Uint8Array): readonly string[] {
  return (decodeCbor(body) as Uint8Array[]).map(toHex);
}
