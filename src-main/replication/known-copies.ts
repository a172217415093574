import { itemKeyString, type Hash, type PartitionKey, type PeerId } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';

const MAX_VERSIONS = 20_000;
const MAX_ITEMS = 50_000;

/**
 * Who is known to hold what, from answers and comparisons of this process; so that what a person is
 * told of a version that came from elsewhere is true. Forgotten at a restart, learnt again.
 */
export interface KnownCopies {
  /** The peer showed or said that it holds this version (or one that covers it). */
  held(hash: Hash, peer: PeerId): void;
  /** Where the account stands now; to be taken before its digest is read. */
  mark(account: PartitionKey): number;
  /** At `mark` the peer held all that this member held of the account. */
  equal(account: PartitionKey, peer: PeerId, mark: number): void;
  of(version: SignedVersion): ReadonlySet<PeerId>;
}

export function createKnownCopies(components: { readonly store: ItemStore }): KnownCopies {
  const holders = new Map<Hash, Set<PeerId>>();
  const equals = new Map<PartitionKey, Map<PeerId, number>>();
  /** When each item last changed here, by a counter of changes; older ones count as `floor`. */
  const changed = new Map<string, number>();
  let floor = 0;
  let changes = 0;

  components.store.on('changed', ({ key }) => {
    const name = itemKeyString(key);
    changed.delete(name);
    changed.set(name, ++changes);
    if (changed.size <= MAX_ITEMS) return;
    const [oldest] = changed;
    if (oldest === undefined) return;
    changed.delete(oldest[0]);
    floor = oldest[1];
  });
  return {
    held(hash, peer) {
      const set = holders.get(hash) ?? new Set();
      holders.delete(hash);
      holders.set(hash, set.add(peer));
      const [oldest] = holders.keys();
      if (holders.size > MAX_VERSIONS && oldest !== undefined) holders.delete(oldest);
    },
    mark: () => changes,
    equal(account, peer, mark) {
      const marks = equals.get(account) ?? new Map<PeerId, number>();
      equals.set(account, marks.set(peer, Math.max(mark, marks.get(peer) ?? 0)));
    },
    of(version) {
      const out = new Set(holders.get(version.hash));
      const since = changed.get(itemKeyString(version.key)) ?? floor;
      for (const [peer, mark] of equals.get(version.key.partitionKey) ?? []) {
        if (mark >= since) out.add(peer);
      }
      return out;
    },
  };
}
