/**
 * Who keeps what (Dynamo §4.2, §4.3, §6.2; DESIGN §2 Placement): a pure function of the member
 * table and the ring's settings, so every peer with the same table computes the same lists.
 *
 * A list is the best set of n members under three wishes, in this order: a steady member is in it;
 * zones, then hosts, repeat as little as possible; members met earlier on the walk go first. The
 * wishes are counted over nested groups (steady or not ⊃ zone ⊃ host), and a member's tokens depend
 * on nothing but itself: that is what makes one change of the table alter at most one owner of a
 * list, and a leave move exactly what was held (decisions 0101 and 0102 have the proof).
 */
import { sha256Hex } from '../base/sha256.ts';
import { utf8 } from '../base/bytes.ts';
import type { PartitionKey, PeerId } from './ids.ts';
import type { Member, MemberState, RingSettings } from './member.ts';
import { choosePlaces, type Place } from './place-choice.ts';
import { partitionOf, startOf, tokenCount, tokensOf } from './ring.ts';
import { createTokenRing, type RingWalk } from './token-ring.ts';

/** Setting `auto`: up to this many storing members everybody keeps everything. */
export const AUTO_ALL_UP_TO = 5;
const AUTO_N = 3;
/** Partitions of keys kept at hand; each costs one hash. */
const MAX_PARTITIONS_KEPT = 4096;

export interface Placement {
  /** Copies of each item, with today's members. */
  readonly n: number;
  /** Answers that make a read, acknowledgements that make a write safe; at most n. */
  readonly r: number;
  readonly w: number;
  readonly q: number;
  /** Setting `auto` in a small ring: everybody who stores has everything and reads its own disk. */
  readonly readsLocally: boolean;
  /** The members that store, in the order of their peer ids. */
  readonly storing: readonly PeerId[];
  /** All that the lists depend on; equal for two placements only if every list is. */
  readonly basis: string;
  partitionOf(partitionKey: PartitionKey): number;
  /** The n members that keep the partition; [] only if nobody stores. */
  owners(partition: number): readonly PeerId[];
  isOwner(partition: number, peer: PeerId): boolean;
  /** The owners, then the fallbacks in the order of the walk: every storing member once, lazily. */
  walk(partition: number): Iterable<PeerId>;
  /** 32 hex digits; equal for two peers exactly when list and settings are. */
  listHash(partition: number): string;
  /** How much of the ring a member owns a copy of, 0–1. Computes every list once. */
  shareOf(peer: PeerId): number;
  /** The partitions a member owns. Computes every list once. */
  partitionsOf(peer: PeerId): ReadonlySet<number>;
  /** A storing member's tokens, points below 2^48. */
  tokens(peer: PeerId): Float64Array | undefined;
}

/** How many copies and answers, of so many storing members (DESIGN §2 How many). */
export interface Counts {
  readonly n: number;
  readonly r: number;
  readonly w: number;
  readonly readsLocally: boolean;
}

/**
 * True for states in which a member owns what the ring gives it. Being away changes nothing; who is
 * `leaving` owns until it has `left`.
 */
export function isPlaced(state: MemberState): boolean {
  return state === 'up' || state === 'joining' || state === 'leaving';
}

export function countsFor(storing: number, settings: RingSettings): Counts {
  if (settings.n !== 'auto') {
    const n = Math.min(settings.n, storing);
    return { n, r: Math.min(settings.r, n), w: Math.min(settings.w, n), readsLocally: false };
  }
  if (storing > AUTO_ALL_UP_TO) return { n: AUTO_N, r: 2, w: 2, readsLocally: false };
  return { n: storing, r: Math.min(1, storing), w: Math.min(2, storing), readsLocally: true };
}

/**
 * @param known placements from before a change of the table. One that has all its lists from the
 * same is used again, with what it has worked out; else the tokens of its members are.
 * Making one costs some 2 µs for each five tokens not known yet and a sort; lists are computed when
 * they are asked for.
 */
export function createPlacement(
  members: Iterable<Member>,
  settings: RingSettings,
  known: readonly Placement[] = [],
): Placement {
  const storing = [...members]
    .filter((member) => member.capacity > 0 && isPlaced(member.state))
    .sort((a, b) => (a.peer < b.peer ? -1 : 1));
  const basis = basisOf(storing, settings);
  const same = known.find((one) => one.basis === basis);
  return same ?? makePlacement(storing, settings, { basis, tokens: allTokens(storing, known) });
}

