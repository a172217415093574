/**
 * The rules of the member table (Dynamo §4.8.1; DESIGN §2 Membership), apart from signatures and
 * gossip: which record is the newest, which states follow which, how two tables become one.
 */
import { utf8 } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, PeerId } from './ids.ts';
import type { MemberState, Retired, RingSettings } from './member.ts';

/** Orders the records a member signs of itself: its epochs counted, then n within the epoch. */
export interface RecordVersion {
  readonly epochCounter: number;
  readonly n: number;
}

/** What comparing needs of a signed member record. */
export interface RecordHead extends RecordVersion {
  readonly peer: PeerId;
  /** SHA-256 of its signed bytes. */
  readonly hash: Hash;
}

/** Positive when `a` is the newer record of one member. Ties (a copied folder) fall by hash. */
export function compareRecords(a: Omit<RecordHead, 'peer'>, b: Omit<RecordHead, 'peer'>): number {
  return compareRecordVersions(a, b) || compareStrings(a.hash, b.hash);
}

export function newestRecord<R extends RecordHead>(a: R, b: R): R {
  return compareRecords(a, b) >= 0 ? a : b;
}

/** The newest record of each member: commutative, associative, idempotent. */
export function mergeTables<R extends RecordHead>(
  table: ReadonlyMap<PeerId, R>,
  records: Iterable<R>,
): ReadonlyMap<PeerId, R> {
  const out = new Map(table);
  for (const record of records) {
    const known = out.get(record.peer);
    if (known === undefined || compareRecords(record, known) > 0) out.set(record.peer, record);
  }
  return out;
}

/** The members whose record differs between two states of one table. */
export function changedRecords<R extends RecordHead>(
  before: ReadonlyMap<PeerId, R>,
  after: ReadonlyMap<PeerId, R>,
): readonly PeerId[] {
  return [...after.keys()].filter((peer) => before.get(peer)?.hash !== after.get(peer)?.hash);
}

const MOVES: Record<MemberState, readonly MemberState[]> = {
  joining: ['up', 'leaving'],
  up: ['leaving'],
  // A leave can be called off as long as it has not ended.
  leaving: ['left', 'up'],
  left: ['joining', 'up'],
  // It may come back, empty, without an invite; `up` at once where nobody else stores.
  retired: ['joining', 'up'],
  revoked: [],
};

/** True when a member may move itself from one state to the other. Gossip may skip states. */
export function canMove(from: MemberState, to: MemberState): boolean {
  return MOVES[from].includes(to);
}

/** The next settings, with the member taken out: others take over what it kept. */
export function withRetired(settings: RingSettings, { peer, epochCounter }: Retired): RingSettings {
  const gone = { peer, epochCounter };
  const others = (settings.retired ?? []).filter((one) => one.peer !== peer);
  const retired = [...others, gone].sort((a, b) => compareStrings(a.peer, b.peer));
  return { ...settings, number: settings.number + 1, retired };
}

/** What others say of a member, besides its own record. */
export interface MemberFacts {
  readonly revoked: boolean;
  /** The record it had when a person retired it; absent: never retired. */
  readonly retiredAt?: Pick<RecordVersion, 'epochCounter'> | undefined;
}

/**
 * The state a member counts as: revoked for ever; retired until it signs a record of a later epoch
 * (it came back, empty); else what it says itself.
 */
export function effectiveState(
  own: MemberState,
  record: Pick<RecordVersion, 'epochCounter'>,
  facts: MemberFacts,
): MemberState {
  if (facts.revoked) return 'revoked';
  const { retiredAt } = facts;
  if (retiredAt !== undefined && record.epochCounter <= retiredAt.epochCounter) return 'retired';
  return own;
}

/** The heads of a table, in the order of peer ids. */
export function recordHeads(records: Iterable<RecordHead>): readonly RecordHead[] {
  return [...records]
    .map(({ peer, epochCounter, n, hash }) => ({ peer, epochCounter, n, hash }))
    .sort((a, b) => compareStrings(a.peer, b.peer));
}

/** 32 hex digits; equal tables have equal digests, whatever the order of arrival. */
export function tableDigest(records: Iterable<RecordHead>): string {
  const lines = recordHeads(records).map((head) => `${head.peer} ${head.hash}`);
  return sha256Hex(utf8(['carrossel/table/1', ...lines].join('\n'))).slice(0, 32);
}

/** After a digest exchange: whose records to send to the other, and whose to ask it for. */
export function compareTables(
  mine: ReadonlyMap<PeerId, RecordHead>,
  theirs: Iterable<RecordHead>,
): { readonly send: readonly PeerId[]; readonly want: readonly PeerId[] } {
  const known = new Set<PeerId>();
  const send: PeerId[] = [];
  const want: PeerId[] = [];
  for (const head of theirs) {
    known.add(head.peer);
    const own = mine.get(head.peer);
    const order = own === undefined ? -1 : compareRecords(own, head);
    if (order > 0) send.push(head.peer);
    if (order < 0) want.push(head.peer);
  }
  for (const peer of mine.keys()) if (!known.has(peer)) send.push(peer);
  return { send, want };
}

/** The ring settings that count: the greatest (number, hash). */
export function newerSettings<S extends { readonly number: number; readonly hash: Hash }>(
  a: S,
  b: S,
): S {
  return (a.number - b.number || compareStrings(a.hash, b.hash)) >= 0 ? a : b;
}

function compareRecordVersions(a: RecordVersion, b: RecordVersion): number {
  return a.epochCounter - b.epochCounter || a.n - b.n;
}

function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
