import { createBoundedMap } from '../base/bounded-map.ts';
import { itemKeyString, type Hash, type PartitionKey, type PeerId } from '../domain/ids.ts';
import type { RingLists } from '../domain/ring-lists.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';

const MAX_VERSIONS = 20_000;
const MAX_ITEMS = 50_000;
const MAX_ACCOUNTS = 10_000;

/**
 * Who is known to hold what, from answers and comparisons of this process; so that what a person is
 * told of a version that came from elsewhere is true. Forgotten at a restart, learnt again.
 */
export interface KnownCopies {
  /** The peer showed or said that it holds this version (or one that covers it). */
  held(hash: Hash, peer: PeerId): void;
  /** True when the peer showed or said that it holds this very version. */
  isHeldBy(hash: Hash, peer: PeerId): boolean;
  /** Where this store stands now; to be taken before a digest is read. */
  mark(account?: PartitionKey): number;
  /** At `mark` the peer held all that this member held of the account. */
  equal(account: PartitionKey, peer: PeerId, mark: number): void;
  /** The same of all accounts in these partitions. */
  equalPartitions(peer: PeerId, partitions: readonly number[], mark: number): void;
  of(version: SignedVersion): ReadonlySet<PeerId>;
  /**
   * Forgets all of a member that may hold less than it did: it came back, or owns less. Takes no
   * time, however much is known: when lists change it is most members, and requests wait.
   */
  forget(peer: PeerId): void;
}

export function createKnownCopies(components: {
  readonly store: ItemStore;
  partitionOf(account: PartitionKey): number;
  /** Items of which is remembered when they last changed. @default 50,000 */
  readonly maxItems?: number;
}): KnownCopies {
  /** How often each member was forgotten: what was noted under another number is not known. */
  const forgotten = new Map<PeerId, number>();
  const holders = createBoundedMap<Hash, Map<PeerId, number>>({ maxSize: MAX_VERSIONS });
  const equals = new Map<PartitionKey, Map<PeerId, { mark: number; noted: number }>>();
  const equalPartitions = new Map<PeerId, Map<number, number>>();
  /** When each item last changed here, by a counter of changes; older ones count as `floor`. */
  const changed = createBoundedMap<string, number>({
    maxSize: components.maxItems ?? MAX_ITEMS,
    onForget() {
      [floor, turned] = [turned, changes];
    },
  });
  let floor = 0;
  /** Where the counter stood when the older half of them was closed. */
  let turned = 0;
  let changes = 0;

  const now = (peer: PeerId): number => forgotten.get(peer) ?? 0;
  components.store.on('changed', ({ key }) => {
    changed.set(itemKeyString(key), ++changes);
  });
  return {
    held(hash, peer) {
      const known = holders.get(hash);
      if (known === undefined) holders.set(hash, new Map([[peer, now(peer)]]));
      else known.set(peer, now(peer));
    },
    isHeldBy: (hash, peer) => holders.get(hash)?.get(peer) === now(peer),
    mark: () => changes,
    equal(account, peer, mark) {
      const marks = equals.get(account) ?? new Map<PeerId, { mark: number; noted: number }>();
      const [noted, known] = [now(peer), marks.get(peer)];
      const last = known?.noted === noted ? known.mark : 0;
      equals.delete(account);
      equals.set(account, marks.set(peer, { mark: Math.max(mark, last), noted }));
      const [oldest] = equals.keys();
      if (equals.size > MAX_ACCOUNTS && oldest !== undefined) equals.delete(oldest);
    },
    equalPartitions(peer, partitions, mark) {
      const marks = equalPartitions.get(peer) ?? new Map<number, number>();
      equalPartitions.set(peer, marks);
      for (const one of partitions) marks.set(one, Math.max(mark, marks.get(one) ?? 0));
    },
    of(version) {
      const out = new Set<PeerId>();
      for (const [peer, noted] of holders.get(version.hash) ?? []) {
        if (noted === now(peer)) out.add(peer);
      }
      const since = changed.get(itemKeyString(version.key)) ?? floor;
      for (const [peer, { mark, noted }] of equals.get(version.key.partitionKey) ?? []) {
        if (noted === now(peer) && mark >= since) out.add(peer);
      }
      const partition = components.partitionOf(version.key.partitionKey);
      for (const [peer, marks] of equalPartitions) {
        if ((marks.get(partition) ?? -1) >= since) out.add(peer);
      }
      return out;
    },
    forget(peer) {
      forgotten.set(peer, now(peer) + 1);
      equalPartitions.delete(peer);
    },
  };
}

/**
 * Who owns less than before may give away what it held, and is forgotten. To be called when lists
 * changed. Where nobody can own less (somebody comes in), no list is worked out for it.
 */
export function forgetWhoOwnsLess(
  copies: Pick<KnownCopies, 'forget'>,
  lists: RingLists,
  before: RingLists,
): void {
  const stays = before.changing.every(
    (peer) => lists.after(peer)?.basis === before.after(peer)?.basis,
  );
  if (stays && lists.settled.basis === before.settled.basis) return;
  for (const peer of new Set([...before.settled.storing, ...before.changing])) {
    const owned = lists.keptBy(peer);
    if ([...before.keptBy(peer)].some((one) => !owned.has(one))) copies.forget(peer);
  }
}
