import { utf8 } from '../base/bytes.ts';
import { createEmitter, type Events } from '../base/emitter.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import { createPlacement, type Placement } from '../domain/placement.ts';
import type { MemberTable } from './member-table.ts';

/** One partition's preference list, as the table stands (Dynamo §4.3; DESIGN §1). */
export interface PartitionList {
  readonly partition: number;
  readonly owners: readonly PeerId[];
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

/** The placement of the member table as it is now; `changed` when lists may have changed. */
export interface RingView extends Events<{ changed: undefined }> {
  readonly self: PeerId;
  readonly placement: Placement;
  listOf(partitionKey: PartitionKey): PartitionList;
  listOfPartition(partition: number): PartitionList;
  isOwner(partitionKey: PartitionKey, peer: PeerId): boolean;
  /** Both keep the account's partition. */
  areCoOwners(partitionKey: PartitionKey, a: PeerId, b: PeerId): boolean;
  bothKeep(partition: number, a: PeerId, b: PeerId): boolean;
}

export function createRingView(components: {
  readonly members: MemberTable;
  onError(error: unknown): void;
}): RingView {
  const { members } = components;
  const emitter = createEmitter<{ changed: undefined }>(components.onError);
  let placement = createPlacement(members.all(), members.settings);
  let stamp = stampOf(members);
  let lists = new Map<number, PartitionList>();

  members.on('changed', () => {
    const now = stampOf(members);
    if (now === stamp) return;
    stamp = now;
    placement = createPlacement(members.all(), members.settings, placement);
    lists = new Map();
    emitter.emit('changed', undefined);
  });
  function listOfPartition(partition: number): PartitionList {
    const known = lists.get(partition);
    if (known !== undefined) return known;
    const { n, r, w, readsLocally } = placement;
    const current = placement;
    const list: PartitionList = {
      partition,
      owners: current.owners(partition),
      ...{ n, r, w, readsLocally },
      hash: sha256Hex(utf8(current.listHash(partition))) as Hash,
      walk: () => current.walk(partition),
    };
    lists.set(partition, list);
    return list;
  }
  const listOf = (key: PartitionKey): PartitionList => listOfPartition(placement.partitionOf(key));
  const isOwner = (key: PartitionKey, peer: PeerId): boolean => listOf(key).owners.includes(peer);
  const bothKeep = (partition: number, a: PeerId, b: PeerId): boolean => {
    const { owners } = listOfPartition(partition);
    return owners.includes(a) && owners.includes(b);
  };
  return {
    self: members.self,
    on: (name, listener) => emitter.on(name, listener),
    get placement() {
      return placement;
    },
    listOf,
    listOfPartition,
    isOwner,
    bothKeep,
    areCoOwners: (key, a, b) => bothKeep(placement.partitionOf(key), a, b),
  };
}

/** What of the table placement depends on; addresses and names change without moving anything. */
function stampOf(members: MemberTable): string {
  const rows = members
    .all()
    .map((m) => [m.peer, m.state, m.capacity, m.steady, m.host, m.zone].join(' '));
  return [JSON.stringify(members.settings), ...rows.sort()].join('\n');
}
