import { createApp, type App } from '../../src-main/app/app.ts';
import type { AppComponents } from '../../src-main/app/app-components.ts';
import type {
  JoinTalk,
  RingHooks,
  RingLifecycle,
  RingServices,
} from '../../src-main/app/ring-lifecycle.ts';
import { AppError, isAppError } from '../../src-main/base/app-error.ts';
import { createSilentLogger, type Logger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createReplication } from '../../src-main/replication/replication-floor.ts';
import { createMemberTable } from '../../src-main/replication/ring-member-table.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createPeerKey, newSeed } from '../../src-main/security/peer-key.ts';
import { isSigned } from '../../src-main/security/verify-version.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { createMemorySecretStore } from '../../src-main/storage/memory-secret-store.ts';
import { createMemoryStore } from '../../src-main/storage/memory-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createSimulatedNetwork } from '../sim/simulated-network.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';
import type { Machine } from './machine.ts';

export type { Machine } from './machine.ts';

/** Machines in one simulated network, in virtual time. */
export type Household = ReturnType<typeof createHousehold>;

/** @param seed replays the run. */
export function createHousehold(seed: string, logger: Logger = createSilentLogger()) {
  const clock = createVirtualClock();
  const random = createSeededRandom(seed);
  const network = createSimulatedNetwork({}, { clock, random });
  const hooksOf = new Map<PeerId, RingHooks>();
  const servicesOf = new Map<PeerId, RingServices>();
  const verifier = createVerifier();
  const machines: Machine[] = [];
  /** Pairs of which the first cannot dial the second to join. */
  const blocked = new Set<string>();
  /** Who says on the LAN that newcomers may ask. */
  const doors = new Set<PeerId>();

  /** Lets virtual time pass until the promise settles. */
  const run = <T>(promise: Promise<T>): Promise<T> => clock.settle(promise, 60_000);

  function lifecycleOf(name: string, store: () => Store): RingLifecycle {
    const own = random.fork(`key ${name}`);
    let seedOfPeer = newSeed(own);
    let close = (): Promise<void> => Promise.resolve();
    return {
      get peerSeed() {
        return seedOfPeer;
      },
      newPeerKey() {
        seedOfPeer = newSeed(own);
        return Promise.resolve(seedOfPeer);
      },
      async open(identity, hooks): Promise<RingServices> {
        const peerKey = createPeerKey(seedOfPeer);
        const self = peerKey.peerId;
        const { records, items } = store();
        const host = createSeededRandom(name).bytes(16);
        const members = await createMemberTable(
          {
            ...identity,
            self,
            own: {
              name,
              addresses: [`/ip4/10.0.0.1/tcp/4001/p2p/${self}`],
              capacity: 1,
              steady: false,
              host: Buffer.from(host).toString('hex'),
              zone: '',
            },
          },
          { records, peerKey, verifier, logger },
        );
        const transport = network.join({
          self,
          isMember: (peer) => members.isMember(peer),
          revocations: {
            all: () => members.revocations(),
            add: (revoked) => members.addRevocations(revoked),
          },
        });
        const replication = createReplication(
          {},
          {
            ...{ clock, random: random.fork(`replication ${name}`), logger },
            ...{ metrics: createMetrics(), store: items, records, transport, members, verifier },
            reissuer: hooks.reissuer,
          },
        );
        members.on('changed', () => {
          transport.refresh();
        });
        await replication.start();
        transport.refresh();
        hooksOf.set(self, hooks);
        close = async () => {
          hooksOf.delete(self);
          servicesOf.delete(self);
          await replication.stop();
          network.leave(self);
        };
        const services: RingServices = {
          ...{ members, transport, replication },
          addresses: () => [`/ip4/10.0.0.1/tcp/4001/p2p/${self}`],
          hintsFor: (peer) => replication.hintsFor(peer),
          refused: () => [],
          announceDoor() {
            doors.add(self);
            return Promise.resolve(() => Promise.resolve(void doors.delete(self)));
          },
        };
        servicesOf.set(self, services);
        return services;
      },
      close() {
        const ending = close;
        close = () => Promise.resolve();
        return ending();
      },
      seek(onFound) {
        for (const door of doors) onFound(door, [`/ip4/10.0.0.1/tcp/4001/p2p/${door}`]);
        return Promise.resolve(() => Promise.resolve());
      },
      async converse({ peer }, talk: JoinTalk) {
        const hooks = hooksOf.get(peer);
        const self = createPeerKey(seedOfPeer).peerId;
        if (hooks?.strangersWelcome() !== true || blocked.has(`${self} ${peer}`)) {
          throw new AppError('UNREACHABLE', 'Nobody there, or no invite open.');
        }
        const dialog = hooks.openJoin(self, '10.0.0.9');
        let message: Uint8Array | undefined = talk.first();
        while (message !== undefined) {
          const { reply } = await dialog.answer(message, new AbortController().signal);
          message = talk.next(reply);
        }
      },
    };
  }

  /** A machine that has just been switched on for the first time. */
  async function machine(name: string, functions?: AppComponents['functions']): Promise<Machine> {
    const disk = createMemoryDisk({ random: random.fork(`disk ${name}`) });
    const secrets = createMemorySecretStore();
    const lifecycle = lifecycleOf(name, () => store);
    let lives = 0;
    let store: Store;
    let app: App;
    async function start(again = false): Promise<void> {
      const ownRandom = random.fork(`app ${name} ${lives++}`);
      const basics = { clock, random: ownRandom, logger };
      store = createMemoryStore(
        { disk },
        {
          ...{ ...basics, metrics: createMetrics(), readEnvelope },
          isSigned: (version) => isSigned(version, verifier),
        },
      );
      await store.start();
      app = createApp(
        { version: '0.0.0', host: 'test', name },
        {
          ...basics,
          ...{ store: store.items, records: store.records, stream: store.stream },
          ...{ secrets, lifecycle, ...(functions === undefined ? {} : { functions }) },
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
        await stop();
        if (again || !isAppError(error, 'STORE_DAMAGED')) throw error;
        await start(true);
      }
    }
    async function stop(): Promise<void> {
      await app.stop();
      await store.stop();
    }
    await run(start());
    const made: Machine = {
      name,
      disk,
      get app() {
        return app;
      },
      get store() {
        return store;
      },
      peerId: () => createPeerKey(lifecycle.peerSeed).peerId,
      services() {
        const services = servicesOf.get(made.peerId());
        if (services === undefined) throw new Error(`${name} is in no ring`);
        return services;
      },
      peerKey: () => createPeerKey(lifecycle.peerSeed),
      joinDialog(newcomer) {
        const hooks = hooksOf.get(made.peerId());
        if (hooks === undefined) throw new Error(`${name} is in no ring`);
        return hooks.openJoin(newcomer, '10.0.0.9');
      },
      welcomesStrangers: () => hooksOf.get(made.peerId())?.strangersWelcome() === true,
      restart: () => run(stop().then(() => start())),
      start: () => run(start()),
      stop: () => run(stop()),
    };
    machines.push(made);
    return made;
  }

  return {
    clock,
    network,
    run,
    machine,
    /** Nothing passes between the groups of machines. */
    cut(...groups: readonly (readonly Machine[])[]): void {
      network.partition(groups.map((group) => group.map((one) => one.peerId())));
    },
    /** `newcomer` cannot dial `member`. */
    unreachable(newcomer: Machine, member: Machine): void {
      blocked.add(`${newcomer.peerId()} ${member.peerId()}`);
    },
    heal: () => {
      network.heal();
    },
    pass: (ms: number) => clock.advance(ms),
    /** Lets time pass until what `read` gives satisfies `holds`; fails after a virtual minute. */
    async until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
      for (let waited = 0; ; waited += 250) {
        const value = await run(read());
        if (holds(value)) return value;
        if (waited > 60_000) throw new Error(`not in a minute: ${JSON.stringify(value)}`);
        await clock.advance(250);
      }
    },
    async stopAll(): Promise<void> {
      for (const one of machines) await one.stop();
    },
  };
}

/** Machines in one ring, one account on all of them. The first made both. */
export async function oneFamily(home: Household, names: readonly string[]) {
  const [firstName = 'kitchen', ...others] = names;
  const first = await home.machine(firstName);
  await home.run(first.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 }));
  const { phrase } = await home.run(first.app.accounts.create({ name: 'Anna' }));
  const all = [first];
  for (const name of others) {
    const next = await home.machine(name);
    await joinRing(home, first, next);
    await home.run(next.app.accounts.logIn({ phrase }));
    all.push(next);
  }
  return { machines: all, phrase };
}

export async function joinRing(
  home: Household,
  inviter: Machine,
  newcomer: Machine,
  admin = false,
) {
  const invite = await home.run(inviter.app.ring.invite({ expiresInMs: 60_000, admin }));
  await home.run(newcomer.app.ring.join({ link: invite.link }));
  await home.until(
    () => inviter.app.ring.members(),
    (members) => members.every(({ connected }) => connected),
  );
}

export const product = (title: string, cents?: number) => ({
  title,
  ...(cents === undefined ? {} : { price: { amount: cents, currency: 'EUR' } }),
});
