/** Ownership that moves in the ring, as status, command line and page are told of it. */
import type { PeerId } from '../domain/ids.ts';
import type { FillMarks } from './fill-marks.ts';
import type { OwnershipFill } from './ownership-fill.ts';
import type { OwnershipSettle } from './ownership-settle.ts';
import type { RingView } from './ring-view.ts';

export type TransferState =
  /** Another change goes first. */
  | 'waiting'
  | 'moving'
  /** Taken over whole; the change takes effect when all of it is. */
  | 'done';

export interface TransferCount {
  readonly done: number;
  readonly total: number;
}

/** What one member takes over, summed over partitions. */
export interface Transfer {
  /** Whose change it is (joining, leaving, another seat); undefined for what is taken anew. */
  readonly change: PeerId | undefined;
  /**
   * `join`, `leave`, `seat`: a change under way. `refill`: a member owns already, but lacks (a new
   * or restored disk, a member retired or revoked, other settings), and is not counted for reads.
   */
  readonly kind: 'join' | 'leave' | 'seat' | 'refill';
  readonly to: PeerId;
  /** Owners that it is taken from. */
  readonly from: readonly PeerId[];
  readonly state: TransferState;
  /** `done` is known of what this machine takes over or gives away; of others' it is 0. */
  readonly partitions: TransferCount;
  /** As far as members have named it; undefined: taken over by another machine. */
  readonly items: TransferCount | undefined;
  readonly bytes: TransferCount | undefined;
}

interface Parts {
  readonly view: RingView;
  readonly fillMarks: Pick<FillMarks, 'isTaken' | 'isUnfilled'>;
  readonly fill: Pick<OwnershipFill, 'progress'>;
  readonly settling: Pick<OwnershipSettle, 'waitingFor' | 'takenBy'>;
}

interface Sum {
  done: number;
  total: number;
  readonly from: Set<PeerId>;
}

export function transfersOf(parts: Parts): readonly Transfer[] {
  const { view } = parts;
  const changes = view.lists.changing.flatMap((peer) => transfersBy(peer, parts));
  return [...changes, ...refillHere(parts)];
}

/** What the member's change brings to others, or to itself. */
function transfersBy(peer: PeerId, parts: Parts): readonly Transfer[] {
  const { lists, self } = parts.view;
  const sums = new Map<PeerId, Sum>();
  for (const partition of lists.altered(peer)) {
    const change = lists.pending(partition).find((one) => one.peer === peer);
    for (const to of change?.incoming ?? []) {
      const sum = sums.get(to) ?? { done: 0, total: 0, from: new Set() };
      for (const owner of lists.settled.owners(partition)) sum.from.add(owner);
      sum.total++;
      if (to === self && parts.fillMarks.isTaken(partition)) sum.done++;
      sums.set(to, sum);
    }
  }
  // Whose change it is asks the others how far they are.
  for (const [to, sum] of peer === self ? sums : []) {
    if (to !== self) sum.done = Math.min(parts.settling.takenBy.get(to) ?? 0, sum.total);
  }
  const kind = kindOf(peer, parts.view);
  const goesBefore = [...parts.settling.waitingFor].some((one) => lists.changing.includes(one));
  return [...sums].map(([to, sum]) => ({
    ...{ change: peer, kind },
    ...countedOf(to, sum, parts),
    ...(peer === self && goesBefore && { state: 'waiting' as const }),
  }));
}

function kindOf(peer: PeerId, { lists }: RingView): Transfer['kind'] {
  if (lists.after(peer)?.storing.includes(peer) !== true) return 'leave';
  return lists.settled.storing.includes(peer) ? 'seat' : 'join';
}

/** What this machine owns and takes anew. */
function refillHere(parts: Parts): readonly Transfer[] {
  const { lists, self } = parts.view;
  const sum: Sum = { done: 0, total: 0, from: new Set() };
  for (const partition of lists.settled.partitionsOf(self)) {
    sum.total++;
    if (!parts.fillMarks.isUnfilled(partition)) sum.done++;
    for (const owner of lists.settled.owners(partition)) if (owner !== self) sum.from.add(owner);
  }
  if (sum.done === sum.total) return [];
  return [{ change: undefined, kind: 'refill', ...countedOf(self, sum, parts) }];
}

function countedOf(to: PeerId, { done, total, from }: Sum, parts: Parts) {
  const here = to === parts.view.self;
  const { items, bytes } = parts.fill.progress;
  const state: TransferState = done === total ? 'done' : 'moving';
  return {
    ...{ to, from: [...from].sort(), state, partitions: { done, total } },
    ...{ items: here ? items : undefined, bytes: here ? bytes : undefined },
  };
}
