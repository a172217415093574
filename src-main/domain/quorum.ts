/**
 * Counting answers (Dynamo §4.5, sloppy quorums of §4.6) as a pure value, apart from whoever waits:
 * every function returns a new value. The states are those of DESIGN §2 Writes.
 */
import type { PeerId } from './ids.ts';

/**
 * How far a write has come (DESIGN §2 Writes): `pending` on this disk, `safe` on the disks of w
 * different members (hints count, the writer once), `placed` on w owners, `complete` on all n.
 */
export type WriteState = 'pending' | 'safe' | 'placed' | 'complete';

/** Who has to have a write, and how many make it safe; a snapshot of one preference list. */
export interface WriteGoal {
  readonly owners: readonly PeerId[];
  readonly w: number;
  /**
   * Who is coming in, in groups of one change each (decision 0104): `placed` needs one of each
   * group, `complete` all. @default none
   */
  readonly pending?: readonly (readonly PeerId[])[];
  /** The coordinator; its own disk counts once, as owner if it is one. */
  readonly writer: PeerId;
  /** Count owners only that took it under the same list, and lack nothing. @default false */
  readonly strict?: boolean;
  /** The writer owns the partition and does not have all of it yet. @default false */
  readonly writerLacks?: boolean;
}

/** Opaque: use the functions below. */
export interface WriteQuorum {
  readonly goal: WriteGoal;
  /** Members known to have the write on disk, in the order in which it was heard. */
  readonly held: readonly PeerId[];
  /** Of these, who took it by another list than the coordinator's, or owns and lacks the rest. */
  readonly loose: ReadonlySet<PeerId>;
  /** Owners that did not answer in time. */
  readonly silent: ReadonlySet<PeerId>;
  /** The fallback that was asked to keep the write for an owner. */
  readonly hints: ReadonlyMap<PeerId, PeerId>;
}

const ORDER: readonly WriteState[] = ['pending', 'safe', 'placed', 'complete'];

/** @param options.writerHolds false for a strict write before its local batch. @default true */
export function createWriteQuorum(
  goal: WriteGoal,
  options: { readonly writerHolds?: boolean } = {},
): WriteQuorum {
  const held = options.writerHolds === false ? [] : [goal.writer];
  const loose = new Set(goal.writerLacks === true ? held : []);
  return { goal, held, loose, silent: new Set(), hints: new Map() };
}

/**
 * The peer has the write, or something that covers it, on its disk: an owner, or a fallback with a
 * hint. Counted once however often it is heard; late answers of silent owners count.
 * @param options.loose it was taken under another list, or by an owner that lacks; an answer that
 *   is not outweighs it. @default false
 */
export function ackWrite(
  quorum: WriteQuorum,
  peer: PeerId,
  options: { readonly loose?: boolean } = {},
): WriteQuorum {
  const isKnown = quorum.held.includes(peer);
  if (isKnown && (options.loose === true || !quorum.loose.has(peer))) return quorum;
  const loose = new Set(quorum.loose);
  if (options.loose === true) loose.add(peer);
  else loose.delete(peer);
  return { ...quorum, held: isKnown ? quorum.held : [...quorum.held, peer], loose };
}

/**
 * The owner is unreachable or has not answered in time: a fallback should take its copy. For one
 * that is coming in none does: the write just waits for it no longer to be `safe`.
 */
export function ownerSilent(quorum: WriteQuorum, owner: PeerId): WriteQuorum {
  if (!wantedBy(quorum.goal).includes(owner) || quorum.silent.has(owner)) return quorum;
  return { ...quorum, silent: new Set(quorum.silent).add(owner) };
}

/** `fallback` was sent the write with a hint for `owner`; `ackWrite` tells when it has it. */
export function hintAsked(quorum: WriteQuorum, owner: PeerId, fallback: PeerId): WriteQuorum {
  return { ...quorum, hints: new Map(quorum.hints).set(owner, fallback) };
}

/** The fallback did not take it: the owner needs another one. */
export function hintFailed(quorum: WriteQuorum, owner: PeerId, fallback: PeerId): WriteQuorum {
  if (quorum.hints.get(owner) !== fallback) return quorum;
  const hints = new Map(quorum.hints);
  hints.delete(owner);
  return { ...quorum, hints };
}

