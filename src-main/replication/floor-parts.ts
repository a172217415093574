/**
 * What the floor is made of and who needs whom, bottom-up. Nothing here does anything by itself:
 * handlers (handlers/register.ts) and loops (floor-loops.ts) call it.
 */
import { toAppError } from '../base/app-error.ts';
import type { Emitter } from '../base/emitter.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import { createAccountCompare } from './account-compare.ts';
import { createAccountQuota, type AccountQuota } from './account-quota.ts';
import { createAccountTakeover } from './account-takeover.ts';
import { createBackground, type Background } from './bounded-work.ts';
import { createContextMend } from './context-mend.ts';
import { createCopyCheck, type CopyCheck } from './copy-check.ts';
import { createDeliveries, type Deliveries } from './delivery-status.ts';
import { createDeviceDirectories, type DeviceDirectories } from './device-directories.ts';
import { createDevicesTeller, type DevicesTeller } from './devices-teller.ts';
import { createEpochGuard, type EpochGuard } from './epoch-guard.ts';
import { createFailureDetector, type FailureDetector } from './failure-detector.ts';
import { createFillMarks, type FillMarks } from './fill-marks.ts';
import { createForeground, type Foreground } from './foreground.ts';
import { createFirstContact, type FirstContact } from './first-contact.ts';
import { createGetCoordinator, type GetCoordinator } from './get-coordinator.ts';
import { createGossip, type Gossip } from './gossip.ts';
import { createHeldAccounts, type HeldAccounts } from './held-accounts.ts';
import { createHeldCompare, type HeldCompare } from './held-compare.ts';
import { createHintHandoff, type HintHandoff } from './hint-handoff.ts';
import { createHintShare, type HintShare } from './hint-share.ts';
import { createIntake, isOffence, type Intake } from './intake.ts';
import { createKnownCopies, type KnownCopies } from './known-copies.ts';
import { createMeeting, type Meeting } from './meeting.ts';
import { createMemberCalls, type MemberCalls } from './member-calls.ts';
import { createOutboxDelivery, type OutboxDelivery } from './outbox-delivery.ts';
import { createOutboxReissue } from './outbox-reissue.ts';
import { createOwnCounters, type OwnCounters } from './own-counters.ts';
import { createOwnershipFill, type OwnershipFill } from './ownership-fill.ts';
import { createOwnershipSettle, type OwnershipSettle } from './ownership-settle.ts';
import { createPartitionCompare } from './partition-compare.ts';
import { createPutCoordinator, type PutCoordinator } from './put-coordinator.ts';
import { createPutSender, type PutSender } from './put-sender.ts';
import { createQuarantine } from './quarantine.ts';
import { createReadRepair } from './read-repair.ts';
import type { ReplicationComponents } from './replication-floor.ts';
import type { ReplicationEvents } from './replication.ts';
import { createRingView, type RingView } from './ring-view.ts';
import { createSessionBook, type SessionBook } from './session-book.ts';
import { createSessionKeeper, type SessionKeeper } from './session-keeper.ts';
import { createSharing, type Sharing } from './shared-partitions.ts';
import { createStrayItems, type StrayItems } from './stray-items.ts';
import type { Timings } from './timings.ts';
import { createVersionPull, type VersionPull } from './version-pull.ts';
import { createWatchClient, type WatchClient } from './watch-client.ts';
import { createWatchServer, type WatchServer } from './watch-server.ts';

/** From outside, with the floor's own events. */
export type Outside = ReplicationComponents & { readonly emitter: Emitter<ReplicationEvents> };

/** What knows of members, calls and own names, and writes nothing. */
interface Basis {
  readonly background: Background;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly calls: MemberCalls;
  readonly gossip: Gossip;
  readonly held: HeldAccounts;
  readonly directories: DeviceDirectories;
  readonly counters: OwnCounters;
  readonly copies: KnownCopies;
  readonly book: SessionBook;
  readonly fillMarks: FillMarks;
  readonly foreground: Foreground;
  readonly sharing: Sharing;
  /** Owned here or taken over, or an account held here. */
  keeps(account: PartitionKey): boolean;
  /** Counts what no working member does against the peer, and cuts it. */
  penalty(peer: PeerId, error: unknown): void;
}

/** The way in, the way out, and what watches over own names. */
interface Traffic {
  readonly guard: EpochGuard;
  readonly contact: FirstContact;
  readonly intake: Intake;
  readonly sessions: SessionKeeper;
  readonly sender: PutSender;
  readonly outbox: OutboxDelivery;
  readonly pull: VersionPull;
}

export interface Floor extends Basis, Traffic {
  readonly puts: PutCoordinator;
  readonly gets: GetCoordinator;
  readonly deliveries: Deliveries;
  readonly copyCheck: CopyCheck;
  readonly handoff: HintHandoff;
  readonly hintShare: HintShare;
  readonly quota: AccountQuota;
  readonly teller: DevicesTeller;
  readonly strays: StrayItems;
  readonly meeting: Meeting;
  readonly watches: WatchServer;
  readonly watcher: WatchClient;
  readonly heldCompare: HeldCompare;
  readonly fill: OwnershipFill;
  readonly settling: OwnershipSettle;
}