/** Apart from what it is made from, so that it does not keep all placements before it alive. */
function makePlacement(
  storing: readonly Member[],
  settings: RingSettings,
  { basis, tokens }: { readonly basis: string; readonly tokens: readonly Float64Array[] },
): Placement {
  const peers = storing.map((member) => member.peer);
  const numbers = new Map(peers.map((peer, i) => [peer, i]));
  const ring = createTokenRing(tokens);
  const places = choosePlaces(storing.map(placeOf));
  const { q } = settings;
  const counts = countsFor(storing.length, settings);
  const lists = new Map<number, readonly PeerId[]>();
  let held: readonly ReadonlySet<number>[] | undefined;
  const partitions = new Map<PartitionKey, number>();

  const named = (member: number): PeerId => peers[member] as PeerId;
  const walkOf = (partition: number): RingWalk => ring.walkFrom(startOf(partition, q));
  const owners = (partition: number): readonly PeerId[] => {
    let list = lists.get(partition);
    if (list === undefined) {
      list = places.choose(walkOf(partition), counts.n).map(named);
      lists.set(partition, list);
    }
    return list;
  };
  const partitionsOf = (peer: PeerId): ReadonlySet<number> => {
    const number = numbers.get(peer);
    if (number === undefined) return new Set();
    held ??= holdings(peers, q, owners);
    return held[number] ?? new Set();
  };

  return {
    ...counts,
    ...{ q, storing: peers, basis },
    partitionOf: (partitionKey) => {
      const found = partitions.get(partitionKey);
      if (found !== undefined) return found;
      const made = partitionOf(partitionKey, q);
      if (partitions.size >= MAX_PARTITIONS_KEPT) partitions.clear();
      partitions.set(partitionKey, made);
      return made;
    },
    owners,
    isOwner: (partition, peer) => owners(partition).includes(peer),
    *walk(partition) {
      const list = owners(partition);
      yield* list;
      const walk = walkOf(partition);
      for (let i = 0, member = walk.at(0); member !== undefined; member = walk.at(++i)) {
        const peer = named(member);
        if (!list.includes(peer)) yield peer;
      }
    },
    listHash: (partition) => listHash(partition, owners(partition), settings, counts),
    shareOf: (peer) => partitionsOf(peer).size / q,
    partitionsOf,
    tokens: (peer) => {
      const number = numbers.get(peer);
      return number === undefined ? undefined : tokens[number];
    },
  };
}

/** Where a member stands: a member that names no zone or host is in one of its own. */
function placeOf(member: Member): Place {
  const kind = member.steady ? 'steady' : 'other';
  const host = member.host === '' ? `peer ${member.peer}` : `host ${member.host}`;
  const zone = member.zone === '' ? `${kind} ${host}` : `${kind} zone ${member.zone}`;
  return { steady: member.steady, zone, host: `${zone} ${host}` };
}

function basisOf(storing: readonly Member[], settings: RingSettings): string {
  const { number, n, r, w, q } = settings;
  const rows = storing.map(({ peer, capacity, steady, host, zone }) => [
    ...[peer, tokenCount(capacity), steady, host, zone],
  ]);
  return JSON.stringify([number, n, r, w, q, rows]);
}

function allTokens(
  storing: readonly Member[],
  known: readonly Placement[],
): readonly Float64Array[] {
  return storing.map(({ peer, capacity }) => {
    const count = tokenCount(capacity);
    for (const one of known) {
      const tokens = one.tokens(peer);
      if (tokens !== undefined && tokens.length >= count) {
        return tokens.length === count ? tokens : tokens.slice(0, count);
      }
    }
    return tokensOf(peer, count);
  });
}

function holdings(
  peers: readonly PeerId[],
  q: number,
  owners: (partition: number) => readonly PeerId[],
): readonly ReadonlySet<number>[] {
  const sets = new Map(peers.map((peer) => [peer, new Set<number>()]));
  for (let partition = 0; partition < q; partition++) {
    for (const peer of owners(partition)) sets.get(peer)?.add(partition);
  }
  return [...sets.values()];
}

function listHash(
  partition: number,
  owners: readonly PeerId[],
  settings: RingSettings,
  counts: Counts,
): string {
  const { n, r, w } = counts;
  const numbers = [partition, settings.number, settings.q, n, r, w].join(' ');
  return sha256Hex(utf8(['carrossel/list/1', numbers, ...owners].join('\n'))).slice(0, 32);
}
