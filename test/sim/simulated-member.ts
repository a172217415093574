import { isAppError } from '../../src-main/base/app-error.ts';
import { createLogger, type Logger } from '../../src-main/base/logger.ts';
import { createMetrics, type Metrics } from '../../src-main/base/metrics.ts';
import type { ItemKey, PartitionKey, PeerId } from '../../src-main/domain/ids.ts';
import type { RunningReplication } from '../../src-main/replication/replication-floor.ts';
import type { RingMemberTable } from '../../src-main/replication/ring-member-table.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import type { ItemStore, ItemStoreEvents } from '../../src-main/storage/item-store.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import type { AccountKit } from './account-kit.ts';
import { createMachineClock } from './machine-clock.ts';
import { openMember, type MemberInit, type MemberLife } from './member-life.ts';
import type { MachineKeys, RingFixture } from './ring-fixture.ts';
import type { SeededRandom } from './seeded-random.ts';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface MemberComponents {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly fixture: RingFixture;
  /** Each log line, with the member's name. */
  readonly log?: (line: string) => void;
  onChanged?(member: SimulatedMember, event: ItemStoreEvents['changed']): void;
  onOutbox?(member: SimulatedMember, key: ItemKey): void;
  onEpochRenewed?(member: SimulatedMember, reason: string): void;
  /** Items are about to leave its disk. */
  onLeaving?(member: SimulatedMember, keys: readonly ItemKey[]): Promise<void>;
}

export interface StartOptions {
  readonly blind?: boolean;
  readonly memberEntries?: readonly Uint8Array[];
}

/** One machine of the ring: its disk outlives its processes. */
export interface SimulatedMember {
  readonly name: string;
  readonly peer: PeerId;
  readonly machine: MachineKeys;
  readonly init: MemberInit;
  readonly isUp: boolean;
  readonly metrics: Metrics;
  readonly replication: RunningReplication;
  readonly members: RingMemberTable;
  readonly store: ItemStore;
  /**
   * @param options.blind the store cannot tell that it was put back.
   * @param options.memberEntries what the answer to its join brought.
   */
  start(options?: StartOptions): Promise<void>;
  /** Stops as a person stops it. */
  stop(): Promise<void>;
  /** kill -9, and the machine's power with it: what was not synced is gone. */
  crash(): void;
  /** The lid is closed: nothing runs here until it wakes, and nothing is lost. */
  sleep(): void;
  wake(): void;
  readonly isAsleep: boolean;
  /** Moves its wall clock. */
  jumpClock(ms: number): void;
  /** What goes wrong with the disk of the running process. */
  readonly diskFaults: Pick<SimulatedDisk, 'failCommits' | 'setFull'>;
  /** Its disk is full or failing, or was a moment ago. */
  readonly troubled: boolean;
  /** Any disk of it ever failed. */
  readonly wasTroubled: boolean;
  /** It is logged in to this account. */
  holdsAccount(account: PartitionKey): boolean;
  /** An empty disk in the place of its own; only while down. */
  wipe(): void;
  /** What is on it, for checkers. */
  readonly disk: MemoryDisk;
  /** Reads all of the running store; false when something of it is damaged. */
  isSound(): Promise<boolean>;
  /** A copy of the disk as it is now. */
  backup(): MemoryDisk;
  /** Puts a copy in the disk's place; only while down. */
  restore(copy: MemoryDisk): void;
}

