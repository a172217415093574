import { isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Random } from '../base/random.ts';
import { within } from '../base/waiting.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import type { Placement } from '../domain/placement.ts';
import type { ChangePlan, RingChange } from '../domain/plan-change.ts';
import { goodbyeNotice } from '../network/messages/goodbye.ts';
import type { Transport } from '../network/transport.ts';
import type { Verifier } from '../security/ed25519.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import { keptByEach, planFromHere, type Keeps } from './change-plan.ts';
import { createAccountDifferences } from './account-differences.ts';
import { buildFloor, type Floor } from './floor-parts.ts';
import { createFloorLoops } from './floor-loops.ts';
import { registerHandlers } from './handlers/register.ts';
import type { Reissuer } from './reissuer.ts';
import type { Replication, ReplicationEvents } from './replication.ts';
import type { RingMemberTable } from './ring-member-table.ts';
import type { PartitionList } from './ring-view.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';
import { transfersOf, type Transfer } from './transfer-view.ts';

export interface ReplicationInit {
  readonly timings?: Partial<Timings>;
}

export interface ReplicationComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Started. */
  readonly store: ItemStore;
  /** Beside the items, on the same disk. */
  readonly records: Pick<RecordStore, 'get' | 'put' | 'list'>;
  /** Not started yet: the floor registers its verbs first. */
  readonly transport: Transport;
  readonly members: RingMemberTable;
  readonly verifier: Verifier;
  readonly reissuer: Reissuer;
}

/** The floor with what status and doctor ask of it besides. */
export interface RunningReplication extends Replication {
  /** Where the lists stand now; for the ring's drawing and its plan. */
  readonly placement: Placement;
  listOf(account: PartitionKey): PartitionList;
  isReachable(peer: PeerId): boolean;
  /** Own writes that some owner still lacks. */
  outboxSize(): Promise<number>;
  /** What a change of the ring would move, by the table and by what lies here. */
  plan(change: RingChange): Promise<ChangePlan>;
  /** What each storing member keeps, as far as this machine keeps the same. */
  kept(): Promise<readonly Keeps[]>;
  /** What moves in the ring now, and how far it is. */
  transfers(): readonly Transfer[];
  /** Versions kept for a member until it is back; at most 1,000 are counted. */
  hintsFor(peer: PeerId): Promise<number>;
}

const MAX_HINTS_COUNTED = 1000;

/**
 * Builds the floor and registers its verbs on the transport; `start` then begins its loops.
 * Stop it before the transport and the store: it says goodbye and waits for its work in flight.
 */
export function createReplication(
  init: ReplicationInit,
  components: ReplicationComponents,
): RunningReplication {
  const { transport, store, clock } = components;
  const logger = components.logger.scope('replication');
  const timings = { ...DEFAULT_TIMINGS, ...init.timings };
  const emitter = createEmitter<ReplicationEvents>((error) => {
    logger.error('a listener failed', { error: toAppError(error).message });
  });
  const floor = buildFloor({ timings }, { ...components, logger, emitter });
  registerHandlers({ ...components, logger }, floor);
  const { compare } = createAccountDifferences({ ...floor, store });
  const loops = createFloorLoops({ timings }, { ...components, logger }, floor);

  function sayGoodbye(): void {
    const body = goodbyeNotice.encodeRequest({ reason: 'stopping' });
    for (const peer of transport.connected()) transport.notify(peer, goodbyeNotice.verb, body);
  }
  return {
    on: (name, listener) => emitter.on(name, listener),
    start: () => loops.start(),
    async stop() {
      sayGoodbye();
      await loops.stop();
      floor.watches.close();
      await floor.background.close();
    },
    put: (requests, options) => floor.foreground.during(floor.puts.put(requests, options)),
    retry: (dot) => floor.puts.retry(dot),
    withdraw: (dot) => floor.puts.withdraw(dot),
    get: (key, options) => floor.foreground.during(floor.gets.get(key, options)),
    getBatch: (account, keys, options) => floor.gets.getBatch(account, keys, options),
    scan: (range, options) => floor.gets.scan(range, options),
    delivery(key) {
      floor.copyCheck.shown(key);
      return floor.deliveries.of(key);
    },
    hold(account) {
      floor.held.hold(account);
      floor.watcher.refresh();
    },
    release: (partitionKey) => {
      floor.held.release(partitionKey);
    },
    compare,
    async syncAccount(partitionKey, { timeoutMs, signal }) {
      let answered = 0;
      const limits = { clock, timeoutMs, signal, what: 'items of the account' };
      const all = within(limits, (until) =>
        floor.watcher.syncAll(partitionKey, until, () => answered++),
      );
      // Time that is up is an answer, too: so many have answered.
      await all.catch((error: unknown) => {
        if (!isAppError(error, 'TIMEOUT')) throw error;
      });
      return answered;
    },
    get placement() {
      return floor.view.placement;
    },
    listOf: (account) => floor.view.listOf(account),
    plan: (change) => planFromHere(change, components),
    kept: () => keptByEach(floor.view.placement, { self: floor.view.self, store }),
    transfers: () => transfersOf(floor),
    isReachable: (peer) => floor.detector.isReachable(peer),
    outboxSize: () => store.outboxSize(),
    hintsFor: async (peer) => (await store.hintsFor(peer, MAX_HINTS_COUNTED)).length,
  };
}

export type { Floor };
