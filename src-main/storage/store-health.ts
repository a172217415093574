import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';

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
  /** The last full scan that ended. */
  readonly verified:
    { readonly at: number; readonly records: number; readonly bytes: number } | undefined;
}

/**
 * `copied`: the folder is a copy, or an older copy was put back (another birthmark);
 * `tail-lost`: the store knows fewer groups than the file outside it confirmed.
 */
export type RenewReason = 'first-start' | 'copied' | 'tail-lost';

export type ProblemKind =
  'tail-lost' | 'state-missing' | 'bad-record' | 'unreadable' | 'count-differs' | 'digest-differs';

export interface StoreProblem {
  readonly kind: ProblemKind;
  /** Wall time in ms when it was found. */
  readonly at: number;
  readonly detail: string;
}

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

/** The store's epochs as kept in it: the one in force first, then the earlier ones. */
export function encodeEpochs(epochs: readonly string[]): Uint8Array {
  return encodeCbor(epochs.map(fromHex));
}

export function decodeEpochs(body: Uint8Array): readonly string[] {
  return (decodeCbor(body) as Uint8Array[]).map(toHex);
}