export function buildFloor(init: { readonly timings: Timings }, outside: Outside): Floor {
  const basis = buildBasis(init, outside);
  const traffic = buildTraffic(init, outside, basis);
  const lower = { ...outside, ...basis, ...traffic };
  const repair = createReadRepair(lower);
  const quarantine = createQuarantine(lower);
  const exchange = createAccountCompare({ ...lower, quarantine });
  const partitions = createPartitionCompare({ ...lower, exchange });
  const handoff = createHintHandoff(init, lower);
  const { emitter } = lower;
  const gets = createGetCoordinator(init, { ...lower, repair, catchUp: basis.gossip.catchUp });
  const deliveries = createDeliveries(lower);
  const synced = (partitionKey: PartitionKey, peer: PeerId): void => {
    emitter.emit('synced', { partitionKey, peer });
  };
  const watcher = createWatchClient({ ...lower, exchange, synced });
  const { catchUp } = basis.gossip;
  const takeover = createAccountTakeover(init, lower);
  const strays = createStrayItems(lower);
  return {
    ...basis,
    ...traffic,
    handoff,
    hintShare: createHintShare({}, lower),
    quota: createAccountQuota({}, lower),
    teller: createDevicesTeller(lower),
    puts: createPutCoordinator(lower),
    gets,
    deliveries,
    copyCheck: createCopyCheck({
      ...lower,
      gets,
      deliveries,
      moved: (key) => {
        emitter.emit('delivery', { key });
      },
    }),
    fill: createOwnershipFill({ ...lower, takeover, catchUp }),
    settling: createOwnershipSettle({ ...lower, exchange, handoff, strays, catchUp }),
    strays,
    meeting: createMeeting({ ...lower, handoff, partitions }),
    watches: createWatchServer(init, lower),
    watcher,
    heldCompare: createHeldCompare({ ...lower, watcher, synced }),
  };
}

function buildBasis(init: { readonly timings: Timings }, outside: Outside): Basis {
  const { logger, metrics, members, transport, store, records } = outside;
  const listenerFailed = (error: unknown): void => {
    logger.error('a listener failed', { error: toAppError(error).message });
  };
  const background = createBackground({
    onError: (what, error) => {
      logger.warn('background work failed', { what, code: toAppError(error).code });
    },
  });
  const view = createRingView({ members, onError: listenerFailed });
  const detector = createFailureDetector(outside);
  const calls = createMemberCalls(init, { ...outside, detector });
  const held = createHeldAccounts(listenerFailed);
  const directories = createDeviceDirectories(outside);
  const counters = createOwnCounters(
    { self: transport.self },
    { store, records, logger, isOnline: () => transport.connected().length > 0 },
  );
  const lower = { ...outside, background, view, calls, held, directories, counters };
  return {
    ...{ background, view, detector, calls, held, directories, counters },
    gossip: createGossip(init, lower),
    copies: createKnownCopies({
      store,
      partitionOf: (account) => view.placement.partitionOf(account),
    }),
    book: createSessionBook(lower),
    fillMarks: createFillMarks(lower),
    foreground: createForeground(outside),
    sharing: createSharing(lower),
    keeps: (account) => held.has(account) || view.isKeeper(account, view.self),
    penalty(peer, error) {
      if (!isOffence(error)) return;
      const { code } = toAppError(error);
      metrics.count('carrossel_offences_total', { code });
      logger.warn('a member sent what no working member sends', { peer, code });
      transport.offence(peer, code);
    },
  };
}

function buildTraffic(
  init: { readonly timings: Timings },
  outside: Outside,
  basis: Basis,
): Traffic {
  const { emitter, logger, members, metrics, store, transport } = outside;
  const { gossip, copies, background } = basis;
  const lower = { ...outside, ...basis };
  const reissue = createOutboxReissue(lower);
  const guard = createEpochGuard({
    ...lower,
    async reissue(abandoned, disputed) {
      const isConfirmed = (hash: Hash): boolean => outbox.isConfirmed(hash);
      const list = await reissue.run(abandoned, isConfirmed, disputed);
      outbox.replaced(list);
      return list.map(({ old }) => old.hash);
    },
    renewed: (reason) => {
      basis.fillMarks.clear();
      emitter.emit('epochRenewed', { reason });
    },
    distrusted(peer) {
      metrics.count('carrossel_offences_total', { code: 'UNPROVEN_COUNTER' });
      transport.disconnect(peer, 'UNPROVEN_COUNTER');
    },
  });
  store.on('duplicateDot', (duplicate) => {
    const { key, dot } = duplicate;
    logger.error('two versions bear one name', { item: key.sortKey, actor: dot.actor });
    metrics.count('carrossel_duplicate_dots_total');
    emitter.emit('duplicateDot', duplicate);
  });
  const intake = createIntake({ ring: members.ring }, { ...lower, guard });
  const contact = createFirstContact({ ...lower, guard });
  const pull = createVersionPull({ ...lower, intake });
  const sessions = createSessionKeeper({ ring: members.ring }, { ...lower, intake, pull });
  const sender = createPutSender(init, {
    ...lower,
    sessions,
    contact: (peer, { key }) => contact.with(peer, key.partitionKey),
    catchUp: gossip.catchUp,
  });
  const mending = createContextMend({ ...lower, sessions, guard, intake, reissue });
  const outbox = createOutboxDelivery(init, {
    ...lower,
    guard,
    sender,
    async mend(version, owner) {
      const replaced = await mending.mend(version, owner, background.signal);
      if (replaced !== undefined) outbox.replaced([replaced]);
    },
    moved: (key) => {
      emitter.emit('delivery', { key });
    },
    held: (version, peer) => {
      copies.held(version.hash, peer);
    },
  });
  return { guard, contact, intake, sessions, sender, outbox, pull };
}
