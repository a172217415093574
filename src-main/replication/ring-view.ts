import { utf8 } from '../base/bytes.ts';
import { createEmitter, type Events } from '../base/emitter.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import type { Seat } from '../domain/member.ts';
import type { Placement } from '../domain/placement.ts';
import { createRingLists, type PendingChange, type RingLists } from '../domain/ring-lists.ts';
import type { MemberTable } from './member-table.ts';

/** One partition's preference list, as the table stands (Dynamo §4.3; DESIGN §1). */
export interface PartitionList {
  readonly partition: number;
  /** Who keeps the partition and answers for it. */
  readonly owners: readonly PeerId[];
  /** Changes that bring somebody new in: who comes in gets every write already (decision 0104). */
  readonly pending: readonly PendingChange[];
  readonly n: number;
  readonly r: number;
  readonly w: number;
  /** A small ring in which everybody keeps everything: reads come from the own disk. */
  readonly readsLocally: boolean;
  /** What every data request carries, so that two members with other lists notice. */
  readonly hash: Hash;
  /** Owners, then the fallbacks in the order of the walk. */
  walk(): Iterable<PeerId>;
}

/** The lists of the member table as it is now; `changed` when they may have changed. */
export interface RingView extends Events<{ changed: undefined }> {
  readonly self: PeerId;
  /** By what members keep now, without what is under way. */
  readonly placement: Placement;
  readonly lists: RingLists;
  listOf(partitionKey: PartitionKey): PartitionList;
  listOfPartition(partition: number): PartitionList;
  /** Owns the partition now. */
  isOwner(partitionKey: PartitionKey, peer: PeerId): boolean;
  /** Owns the partition, or takes it over. */
  isKeeper(partitionKey: PartitionKey, peer: PeerId): boolean;
  keeps(partition: number, peer: PeerId): boolean;
  /** Both keep the partition, or take it over. */
  bothKeep(partition: number, a: PeerId, b: PeerId): boolean;
}

export function createRingView(components: {
  readonly members: MemberTable;
  onError(error: unknown): void;
}): RingView {
  const { members } = components;
  const emitter = createEmitter<{ changed: undefined }>(components.onError);
  let lists = createRingLists(members.all(), members.settings);
  let stamp = stampOf(members);
  let made = new Map<number, PartitionList>();

  members.on('changed', () => {
    const now = stampOf(members);
    if (now === stamp) return;
    stamp = now;
    lists = createRingLists(members.all(), members.settings, lists.placements);
    made = new Map();
    emitter.emit('changed', undefined);
  });
  function listOfPartition(partition: number): PartitionList {
    const known = made.get(partition);
    if (known !== undefined) return known;
    const { settled } = lists;
    const { n, r, w, readsLocally } = settled;
    const fresh: PartitionList = {
      partition,
      owners: settled.owners(partition),
      pending: lists.pending(partition),
      ...{ n, r, w, readsLocally },
      hash: sha256Hex(utf8(lists.listHash(partition))) as Hash,
      walk: () => settled.walk(partition),
    };
    made.set(partition, fresh);
    return fresh;
  }
  const partitionOf = (key: PartitionKey): number => lists.settled.partitionOf(key);
  const listOf = (key: PartitionKey): PartitionList => listOfPartition(partitionOf(key));
  const keeps = (partition: number, peer: PeerId): boolean => {
    const { owners, pending } = listOfPartition(partition);
    return owners.includes(peer) || pending.some(({ incoming }) => incoming.includes(peer));
  };
  const bothKeep = (partition: number, a: PeerId, b: PeerId): boolean =>
    keeps(partition, a) && keeps(partition, b);
  return {
    self: members.self,
    on: (name, listener) => emitter.on(name, listener),
    get placement() {
      return lists.settled;
    },
    get lists() {
      return lists;
    },
    listOf,
    listOfPartition,
    isOwner: (key, peer) => listOf(key).owners.includes(peer),
    isKeeper: (key, peer) => keeps(partitionOf(key), peer),
    keeps,
    bothKeep,
  };
}

/** What of the table placement depends on; addresses and names change without moving anything. */
function stampOf(members: MemberTable): string {
  const seat = (one: Seat): unknown[] => [one.capacity, one.steady, one.host, one.zone];
  const rows = members
    .all()
    .map((m) => [m.peer, m.state, ...seat(m), ...(m.wanted === undefined ? [] : seat(m.wanted))])
    .map((row) => row.join(' '));
  return [JSON.stringify(members.settings), ...rows.sort()].join('\n');
}