/** Silent owners for which no fallback has been asked: the next fallback is due for each. */
export function ownersWithoutFallback(quorum: WriteQuorum): readonly PeerId[] {
  return missing(quorum).filter(
    (owner) =>
      quorum.goal.owners.includes(owner) && quorum.silent.has(owner) && !quorum.hints.has(owner),
  );
}

/** Members known to have the write on disk, the writer included. */
export function copies(quorum: WriteQuorum): readonly PeerId[] {
  return quorum.held;
}

/**
 * Owners, now or soon, not known to have it; for a strict write also those that took it by another
 * list.
 */
export function missing(quorum: WriteQuorum): readonly PeerId[] {
  return wantedBy(quorum.goal).filter((peer) => !hasIt(quorum, peer));
}

/** Owners, and who is coming in. */
function wantedBy({ owners, pending = [] }: WriteGoal): readonly PeerId[] {
  return pending.length === 0 ? owners : [...new Set([...owners, ...pending.flat()])];
}

function hasIt({ goal, held, loose }: WriteQuorum, peer: PeerId): boolean {
  return held.includes(peer) && (goal.strict !== true || !loose.has(peer));
}

/**
 * With no owners (a ring in which nobody stores) a write stays pending: it is on this disk only,
 * and leaves the outbox when there are owners and all of them have it.
 */
export function writeState(quorum: WriteQuorum): WriteState {
  const { owners, w, pending = [] } = quorum.goal;
  if (owners.length === 0) return 'pending';
  if (missing(quorum).length === 0) return 'complete';
  const placed = owners.filter((owner) => hasIt(quorum, owner)).length;
  const reachesEach = pending.every((group) => group.some((peer) => hasIt(quorum, peer)));
  if (placed >= w && reachesEach) return 'placed';
  // A newcomer whose lid is closed must not make everybody's writes look unsafe.
  const waits = pending.some(
    (group) =>
      group.some((peer) => !quorum.silent.has(peer)) && !group.some((p) => hasIt(quorum, p)),
  );
  return quorum.held.length >= w && !waits ? 'safe' : 'pending';
}

export function reached(quorum: WriteQuorum, wanted: WriteState): boolean {
  return isAtLeast(writeState(quorum), wanted);
}

/** True when `state` is `wanted` or further. */
export function isAtLeast(state: WriteState, wanted: WriteState): boolean {
  return ORDER.indexOf(state) >= ORDER.indexOf(wanted);
}

/** Whose answers a read counts; `r` of them are enough, of owners only when it is strict. */
export interface ReadGoal {
  readonly owners: readonly PeerId[];
  readonly r: number;
  /** Count owners only. @default false */
  readonly strict?: boolean;
  /**
   * The lists that a change under way may put in this one's place: of each so many must have
   * answered a strict read, too (decision 0514). @default none
   */
  readonly next?: readonly { readonly owners: readonly PeerId[]; readonly r: number }[];
}

/** Opaque: use the functions below. */
export interface ReadQuorum {
  readonly goal: ReadGoal;
  readonly answered: readonly PeerId[];
}

export function createReadQuorum(goal: ReadGoal): ReadQuorum {
  return { goal, answered: [] };
}

/** The peer has answered with its siblings, from its store or from its hints. */
export function answerRead(quorum: ReadQuorum, peer: PeerId): ReadQuorum {
  if (quorum.answered.includes(peer)) return quorum;
  return { ...quorum, answered: [...quorum.answered, peer] };
}

export function readAnswered(quorum: ReadQuorum): {
  readonly answered: number;
  readonly answeredOwners: number;
} {
  const owners = quorum.answered.filter((peer) => quorum.goal.owners.includes(peer));
  return { answered: quorum.answered.length, answeredOwners: owners.length };
}

export function readEnough(quorum: ReadQuorum): boolean {
  const { goal, answered } = quorum;
  if (goal.strict !== true) return answered.length >= goal.r;
  return [goal, ...(goal.next ?? [])].every(
    ({ owners, r }) => answered.filter((peer) => owners.includes(peer)).length >= r,
  );
}
