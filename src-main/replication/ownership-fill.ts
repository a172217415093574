import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import {
  accountsMessage,
  type AccountsAnswer,
  type AccountsRequest,
} from '../network/messages/accounts.ts';
import { takeoverMessage } from '../network/messages/takeover.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountTakeover } from './account-takeover.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { FillMarks } from './fill-marks.ts';
import type { MemberCalls } from './member-calls.ts';
import type { RingView } from './ring-view.ts';

/** Partitions spoken of in one message: few, whose lists are hashed while requests wait. */
const PAGE = 128;
const ACCOUNTS_PAGE = 500;

export interface FillProgress {
  /** Bytes and items named by the members it is taken from, and how many of them are here. */
  readonly items: { readonly done: number; readonly total: number };
  readonly bytes: { readonly done: number; readonly total: number };
}

/**
 * Takes over whole what this member comes to own, or owns and lacks (decision 0104): each partition
 * from so many members that every acknowledged write is at one of them, each asked under the list
 * in which this one is coming in.
 */
export interface OwnershipFill {
  /** One round; what cannot be taken now is left to the next. True when nothing is left. */
  round(signal: AbortSignal): Promise<boolean>;
  readonly progress: FillProgress;
}

/** How far one partition is under one list. */
interface Taking {
  readonly hash: string;
  /** True: the member has it whole itself. */
  readonly from: Map<PeerId, boolean>;
}

export function createOwnershipFill(components: {
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly calls: MemberCalls;
  readonly takeover: AccountTakeover;
  readonly fillMarks: FillMarks;
  catchUp(peer: PeerId, signal: AbortSignal): Promise<void>;
}): OwnershipFill {
  const { logger, store, view, detector, calls, takeover, fillMarks } = components;
  const takings = new Map<number, Taking>();
  let progress = noProgress();

  function takingOf(partition: number): Taking {
    const hash = view.lists.listHash(partition);
    const known = takings.get(partition);
    if (known?.hash === hash) return known;
    const begun = { hash, from: new Map<PeerId, boolean>() };
    takings.set(partition, begun);
    return begun;
  }
  /** The other members it can be taken from. */
  function sourcesOf(partition: number): readonly PeerId[] {
    const now = view.lists.settled.owners(partition);
    const all = new Set([...fillMarks.sources.owners(partition), ...now]);
    return [...all].filter((peer) => peer !== view.self);
  }
  function isWhole(partition: number): boolean {
    const { from } = takingOf(partition);
    const others = sourcesOf(partition);
    const { n, w } = fillMarks.sources;
    const whole = others.filter((peer) => from.get(peer) === true).length;
    // Nobody has more than all of them together.
    return whole >= n - w + 1 || others.every((peer) => from.has(peer));
  }
  /** True when all that the member has of the partition is here. */
  async function takeAccounts(
    peer: PeerId,
    partition: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    let isAllHere = true;
    const { hash: listHash } = view.listOfPartition(partition);
    let after: PartitionKey | null = null;
    for (;;) {
      const request: AccountsRequest = { listHash, partition, after, limit: ACCOUNTS_PAGE };
      const answer: AccountsAnswer = await calls.call(peer, accountsMessage, request, { signal });
      for (const { partitionKey, digest, items, bytes } of answer.accounts) {
        if (((await store.accountDigest(partitionKey)) as Hash) === digest) continue;
        grow('total', items, bytes);
        const moved = (a: number, b: number): void => {
          grow('done', a, b);
        };
        if (!(await takeover.take(peer, partitionKey, moved, signal))) isAllHere = false;
      }
      after = answer.accounts.at(-1)?.partitionKey ?? null;
      if (!answer.more || after === null) return isAllHere;
    }
  }
  function grow(what: 'done' | 'total', items: number, bytes: number): void {
    const { items: i, bytes: b } = progress;
    progress = {
      items: { ...i, [what]: i[what] + items },
      bytes: { ...b, [what]: b[what] + bytes },
    };
  }
  async function takeFrom(
    peer: PeerId,
    partitions: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const asked = partitions.map((partition) => ({
      ...{ partition, taking: takingOf(partition) },
      listHash: view.listOfPartition(partition).hash,
    }));
    const { each } = await calls.call(peer, takeoverMessage, { parts: asked }, { signal });
    const own = await store.trees.partitions(partitions);
    let differs = false;
    for (const [i, { state, hash }] of each.entries()) {
      const one = asked[i];
      if (one === undefined) continue;
      differs ||= state === 'other list';
      if (state === 'other list') continue;
      const same = hash === null || own.get(one.partition) === hash;
      // What is not given now is asked for again in the next round; the others go on meanwhile.
      if (!same && !(await takeAccounts(peer, one.partition, signal))) continue;
      if (view.lists.listHash(one.partition) === one.taking.hash) {
        one.taking.from.set(peer, state === 'kept');
      }
    }
    if (differs) await components.catchUp(peer, signal);
  }
  async function takeAll(peer: PeerId, signal: AbortSignal): Promise<void> {
    const wanted = fillMarks
      .lacking()
      .filter((one) => sourcesOf(one).includes(peer) && !takingOf(one).from.has(peer))
      .filter((one) => !isWhole(one));
    for (let at = 0; at < wanted.length && !signal.aborted; at += PAGE) {
      await takeFrom(peer, wanted.slice(at, at + PAGE), signal);
    }
  }
  /** Marks what is whole by now, durably. */
  async function note(): Promise<void> {
    const done = fillMarks.lacking().filter(isWhole);
    if (done.length === 0) return;
    await fillMarks.filled(new Map(done.map((one) => [one, takingOf(one).hash])));
    for (const one of done) takings.delete(one);
  }
  return {
    get progress() {
      return progress;
    },
    async round(signal) {
      await note();
      const lacking = fillMarks.lacking();
      if (lacking.length === 0) {
        progress = noProgress();
        return true;
      }
      const peers = new Set(lacking.flatMap(sourcesOf));
      for (const peer of peers) {
        if (signal.aborted || !detector.isReachable(peer)) continue;
        await takeAll(peer, signal).catch((error: unknown) => {
          const { code } = toAppError(error);
          logger.debug('partitions could not be taken over', { peer, code });
        });
        await note();
      }
      return fillMarks.lacking().length === 0;
    },
  };
}

function noProgress(): FillProgress {
  return { items: { done: 0, total: 0 }, bytes: { done: 0, total: 0 } };
}
