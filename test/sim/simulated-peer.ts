import { createApp, type App } from '../../src-main/app/app.ts';
import type { AppComponents } from '../../src-main/app/app-components.ts';
import type { RingServices } from '../../src-main/app/ring-lifecycle.ts';
import { isAppError } from '../../src-main/base/app-error.ts';
import type { Clock } from '../../src-main/base/clock.ts';
import type { Logger } from '../../src-main/base/logger.ts';
import { createMetrics, type Metrics } from '../../src-main/base/metrics.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import type { JoinDialog } from '../../src-main/network/join.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createPeerKey, type PeerKey } from '../../src-main/security/peer-key.ts';
import { isSigned } from '../../src-main/security/verify-version.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createMemorySecretStore } from '../../src-main/storage/memory-secret-store.ts';
import { createStore, type Store, type StoreOptions } from '../../src-main/storage/store.ts';
import { createMachineClock } from './machine-clock.ts';
import type { SeededRandom } from './seeded-random.ts';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.ts';
import { createSimulatedLifecycle, type Neighbourhood } from './simulated-lifecycle.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A whole peer, all floors but the shell, on a machine that can go wrong in every way. */
export interface SimulatedPeer {
  readonly name: string;
  readonly app: App;
  readonly store: Store;
  readonly disk: MemoryDisk;
  readonly metrics: Metrics;
  /** The peer id. */
  readonly peer: PeerId;
  /** The running floors of its ring; undefined while it is in none. */
  services(): RingServices | undefined;
  peerKey(): PeerKey;
  /** Strangers may speak the join protocol here now. */
  welcomesStrangers(): boolean;
  /** A dialog of the join protocol with whoever has this key. */
  joinDialog(newcomer: PeerId): JoinDialog;
  readonly isUp: boolean;
  readonly isAsleep: boolean;
  /** @param options.blind its store cannot tell that it was put back. */
  start(options?: { readonly blind?: boolean }): Promise<void>;
  stop(): Promise<void>;
  /** kill -9, and the power with it. */
  crash(): void;
  sleep(): void;
  wake(): void;
  jumpClock(ms: number): void;
  /** What is on its disk now, synced or not. */
  backup(): MemoryDisk;
  /** An older copy of its disk in its place; only while it is down. */
  restore(copy: MemoryDisk): void;
  /** Every record is read; false when one is damaged. */
  isSound(): Promise<boolean>;
  /** What goes wrong with its disk. */
  readonly diskFaults: Pick<SimulatedDisk, 'failCommits' | 'failReads' | 'setFull'>;
}

export interface PeerInit {
  readonly name: string;
  readonly random: SeededRandom;
  /** How long a sync takes. @default no time, and the disk never fails */
  readonly syncMs?: readonly [from: number, to: number];
  /** Bounds of its store. @default the product's own */
  readonly store?: StoreOptions;
  /** How wrong its wall clock is. @default 0 */
  readonly wallOffsetMs?: number;
  /** What runs people's own functions. @default none run */
  readonly functions?: AppComponents['functions'];
}

/** One life of its process. */
interface Life {
  readonly app: App;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly disk: SimulatedDisk | undefined;
  /** Nothing of it runs from now on. */
  kill(): void;
}