export function createSimulatedMember(
  init: MemberInit,
  components: MemberComponents,
): SimulatedMember {
  const { fixture, network } = components;
  const clock = createMachineClock(components.clock);
  clock.jump(init.wallOffsetMs ?? 0);
  const { machine } = init;
  const accounts = init.holds
    ? fixture.accounts.filter((_, i) => init.accounts?.includes(i) ?? true)
    : [];
  const random = components.random.fork(machine.name);
  let disk = createMemoryDisk({ random });
  let life: MemberLife | undefined;
  let wasTroubled = false;
  let metrics = createMetrics();

  function running(): MemberLife {
    if (life === undefined) throw new Error(`${machine.name} is down`);
    return life;
  }
  async function begin(options: StartOptions): Promise<void> {
    const { blind = false } = options;
    metrics = createMetrics();
    const logger = loggerOf(machine.name, components.clock, components.log);
    const onDisk = createSimulatedDisk({ syncMs: [0.2, 3], blind }, { disk, clock, random });
    const parts = { ...components, clock, random, logger, metrics };
    const leaving = async (keys: readonly ItemKey[]) => components.onLeaving?.(member, keys);
    life = await openMember({ ...init, ...options }, { ...parts, leaving }, onDisk);
    const { store, replication, members } = life;
    store.items.on('changed', (event) => components.onChanged?.(member, event));
    store.items.on('outbox', ({ key }) => components.onOutbox?.(member, key));
    replication.on('epochRenewed', ({ reason }) => components.onEpochRenewed?.(member, reason));
    members.on('changed', () => network.node(member.peer)?.refresh());
    await replication.start();
  }
  const member: SimulatedMember = {
    name: machine.name,
    peer: machine.peer.peerId,
    machine,
    init,
    get isUp() {
      return life !== undefined;
    },
    get metrics() {
      return metrics;
    },
    get replication() {
      return running().replication;
    },
    get members() {
      return running().members;
    },
    get store() {
      return running().store.items;
    },
    async start(options = {}) {
      await begin(options).catch(async (error: unknown) => {
        // As the shells do (served-peer.ts): damage met by the first reads is noted in the store.
        if (!isAppError(error, 'STORE_DAMAGED')) throw error;
        await life?.store.stop();
        network.leave(member.peer);
        await begin(options);
      });
      const { replication } = running();
      for (const kit of accounts) {
        const { device, signing } = kit.deviceOf(machine);
        const partitionKey = kit.account;
        replication.hold({ partitionKey, device, sign: (bytes) => signing.sign(bytes) });
      }
    },
    async stop() {
      const { replication, store } = running();
      await replication.stop();
      network.leave(member.peer);
      await store.stop();
      life = undefined;
    },
    crash() {
      const gone = running();
      life = undefined;
      gone.disk.crash();
      network.leave(member.peer);
      // Its loops end; nothing they do reaches anybody.
      gone.replication.stop().catch(() => undefined);
    },
    get isAsleep() {
      return clock.asleep;
    },
    sleep() {
      clock.sleep();
      network.review(member.peer);
    },
    wake() {
      clock.wake();
      network.review(member.peer);
    },
    jumpClock(ms) {
      clock.jump(ms);
    },
    get diskFaults() {
      wasTroubled = true;
      return running().disk;
    },
    get troubled() {
      return life?.disk.troubled === true;
    },
    get wasTroubled() {
      return wasTroubled;
    },
    holdsAccount: (account) => accounts.some((kit) => kit.account === account),
    wipe() {
      if (life !== undefined) throw new Error('only the disk of a machine that is down');
      disk = createMemoryDisk({ random });
    },
    get disk() {
      return disk;
    },
    backup: () => disk.copy(),
    async isSound() {
      const { state } = await running().store.verify();
      return state !== 'damaged';
    },
    restore(copy) {
      if (life !== undefined) throw new Error('only a machine that is down can be restored');
      disk = copy;
    },
  };
  return member;
}

/** Writes the account's devices on this member, as the first log-in does. */
export async function writeDevices(member: SimulatedMember, kit: AccountKit): Promise<void> {
  const key = { partitionKey: kit.account, sortKey: DEVICES_SORT_KEY };
  await member.replication.put([
    {
      key,
      actorOf: (epoch) => actorOf(member.machine.peer.publicKey, epoch, kit.account),
      build: (given) => kit.devicesVersion(member.machine, given),
    },
  ]);
}

function loggerOf(
  name: string,
  clock: VirtualClock,
  log: ((line: string) => void) | undefined,
): Logger {
  return createLogger({
    level: 'debug',
    write: ({ level, scope, message, fields }) => {
      if (log === undefined) return;
      const at = clock.now().toFixed(1).padStart(10);
      log(`${at} ${name} ${level} ${scope}: ${message} ${JSON.stringify(fields)}`);
    },
  });
}
