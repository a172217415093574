import { AppError, toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { accountOrder, rangeHash, type PartitionRange } from '../domain/merkle-tree.ts';
import {
  accountsMessage,
  type AccountNode,
  type AccountsAnswer,
  type AccountsRequest,
} from '../network/messages/accounts.ts';
import { partitionsMessage } from '../network/messages/partitions.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountCompare } from './account-compare.ts';
import { forEachBounded } from './bounded-work.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import type { RingView } from './ring-view.ts';
import type { Sharing } from './shared-partitions.ts';

/** Nodes in one request. */
const NODES = 256;
/** Levels of the tree, whatever Q is: 32^4 > 65,536. */
const MAX_LEVELS = 5;
/** Accounts in one page. */
const ACCOUNTS = 500;
/** Accounts compared at once with one peer. */
const WIDTH = 4;

/**
 * Anti-entropy of all that two members both keep (Dynamo §4.7): one root over it, then down. One
 * message when all is equal, however many accounts there are.
 */
export interface PartitionCompare {
  /** @throws OTHER_LIST when the peer goes by other lists: both should catch up first. */
  compare(peer: PeerId, signal: AbortSignal): Promise<void>;
}

export function createPartitionCompare(components: {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly sharing: Sharing;
  readonly calls: MemberCalls;
  readonly copies: KnownCopies;
  readonly exchange: AccountCompare;
}): PartitionCompare {
  const { logger, metrics, store, view, sharing, calls, copies, exchange } = components;

  /** The partitions that differ at the peer. Equal ones are noted as such. */
  async function differing(peer: PeerId, signal: AbortSignal): Promise<readonly number[]> {
    const { partitions, listsHash } = sharing(peer);
    if (partitions.length === 0) return [];
    const mark = copies.mark();
    const own = await store.trees.partitions(partitions);
    const node = (range: PartitionRange) => ({ ...range, hash: rangeHash(range, own) ?? null });
    const leaves = new Set<number>();
    let open = [node({ first: 0, count: view.placement.q })];
    for (let level = 0; open.length > 0 && level < MAX_LEVELS; level++) {
      const next: typeof open = [];
      for (let at = 0; at < open.length; at += NODES) {
        const request = { listsHash, nodes: open.slice(at, at + NODES) };
        const { children } = await calls.call(peer, partitionsMessage, request, { signal });
        checkSideBySide(children, view.placement.q);
        for (const child of children) {
          const mine = node(child);
          if (mine.hash === child.hash) continue;
          if (child.count === 1) leaves.add(child.first);
          else next.push(mine);
        }
      }
      open = next;
    }
    const differ = partitions.filter((partition) => leaves.has(partition));
    copies.equalPartitions(
      peer,
      partitions.filter((partition) => !leaves.has(partition)),
      mark,
    );
    if (differ.length > 0) metrics.count('carrossel_exchange_differing_total');
    return differ;
  }
  /** The accounts of one partition that differ, page by page. */
  async function* accountsOf(
    peer: PeerId,
    partition: number,
    signal: AbortSignal,
  ): AsyncIterable<readonly PartitionKey[]> {
    const listHash = view.listOfPartition(partition).hash;
    for (let after: PartitionKey | null = null; ;) {
      const request: AccountsRequest = { listHash, partition, after, limit: ACCOUNTS };
      const page: AccountsAnswer = await calls.call(peer, accountsMessage, request, { signal });
      checkUpwards(after, page.accounts);
      const last: PartitionKey | undefined = page.more
        ? page.accounts.at(-1)?.partitionKey
        : undefined;
      yield unequal(await ownUpTo(partition, after, last), page.accounts);
      if (last === undefined) return;
      after = last;
    }
  }
  async function ownUpTo(partition: number, after: PartitionKey | null, last?: PartitionKey) {
    const out: AccountNode[] = [];
    for (let from = after ?? undefined; ;) {
      const some = await store.trees.accounts(partition, from, ACCOUNTS);
      const inside = some.filter(
        ({ partitionKey }) =>
          last === undefined || accountOrder(partitionKey) <= accountOrder(last),
      );
      out.push(...inside);
      if (some.length < ACCOUNTS || inside.length < some.length) return out;
      from = some.at(-1)?.partitionKey;
    }
  }
  /**
   * One of the two comes to own it: it takes it over by itself, held back (account-takeover.ts).
   * What is compared here is not, and would bring the same past that.
   */
  function isTakenOver(peer: PeerId, partition: number): boolean {
    const owners = view.lists.settled.owners(partition);
    return !owners.includes(peer) || !owners.includes(view.self);
  }
  return {
    async compare(peer, signal) {
      for (const partition of await differing(peer, signal)) {
        if (isTakenOver(peer, partition)) continue;
        for await (const accounts of accountsOf(peer, partition, signal)) {
          await forEachBounded(
            accounts,
            WIDTH,
            async (account) => {
              const listHash = view.listOfPartition(partition).hash;
              await exchange.sync(peer, account, { listHash, signal });
            },
            (error) => {
              const { code } = toAppError(error);
              logger.debug('an account could not be compared', { peer, code });
            },
          );
        }
      }
    },
  };
}

function unequal(
  ours: readonly AccountNode[],
  theirs: readonly AccountNode[],
): readonly PartitionKey[] {
  const left = new Map(ours.map(({ partitionKey, digest }) => [partitionKey, digest]));
  const out: PartitionKey[] = [];
  for (const { partitionKey, digest } of theirs) {
    if (left.get(partitionKey) !== digest) out.push(partitionKey);
    left.delete(partitionKey);
  }
  return [...out, ...left.keys()];
}

/** Nodes go upwards within the ring, so that looking at them costs no more than Q. */
function checkSideBySide(nodes: readonly PartitionRange[], q: number): void {
  let next = 0;
  for (const { first, count } of nodes) {
    if (first < next || first + count > q) {
      throw new AppError('BAD_ENCODING', 'Nodes that no tree has.');
    }
    next = first + count;
  }
}

/** Pages go upwards, or they would not end. */
function checkUpwards(after: PartitionKey | null, accounts: readonly AccountNode[]): void {
  let before = after === null ? '' : accountOrder(after);
  for (const { partitionKey } of accounts) {
    const order = accountOrder(partitionKey);
    if (order <= before) throw new AppError('BAD_ENCODING', 'Accounts that go downwards.');
    before = order;
  }
}
