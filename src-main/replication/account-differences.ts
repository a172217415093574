/**
 * What one member holds of an account otherwise than this one, by item, without moving anything:
 * for people who want to know whether everything is in step.
 */
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { digestHash } from '../domain/merkle-tree.ts';
import { listMessage, type ListAnswer } from '../network/messages/list.ts';
import { rangesMessage } from '../network/messages/ranges.ts';
import type { ItemStore, ItemSummary } from '../storage/item-store.ts';
import type { MemberCalls } from './member-calls.ts';
import type { SessionKeeper } from './session-keeper.ts';

/** An item that is not the same on both. */
export interface ItemDifference {
  readonly sortKey: string;
  /** Versions that stand here and not there, and the other way round. */
  readonly onlyHere: number;
  readonly onlyThere: number;
}

export interface AccountDifferences {
  /** [] when both hold the same. At most MAX_DIFFERENCES are listed. */
  compare(
    peer: PeerId,
    account: PartitionKey,
    signal: AbortSignal,
  ): Promise<readonly ItemDifference[]>;
}

export const MAX_DIFFERENCES = 100;
const PAGE = 500;
/** Pages looked at: an account of more items than this is told as differing, not in full. */
const MAX_PAGES = 40;

export function createAccountDifferences(components: {
  readonly store: ItemStore;
  readonly calls: MemberCalls;
  readonly sessions: Pick<SessionKeeper, 'within'>;
}): AccountDifferences {
  const { store, calls, sessions } = components;

  /** One small request when both hold the same. */
  async function isEqual(
    peer: PeerId,
    account: PartitionKey,
    signal: AbortSignal,
  ): Promise<boolean> {
    const [sum] = await store.trees.sums(account, [{}]);
    const ranges = [{ digest: digestHash(sum?.digest ?? 0n) }];
    const request = { listHash: null, partitionKey: account, ranges };
    const { differ } = await calls.call(peer, rangesMessage, request, { signal });
    return differ.length === 0;
  }
  async function ours(account: PartitionKey): Promise<Map<string, ItemSummary>> {
    const found = new Map<string, ItemSummary>();
    for (let after: string | undefined, page = 0; page < MAX_PAGES; page++) {
      const range = { partitionKey: account, limit: PAGE };
      const some = await store.summaries(after === undefined ? range : { ...range, after });
      for (const item of some) found.set(item.key.sortKey, item);
      after = some.at(-1)?.key.sortKey;
      if (some.length < PAGE) break;
    }
    return found;
  }
  async function theirs(
    peer: PeerId,
    account: PartitionKey,
    signal: AbortSignal,
  ): Promise<ListAnswer['items']> {
    const found: ListAnswer['items'][number][] = [];
    for (let after: string | undefined, page = 0; page < MAX_PAGES; page++) {
      const range = { partitionKey: account, limit: PAGE, ...(after !== undefined && { after }) };
      const answer = await calls.call(peer, listMessage, { listHash: null, range }, { signal });
      found.push(...answer.items);
      after = answer.items.at(-1)?.sortKey;
      if (!answer.more || after === undefined) break;
    }
    return found;
  }
  async function differences(
    peer: PeerId,
    account: PartitionKey,
    signal: AbortSignal,
  ): Promise<readonly ItemDifference[]> {
    if (await isEqual(peer, account, signal)) return [];
    const there = await theirs(peer, account, signal);
    const here = await ours(account);
    const out: ItemDifference[] = [];
    for (const { sortKey, names } of there) {
      const own = here.get(sortKey)?.versions.map(({ hash }) => hash) ?? [];
      here.delete(sortKey);
      const others = names.map(({ hash }) => hash);
      const onlyHere = own.filter((hash) => !others.includes(hash)).length;
      const onlyThere = others.filter((hash) => !own.includes(hash)).length;
      if (onlyHere + onlyThere > 0) out.push({ sortKey, onlyHere, onlyThere });
    }
    for (const [sortKey, { versions }] of here) {
      if (versions.length > 0) out.push({ sortKey, onlyHere: versions.length, onlyThere: 0 });
    }
    return out.slice(0, MAX_DIFFERENCES);
  }
  return {
    // Who does not own the account itself answers a session only, and nothing else may have opened
    // one on this connection.
    compare: (peer, account, signal) =>
      sessions.within(peer, account, { signal }, () => differences(peer, account, signal)),
  };
}
