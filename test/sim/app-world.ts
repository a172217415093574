/** A ring of whole peers, with what people really did beside it. */
import { isAppError } from '../../src-main/base/app-error.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createLogger } from '../../src-main/base/logger.ts';
import type { RingHooks, RingServices } from '../../src-main/app/ring-lifecycle.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { watchAdmission } from './admission-watch.ts';
import type { Person } from './app-machine.ts';
import { createCartTruth, type CartTruth } from './cart-truth.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { createSimulatedFunctions } from './simulated-functions.ts';
import { createSimulatedNetwork, type SimulatedNetwork } from './simulated-network.ts';
import { createSimulatedPeer, type SimulatedPeer } from './simulated-peer.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export interface SimulatedPerson extends Person<SimulatedPeer> {
  readonly peers: Set<SimulatedPeer>;
  readonly everAt: Set<SimulatedPeer>;
}

export interface AppWorld {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly truth: CartTruth;
  readonly people: SimulatedPerson[];
  readonly failures: readonly string[];
  fail(what: string): void;
  /** How often a handler of a function on this machine was about to return. */
  handlersReturned(peer: SimulatedPeer): number;
  log(line: string): void;
  /** Machines in the ring; a revoked one is not. */
  joined(): readonly SimulatedPeer[];
  /** Switched on for the first time, invited and let in by one that is awake. */
  join(): Promise<SimulatedPeer | undefined>;
  /** It is no member any more: nothing is expected of it. */
  drop(peer: SimulatedPeer): void;
  dropped(): readonly SimulatedPeer[];
  /** An account made on the peer. */
  createPerson(peer: SimulatedPeer): Promise<SimulatedPerson>;
  logIn(person: SimulatedPerson, peer: SimulatedPeer): Promise<void>;
  stopAll(): Promise<void>;
}

export interface AppWorldInit {
  readonly seed: string;
  readonly machines: number;
  readonly setting: { readonly n: number | 'auto'; readonly r: number; readonly w: number };
  /** How wrong each machine's wall clock is. @default right */
  readonly wallOffsetMs?: (machine: number) => number;
  readonly log?: (line: string) => void;
}

const YEAR_MS = 365 * 24 * 3_600_000;
/** No invite of a simulation ends while it runs, whatever the clocks say. */
const INVITE_MS = 20 * YEAR_MS;
/** Seconds; longer than any disk is full. */
const MOST_TRIES = 60;

export async function createAppWorld(init: AppWorldInit): Promise<AppWorld> {
  const random = createSeededRandom(init.seed);
  const clock = createVirtualClock();
  const network = createSimulatedNetwork({}, { clock, random });
  const neighbourhood = {
    network,
    verifier: createVerifier(),
    hooks: new Map<PeerId, RingHooks>(),
    services: new Map<PeerId, RingServices>(),
    doors: new Set<PeerId>(),
    reaches: () => true,
  };
  const failures: string[] = [];
  const joined = new Set<SimulatedPeer>();
  const dropped = new Set<SimulatedPeer>();
  const people: SimulatedPerson[] = [];
  const returned = new Map<string, number>();
  let switchedOn = 0;

  const log = (line: string): void => init.log?.(`${clock.now().toFixed(1).padStart(10)} ${line}`);
  function loggerOf(name: string) {
    if (init.log === undefined) return createSilentLogger();
    return createLogger({
      level: 'debug',
      write: ({ level, scope, message, fields }) => {
        log(`${name} ${level} ${scope}: ${message} ${JSON.stringify(fields)}`);
      },
    });
  }
  async function switchOn(): Promise<SimulatedPeer> {
    const i = switchedOn++;
    const name = `machine-${i}`;
    const peer = createSimulatedPeer(
      {
        ...{ name, random, syncMs: [0.2, 3], wallOffsetMs: init.wallOffsetMs?.(i) ?? 0 },
        functions: createSimulatedFunctions(
          { machine: name, onReturn: () => returned.set(name, (returned.get(name) ?? 0) + 1) },
          { clock, random: random.fork(`functions ${name}`) },
        ),
      },
      { clock, neighbourhood, logger: loggerOf(name) },
    );
    await clock.settle(peer.start());
    return peer;
  }
  /** A disk that refuses it now is tried again, as a person would. */
  async function insisting<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await clock.settle(work());
      } catch (error) {
        const passes = isAppError(error, 'DISK_FULL') || isAppError(error, 'STORAGE_FAILED');
        if (!passes || tries === MOST_TRIES) throw error;
        await clock.advance(1000);
      }
    }
  }
  const fail = (what: string): void => {
    log(`does not hold: ${what}`);
    failures.push(what);
  };
  watchAdmission({
    ...{ network, fail },
    tableOf: (peer) => neighbourhood.services.get(peer)?.members,
  });
  network.watch({
    sent(from, to, body) {
      const open = people.find(({ marker }) => Buffer.from(body).includes(marker));
      if (open === undefined) return;
      fail(`invariant 9 (sealed on the wire): ${from} sent words of ${open.account} to ${to}`);
    },
  });
  const world: AppWorld = {
    ...{ clock, random, network, people, failures, log, truth: createCartTruth() },
    fail,
    handlersReturned: ({ name }) => returned.get(name) ?? 0,
    joined: () => [...joined],
    dropped: () => [...dropped],
    drop(peer) {
      joined.delete(peer);
      dropped.add(peer);
      for (const person of people) person.peers.delete(peer);
    },
    async join() {
      const host = [...joined].find((one) => one.isUp && !one.isAsleep);
      if (host === undefined) return undefined;
      const newcomer = await switchOn();
      const invite = { expiresInMs: INVITE_MS, admin: true };
      const { link } = await insisting(() => host.app.ring.invite(invite));
      await insisting(() => newcomer.app.ring.join({ link }));
      joined.add(newcomer);
      return newcomer;
    },
    async createPerson(peer) {
      const marker = `planted-${people.length}-plaintext`;
      const name = `${marker} person`;
      const deviceName = `${marker} device`;
      const { account, phrase } = await peer.app.accounts.create({ name, deviceName });
      const person = {
        ...{ name, account: account.id, phrase, marker },
        ...{ peers: new Set([peer]), everAt: new Set([peer]) },
      };
      people.push(person);
      return person;
    },
    async logIn(person, peer) {
      const { phrase, name } = person;
      person.everAt.add(peer);
      const deviceName = `${person.marker} device`;
      await peer.app.accounts.logIn({ phrase, name, deviceName });
      person.peers.add(peer);
    },
    async stopAll() {
      for (const peer of [...joined, ...dropped]) {
        if (peer.isAsleep) peer.wake();
        if (peer.isUp) await clock.settle(peer.stop());
      }
    },
  };
  const first = await switchOn();
  await clock.settle(first.app.ring.create({ name: 'Ring', ...init.setting }));
  joined.add(first);
  for (let i = 1; i < init.machines; i++) await world.join();
  await clock.advance(2000);
  return world;
}
