/**
 * Preference lists while members come, go and change (DESIGN §2 Membership; decision 0104): the
 * settled lists, by what every member holds now, and for each change that is under way the owners
 * that come in by it. A pure function of the member table, so equal tables have equal lists.
 */
import { utf8 } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { PeerId } from './ids.ts';
import { seatOf, type Member, type RingSettings } from './member.ts';
import { createPlacement, isPlaced, type Placement } from './placement.ts';

/** Changes looked at together, by the order of peer ids; more of them wait their turn. */
export const MAX_CHANGES = 16;

/** What one member's change does to one list. */
export interface PendingChange {
  /** Whose change it is. */
  readonly peer: PeerId;
  /** Members that will own the partition by it and do not now; they get its writes already. */
  readonly incoming: readonly PeerId[];
}

export interface RingLists {
  readonly settled: Placement;
  /** Members with a change under way, in the order of their peer ids. */
  readonly changing: readonly PeerId[];
  /** The placements made so far: the settled one, and those with one change. */
  readonly placements: readonly Placement[];
  /** The placement with this one change made; undefined for who changes nothing. */
  after(peer: PeerId): Placement | undefined;
  /** The changes that bring somebody new into the list, in the order of peer ids. */
  pending(partition: number): readonly PendingChange[];
  /** The partitions whose list (or whose n, r, w) the member's change alters. */
  altered(peer: PeerId): ReadonlySet<number>;
  /** The partitions a member owns, or takes over. Computes every list once. */
  keptBy(peer: PeerId): ReadonlySet<number>;
  /** 32 hex digits; equal for two peers exactly when owners, pending ones and settings are. */
  listHash(partition: number): string;
}

/**
 * @param known placements of the lists before a change of the table. Mostly one of them is what is
 * settled now: the same as before when a change is announced, the one with the change when it ends.
 * Then its lists need not be worked out again, while requests wait.
 */
export function createRingLists(
  members: Iterable<Member>,
  settings: RingSettings,
  known: readonly Placement[] = [],
): RingLists {
  const all = [...members];
  const settled = createPlacement(all, settings, known);
  const changed = all.filter(isChanging).sort((a, b) => (a.peer < b.peer ? -1 : 1));
  const changing = changed.slice(0, MAX_CHANGES).map((member) => member.peer);
  const afters = new Map<PeerId, Placement>();
  const pendings = new Map<number, readonly PendingChange[]>();
  const alterations = new Map<PeerId, ReadonlySet<number>>();
  const kept = new Map<PeerId, ReadonlySet<number>>();
  const hashes = new Map<number, string>();

  function after(peer: PeerId): Placement | undefined {
    if (!changing.includes(peer)) return undefined;
    let made = afters.get(peer);
    if (made === undefined) {
      made = createPlacement(withChange(all, peer), settings, [settled, ...known]);
      afters.set(peer, made);
    }
    return made;
  }
  function pending(partition: number): readonly PendingChange[] {
    let made = pendings.get(partition);
    if (made === undefined) {
      const owners = settled.owners(partition);
      made = changing.flatMap((peer) => {
        const next = after(peer)?.owners(partition) ?? owners;
        const incoming = next.filter((one) => !owners.includes(one)).sort();
        return incoming.length === 0 ? [] : [{ peer, incoming }];
      });
      pendings.set(partition, made);
    }
    return made;
  }
  function altered(peer: PeerId): ReadonlySet<number> {
    const known = alterations.get(peer);
    if (known !== undefined) return known;
    const next = after(peer);
    const out = new Set<number>();
    for (let partition = 0; next !== undefined && partition < settled.q; partition++) {
      if (differ(settled, next, partition)) out.add(partition);
    }
    alterations.set(peer, out);
    return out;
  }
  function keptBy(peer: PeerId): ReadonlySet<number> {
    const known = kept.get(peer);
    if (known !== undefined) return known;
    const out = new Set(settled.partitionsOf(peer));
    for (const one of changing) {
      for (const partition of altered(one)) {
        if (after(one)?.isOwner(partition, peer) === true) out.add(partition);
      }
    }
    kept.set(peer, out);
    return out;
  }
  return {
    settled,
    changing,
    get placements() {
      return [settled, ...afters.values()];
    },
    after,
    pending,
    altered,
    keptBy,
    listHash(partition) {
      const known = hashes.get(partition);
      if (known !== undefined) return known;
      const made = hashOf(settled.listHash(partition), pending(partition));
      hashes.set(partition, made);
      return made;
    },
  };
}

function hashOf(owned: string, changes: readonly PendingChange[]): string {
  if (changes.length === 0) return owned;
  const lines = changes.map(({ peer, incoming }) => `+${peer} ${incoming.join(' ')}`);
  return sha256Hex(utf8(['carrossel/pending/1', owned, ...lines].join('\n'))).slice(0, 32);
}

/** True for a member whose seat is to change, and that still counts for placement. */
function isChanging({ wanted, state }: Member): boolean {
  return wanted !== undefined && isPlaced(state);
}

/** The table with this one member's change made. */
function withChange(members: readonly Member[], peer: PeerId): readonly Member[] {
  return members.map((member) =>
    member.peer === peer && member.wanted !== undefined
      ? { ...member, ...seatOf(member.wanted), wanted: undefined }
      : member,
  );
}

function differ(before: Placement, after: Placement, partition: number): boolean {
  const [old, next] = [before.owners(partition), after.owners(partition)];
  if (old.length !== next.length || before.w !== after.w || before.r !== after.r) return true;
  return next.some((peer) => !old.includes(peer));
}