export function createSimulatedPeer(
  init: PeerInit,
  components: {
    readonly clock: VirtualClock;
    readonly neighbourhood: Neighbourhood;
    readonly logger: Logger;
  },
): SimulatedPeer {
  const { name, random } = init;
  const { neighbourhood, logger } = components;
  const { network } = neighbourhood;
  const clock = createMachineClock(components.clock);
  clock.jump(init.wallOffsetMs ?? 0);
  let disk = createMemoryDisk({ random: random.fork(`disk ${name}`) });
  const secrets = createMemorySecretStore();
  let lives = 0;
  let life: Life | undefined;
  /** Set before the app starts, since a ring is opened then. */
  let beginning: Pick<Life, 'store' | 'metrics'> & { clock: Clock; random: SeededRandom };

  const lifecycle = createSimulatedLifecycle(
    { name, random: random.fork(`key ${name}`), machineClock: clock },
    {
      neighbourhood,
      process: () => ({
        ...{ clock: beginning.clock, store: beginning.store, metrics: beginning.metrics, logger },
        random: beginning.random.fork('replication'),
      }),
    },
  );
  const peerId = (): PeerId => createPeerKey(lifecycle.peerSeed).peerId;
  const living = (): Life => {
    if (life === undefined) throw new Error(`${name} is down`);
    return life;
  };

  async function begin({ blind = false, again = false }): Promise<Life> {
    const mortal = createMortalClock(clock);
    const metrics = createMetrics();
    const own = random.fork(`app ${name} ${lives++}`);
    const basics = { clock: mortal.clock, random: own, logger };
    const { syncMs } = init;
    const slow =
      syncMs === undefined
        ? undefined
        : createSimulatedDisk(
            { syncMs, blind },
            { disk, clock: mortal.clock, random: own.fork('disk') },
          );
    const onDisk: Disk = slow ?? disk;
    const store = createStore(init.store ?? {}, {
      ...{ ...basics, metrics, readEnvelope, disk: onDisk },
      isSigned: (version) => isSigned(version, neighbourhood.verifier),
    });
    beginning = { ...{ store, metrics }, clock: mortal.clock, random: own };
    await store.start();
    const app = createApp(
      { version: '0.0.0', host: 'test', name },
      {
        ...basics,
        ...{ store: store.items, records: store.records, stream: store.stream },
        ...{ secrets, lifecycle },
        ...(init.functions !== undefined && { functions: init.functions }),
        machine: {
          diskSpace: () => Promise.resolve({ freeBytes: 6e10, totalBytes: 1e11 }),
          ports: () => [],
          interfaceTo: (host) => (host.startsWith('10.0.0.') ? 'eth0' : undefined),
          storeHealth: () => store.health(),
          isKept: () => Promise.resolve(true),
        },
      },
    );
    try {
      await app.start();
    } catch (error) {
      // As the shells do (served-peer.ts): damage met by the first reads is noted in the store.
      await app.stop();
      await store.stop();
      if (again || !isAppError(error, 'STORE_DAMAGED')) throw error;
      return begin({ blind, again: true });
    }
    const kill = (): void => {
      slow?.crash();
      mortal.end();
    };
    return { app, store, metrics, disk: slow, kill };
  }
  const peer: SimulatedPeer = {
    name,
    get disk() {
      return disk;
    },
    get app() {
      return living().app;
    },
    get store() {
      return living().store;
    },
    get metrics() {
      return living().metrics;
    },
    get peer() {
      return peerId();
    },
    services: () => neighbourhood.services.get(peerId()),
    peerKey: () => createPeerKey(lifecycle.peerSeed),
    joinDialog(newcomer) {
      const hooks = neighbourhood.hooks.get(peerId());
      if (hooks === undefined) throw new Error(`${name} is in no ring`);
      return hooks.openJoin(newcomer, '10.0.0.9');
    },
    welcomesStrangers: () => neighbourhood.hooks.get(peerId())?.strangersWelcome() === true,
    get isUp() {
      return life !== undefined;
    },
    get isAsleep() {
      return clock.asleep;
    },
    async start(options = {}) {
      life = await begin(options);
    },
    async stop() {
      if (life === undefined) return;
      const { app, store } = life;
      await app.stop();
      await store.stop();
      life = undefined;
    },
    crash() {
      const { kill } = living();
      life = undefined;
      kill();
      neighbourhood.hooks.delete(peerId());
      neighbourhood.services.delete(peerId());
      neighbourhood.doors.delete(peerId());
      network.leave(peerId());
    },
    sleep() {
      clock.sleep();
      network.review(peerId());
    },
    wake() {
      clock.wake();
      network.review(peerId());
    },
    jumpClock(ms) {
      clock.jump(ms);
    },
    backup: () => disk.copy(),
    restore(copy) {
      if (life !== undefined) throw new Error('only a machine that is down can be restored');
      disk = copy;
    },
    async isSound() {
      const { state } = await living().store.verify();
      return state !== 'damaged';
    },
    get diskFaults() {
      const { disk: slow } = living();
      if (slow === undefined) throw new Error(`the disk of ${name} never fails`);
      return slow;
    },
  };
  return peer;
}

/** A process's own view of its machine's clock: nothing of it runs after its end. */
function createMortalClock(clock: Clock): { readonly clock: Clock; end(): void } {
  let ended = false;
  return {
    clock: {
      wallMs: () => clock.wallMs(),
      monotonicMs: () => clock.monotonicMs(),
      schedule: (delayMs, run) =>
        clock.schedule(delayMs, () => {
          if (!ended) run();
        }),
    },
    end() {
      ended = true;
    },
  };
}
