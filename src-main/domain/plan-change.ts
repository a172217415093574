/**
 * What a change of the ring would move, before it is made (DESIGN §2 Membership: changes are
 * previewed): a pure function of the member table and of what is known to lie in each partition.
 */
import type { PeerId } from './ids.ts';
import { emptySeat, seatOf, type Member, type RingSettings, type Seat } from './member.ts';
import { createPlacement, type Placement } from './placement.ts';

export type RingChange =
  | { readonly kind: 'join'; readonly member: Member }
  | { readonly kind: 'leave' | 'retire'; readonly peer: PeerId }
  /** Capacity, zone, steady or not: what is not named stays. */
  | { readonly kind: 'seat'; readonly peer: PeerId; readonly seat: Partial<Seat> }
  | { readonly kind: 'settings'; readonly settings: RingSettings };

export interface Amount {
  readonly accounts: number;
  readonly items: number;
  readonly bytes: number;
}

/** Copies of partitions that one member takes over. */
export interface Move extends Amount {
  readonly to: PeerId;
  /** Who keeps them no longer; undefined where one more copy is made. */
  readonly from: PeerId | undefined;
  readonly partitions: number;
}

export interface ChangePlan {
  /** Sorted: the most partitions first. */
  readonly moves: readonly Move[];
  /** Partitions whose list changes. */
  readonly partitions: number;
  /** Of all copies that move. */
  readonly accounts: number;
  readonly items: number;
  readonly bytes: number;
  /** Copies and answers before and after. */
  readonly before: { readonly n: number; readonly r: number; readonly w: number };
  readonly after: { readonly n: number; readonly r: number; readonly w: number };
  /** How much of the ring each storing member keeps a copy of, 0–1, by peer id. */
  readonly shares: readonly {
    readonly peer: PeerId;
    readonly before: number;
    readonly after: number;
  }[];
}

/**
 * @param amountOf what is known to lie in the partition (an owner knows; else a guess of the
 *   caller's, or nothing).
 */
export function planChange(
  members: Iterable<Member>,
  settings: RingSettings,
  change: RingChange,
  amountOf: (partition: number) => Amount,
): ChangePlan {
  const all = [...members];
  const before = createPlacement(all, settings);
  const next = change.kind === 'settings' ? change.settings : settings;
  const after = createPlacement(changed(all, change), next, [before]);
  const moves = new Map<string, Move>();
  let partitions = 0;
  for (let partition = 0; partition < before.q; partition++) {
    const [old, owners] = [before.owners(partition), after.owners(partition)];
    const incoming = owners.filter((peer) => !old.includes(peer));
    const outgoing = old.filter((peer) => !owners.includes(peer));
    if (incoming.length > 0 || outgoing.length > 0) partitions++;
    for (const [i, to] of incoming.entries()) {
      const from = outgoing[i];
      const name = `${from ?? ''} ${to}`;
      const sum = moves.get(name) ?? { to, from, partitions: 0, accounts: 0, items: 0, bytes: 0 };
      const { accounts, items, bytes } = amountOf(partition);
      moves.set(name, {
        ...sum,
        partitions: sum.partitions + 1,
        accounts: sum.accounts + accounts,
        items: sum.items + items,
        bytes: sum.bytes + bytes,
      });
    }
  }
  const list = [...moves.values()].sort((a, b) => b.partitions - a.partitions);
  return {
    moves: list,
    partitions,
    accounts: list.reduce((sum, { accounts }) => sum + accounts, 0),
    items: list.reduce((sum, { items }) => sum + items, 0),
    bytes: list.reduce((sum, { bytes }) => sum + bytes, 0),
    before: countsOf(before),
    after: countsOf(after),
    shares: [...new Set([...before.storing, ...after.storing])].sort().map((peer) => ({
      peer,
      before: before.shareOf(peer),
      after: after.shareOf(peer),
    })),
  };
}

function countsOf({ n, r, w }: Placement): ChangePlan['before'] {
  return { n, r, w };
}

function changed(members: readonly Member[], change: RingChange): readonly Member[] {
  switch (change.kind) {
    case 'settings':
      return members;
    case 'join': {
      const { member } = change;
      const seat = seatOf(member.wanted ?? member);
      const others = members.filter(({ peer }) => peer !== member.peer);
      return [...others, { ...member, ...seat, state: 'up', wanted: undefined }];
    }
    case 'seat':
      return replaced(members, change.peer, (member) => ({
        ...member,
        ...seatOf(member.wanted ?? member),
        ...change.seat,
      }));
    case 'leave':
    case 'retire':
      return replaced(members, change.peer, (member) => ({ ...member, ...emptySeat(member) }));
  }
}

function replaced(
  members: readonly Member[],
  peer: PeerId,
  change: (member: Member) => Member,
): readonly Member[] {
  return members.map((member) => (member.peer === peer ? change(member) : member));
}
