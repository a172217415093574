import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { takenMessage, type ListedPartition } from '../network/messages/takeover.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountCompare } from './account-compare.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { FillMarks } from './fill-marks.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { HintHandoff } from './hint-handoff.ts';
import type { MemberCalls } from './member-calls.ts';
import type { OutboxDelivery } from './outbox-delivery.ts';
import type { RingMemberTable } from './ring-member-table.ts';
import type { RingView } from './ring-view.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { StrayItems } from './stray-items.ts';

const PAGE = 1024;
const HURRY_EVERY_MS = 5000;

/**
 * Ends this member's own change: when every partition that it alters is whole where it goes, the
 * member signs that it has what it wanted. Who leaves first hands over hints and outbox, and makes
 * sure that nothing is only here.
 */
export interface OwnershipSettle {
  /** Who still takes over; undefined when there is nothing under way. */
  round(signal: AbortSignal): Promise<void>;
  /** Members that this one's change waits for. */
  readonly waitingFor: ReadonlySet<PeerId>;
  /** How many partitions each had taken over for it, when it was last asked. */
  readonly takenBy: ReadonlyMap<PeerId, number>;
}

export function createOwnershipSettle(components: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly members: RingMemberTable;
  readonly detector: FailureDetector;
  readonly calls: MemberCalls;
  readonly exchange: AccountCompare;
  readonly handoff: HintHandoff;
  readonly fillMarks: FillMarks;
  readonly strays: StrayItems;
  readonly outbox: Pick<OutboxDelivery, 'hurry'>;
  /** An account held here: its items come and go by its sessions. */
  readonly held: Pick<HeldAccounts, 'has'>;
  readonly sessions: SessionKeeper;
  catchUp(peer: PeerId, signal: AbortSignal): Promise<void>;
}): OwnershipSettle {
  const { logger, store, view, members, detector, calls, exchange } = components;
  const { handoff, fillMarks, strays, held } = components;
  const { self } = view;
  const waitingFor = new Set<PeerId>();
  let takenBy: ReadonlyMap<PeerId, number> = new Map();
  let hurriedMs = Number.NEGATIVE_INFINITY;

  /** Of two that alter one list the smaller peer id goes first. */
  function mustWait(altered: ReadonlySet<number>): boolean {
    const before = view.lists.changing.filter((peer) => peer < self);
    const others = before.filter((peer) =>
      [...view.lists.altered(peer)].some((one) => altered.has(one)),
    );
    for (const peer of others) waitingFor.add(peer);
    return others.length > 0;
  }
  /** How many of the partitions the member has whole. */
  async function countTaken(
    peer: PeerId,
    parts: readonly ListedPartition[],
    signal: AbortSignal,
  ): Promise<number> {
    if (peer === self) return parts.filter(({ partition }) => fillMarks.isTaken(partition)).length;
    let taken = 0;
    for (let at = 0; at < parts.length; at += PAGE) {
      const asked = parts.slice(at, at + PAGE);
      const { each } = await calls.call(peer, takenMessage, { parts: asked }, { signal });
      if (each.length !== asked.length) return 0;
      taken += each.filter(Boolean).length;
    }
    return taken;
  }
  async function allTaken(altered: ReadonlySet<number>, signal: AbortSignal): Promise<boolean> {
    const byPeer = new Map<PeerId, ListedPartition[]>();
    for (const partition of altered) {
      const { pending, hash: listHash } = view.listOfPartition(partition);
      const change = pending.find((one) => one.peer === self);
      for (const peer of change?.incoming ?? []) {
        byPeer.set(peer, [...(byPeer.get(peer) ?? []), { partition, listHash }]);
      }
    }
    const counts = new Map<PeerId, number>();
    for (const [peer, parts] of byPeer) {
      const taken = await countTaken(peer, parts, signal).catch(() => 0);
      counts.set(peer, taken);
      if (taken === parts.length) waitingFor.delete(peer);
      else waitingFor.add(peer);
    }
    takenBy = counts;
    return [...byPeer.keys()].every((peer) => !waitingFor.has(peer));
  }
  /** Members that keep a partition compare under its list; a device compares by its session. */
  function isSame(owner: PeerId, account: PartitionKey, signal: AbortSignal): Promise<boolean> {
    if (view.isKeeper(account, self)) {
      return exchange.sync(owner, account, { listHash: view.listOf(account).hash, signal });
    }
    return components.sessions.within(owner, account, { signal }, () =>
      exchange.sync(owner, account, { listHash: null, signal }),
    );
  }
  /** Who leaves does not wait until a write that was refused once is sent again by itself. */
  function hurryWrites(): void {
    const now = components.clock.monotonicMs();
    if (now - hurriedMs < HURRY_EVERY_MS) return;
    hurriedMs = now;
    components.outbox.hurry();
  }
  /** Nothing that this member has is only here: hints, outbox, strays, partitions it gives up. */
  async function isHandedOver(signal: AbortSignal): Promise<boolean> {
    await handoff.deliverAll(signal);
    if ((await store.outboxSize()) > 0) {
      hurryWrites();
      return false;
    }
    if ((await store.hintOwners()).length > 0) return false;
    await strays.sweep(signal, { hurry: true });
    const after = view.lists.after(self) ?? view.lists.settled;
    const all = new Set(Array.from({ length: after.q }, (_, partition) => partition));
    for (const account of await store.accountsIn(all)) {
      // The owners of a stray let nobody compare it with them; handed over whole, it is gone here.
      const isStray = !view.isKeeper(account, self) && !held.has(account);
      for (const owner of after.owners(after.partitionOf(account))) {
        if (owner === self || (!isStray && (await isSame(owner, account, signal)))) continue;
        waitingFor.add(owner);
        return false;
      }
    }
    return true;
  }
  /** What the others know by now is known here: no change of theirs is passed over unseen. */
  async function agree(signal: AbortSignal): Promise<void> {
    for (const { peer } of members.all()) {
      if (peer === self || !detector.isReachable(peer)) continue;
      await components.catchUp(peer, signal).catch(() => undefined);
    }
  }
  return {
    waitingFor,
    get takenBy() {
      return takenBy;
    },
    async round(signal) {
      const own = members.get(self);
      const leaves = own?.state === 'leaving';
      waitingFor.clear();
      if (own === undefined || (own.wanted === undefined && !leaves)) return;
      const isReady = async (): Promise<boolean> => {
        const altered = view.lists.altered(self);
        if (mustWait(altered) || !(await allTaken(altered, signal))) return false;
        return !leaves || isHandedOver(signal);
      };
      try {
        if (!(await isReady())) return;
        const { lists } = view;
        await agree(signal);
        if (view.lists !== lists && !(await isReady())) return;
        await members.announce({ move: 'settle' });
      } catch (error) {
        logger.debug('a change could not be ended', { code: toAppError(error).code });
      }
    },
  };
}
