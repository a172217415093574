import type { AppComponents } from '../../src-main/app/app-components.ts';
import type { RingHooks, RingServices } from '../../src-main/app/ring-lifecycle.ts';
import { createSilentLogger, type Logger } from '../../src-main/base/logger.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createSimulatedNetwork } from '../sim/simulated-network.ts';
import { createSimulatedPeer, type PeerInit } from '../sim/simulated-peer.ts';
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
  const machines: Machine[] = [];
  /** Pairs of which the first cannot dial the second to join. */
  const blocked = new Set<string>();
  const neighbourhood = {
    network,
    verifier: createVerifier(),
    hooks: new Map<PeerId, RingHooks>(),
    services: new Map<PeerId, RingServices>(),
    doors: new Set<PeerId>(),
    reaches: (from: PeerId, to: PeerId) => !blocked.has(`${from} ${to}`),
  };

  /** Lets virtual time pass until the promise settles. */
  const run = <T>(promise: Promise<T>): Promise<T> => clock.settle(promise, 60_000);

  /**
   * A machine that has just been switched on for the first time.
   * @param more.syncMs how long a sync takes; then its disk can fail.
   */
  async function machine(
    name: string,
    functions?: AppComponents['functions'],
    more: Pick<PeerInit, 'syncMs' | 'store'> = {},
  ): Promise<Machine> {
    const peer = createSimulatedPeer(
      { name, random, ...more, ...(functions !== undefined && { functions }) },
      { clock, neighbourhood, logger },
    );
    await run(peer.start());
    const made: Machine = {
      name,
      disk: peer.disk,
      get diskFaults() {
        return peer.diskFaults;
      },
      get app() {
        return peer.app;
      },
      get store() {
        return peer.store;
      },
      peerId: () => peer.peer,
      services() {
        const services = peer.services();
        if (services === undefined) throw new Error(`${name} is in no ring`);
        return services;
      },
      peerKey: () => peer.peerKey(),
      joinDialog: (newcomer) => peer.joinDialog(newcomer),
      welcomesStrangers: () => peer.welcomesStrangers(),
      restart: () => run(peer.stop().then(() => peer.start())),
      start: () => run(peer.start()),
      stop: () => run(peer.stop()),
      jumpClock: (ms) => {
        peer.jumpClock(ms);
      },
      crash: () => {
        peer.crash();
      },
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
  // Everybody has it as one that has taken its part over.
  for (const one of [inviter, newcomer]) {
    await home.until(
      () => one.app.ring.members(),
      (members) => members.every(({ connected, state }) => connected && state === 'up'),
    );
  }
}

export const product = (title: string, cents?: number) => ({
  title,
  ...(cents === undefined ? {} : { price: { amount: cents, currency: 'EUR' } }),
});
