import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import type { Hash, PeerId } from '../domain/ids.ts';
import type { RingLists } from '../domain/ring-lists.ts';
import type { RingView } from './ring-view.ts';

/** The partitions that this member and another one both keep, or take over. */
export interface SharedPartitions {
  /** Ascending. */
  readonly partitions: readonly number[];
  /** Over the hashes of all their lists: equal only where both go by the same lists. */
  readonly listsHash: Hash;
}

/** What this member shares with each other one, computed once for the lists there are. */
export type Sharing = (peer: PeerId) => SharedPartitions;

const LABEL = utf8('carrossel/lists/1');

export function createSharing(components: {
  readonly view: Pick<RingView, 'self' | 'lists' | 'listOfPartition'>;
}): Sharing {
  const { view } = components;
  let lists: RingLists | undefined;
  let known = new Map<PeerId, SharedPartitions>();

  function compute(peer: PeerId): SharedPartitions {
    const theirs = view.lists.keptBy(peer);
    const own = [...view.lists.keptBy(view.self)];
    const partitions = own.filter((one) => theirs.has(one)).sort((a, b) => a - b);
    const parts = partitions.flatMap((partition) => {
      const number = new Uint8Array(4);
      new DataView(number.buffer).setUint32(0, partition);
      return [number, fromHex(view.listOfPartition(partition).hash)];
    });
    const listsHash = toHex(sha256(concatBytes(LABEL, ...parts))) as Hash;
    return { partitions, listsHash };
  }
  return (peer) => {
    if (lists !== view.lists) {
      lists = view.lists;
      known = new Map();
    }
    const shared = known.get(peer) ?? compute(peer);
    known.set(peer, shared);
    return shared;
  };
}
