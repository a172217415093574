/** Real processes on hosts of their own: one ring, two people, and what they really did. */
import { fromRpcError } from '../../src-main/shell/rpc-error.ts';
import { createNetworkLab, type NetworkLab } from '../e2e/support/network-lab.ts';
import type { PeopleKit, Person } from '../sim/app-machine.ts';
import { createCartTruth } from '../sim/cart-truth.ts';
import { createLedger } from '../sim/ledger.ts';
import { createOrdersTruth } from '../sim/order-truth.ts';
import type { SeededRandom } from '../sim/seeded-random.ts';
import type { History } from './history.ts';
import { createNotesTruth, type NotesTruth } from './notes.ts';
import { createRealMachine, PEER_PORT, type RealMachine } from './real-machine.ts';
import { createSlowWire, type SlowWire } from './slow-wire.ts';

export interface RealPerson extends Person<RealMachine> {
  readonly peers: Set<RealMachine>;
  readonly everAt: Set<RealMachine>;
}

export interface RealWorld {
  readonly lab: NetworkLab;
  readonly history: History;
  readonly random: SeededRandom;
  readonly kit: PeopleKit & { readonly notes: NotesTruth };
  readonly people: readonly RealPerson[];
  readonly failures: readonly string[];
  /** Everyone that ever was in the ring. */
  readonly machines: readonly RealMachine[];
  wireOf(machine: RealMachine): SlowWire;
  fail(what: string): void;
  joined(): readonly RealMachine[];
  /** Switched on for the first time, and let in by one that is there; tries until it is. */
  join(name: string, people: readonly RealPerson[]): Promise<RealMachine>;
  /** It is no member any more. */
  leave(machine: RealMachine): void;
  close(): Promise<void>;
}

const NAMES = ['ana', 'ben', 'eva', 'rui', 'zoe'];
/** What is cut off by a fault is tried again, as a person would. */
const AGAIN_MS = 1000;
const PATIENCE_S = 180;

export async function createRealWorld(
  init: { readonly runDir: string },
  components: { readonly random: SeededRandom; readonly history: History },
): Promise<RealWorld> {
  const { random, history } = components;
  const lab = createNetworkLab();
  const machines: RealMachine[] = [];
  const wires = new Map<RealMachine, SlowWire>();
  const joined = new Set<RealMachine>();
  const people: RealPerson[] = [];
  const failures: string[] = [];

  async function switchOn(name: string): Promise<RealMachine> {
    const host = lab.addHost(name);
    const machine = await createRealMachine({ name, host, runDir: init.runDir }, history);
    machines.push(machine);
    const seed = random.below(2 ** 31);
    wires.set(machine, await createSlowWire(host, { port: PEER_PORT, seed }));
    return machine;
  }
  /** The network may be cut, and the other side go down, at any moment. */
  async function insisting(what: string, work: () => Promise<unknown>): Promise<void> {
    for (const until = history.now() + PATIENCE_S; ;) {
      try {
        await work();
        return;
      } catch (error) {
        if (history.now() > until) throw error;
        history.log(`${what}: ${fromRpcError(error).message}; again`);
        await pause(AGAIN_MS);
      }
    }
  }
  async function createPerson(machine: RealMachine): Promise<void> {
    const marker = `planted-${people.length}-plaintext`;
    const name = `${marker} person`;
    const { account, phrase } = await machine.client.accounts.create({ name });
    const where = { peers: new Set([machine]), everAt: new Set([machine]) };
    people.push({ ...{ name, account: account.id, phrase, marker }, ...where });
  }
  async function logIn(person: RealPerson, machine: RealMachine): Promise<void> {
    person.everAt.add(machine);
    const { phrase, name } = person;
    await insisting(`log-in at ${machine.name}`, () =>
      machine.client.accounts.logIn({ phrase, name }),
    );
    person.peers.add(machine);
  }
  const world: RealWorld = {
    ...{ lab, history, random, people, machines, failures },
    kit: {
      world: { truth: createCartTruth(), people, joined: () => [...joined], fail },
      ...{ items: createLedger(), orders: createOrdersTruth(), notes: createNotesTruth() },
    },
    fail,
    wireOf(machine) {
      const wire = wires.get(machine);
      if (wire === undefined) throw new Error(`${machine.name} has no wire`);
      return wire;
    },
    joined: () => [...joined],
    async join(name, its) {
      const newcomer = await switchOn(name);
      await newcomer.start();
      await insisting(`join of ${name}`, async () => {
        if ((await newcomer.client.system.status()).ring !== null) return;
        const host = random.pick([...joined].filter((one) => one.isUp && !one.isPaused));
        const { link } = await host.client.ring.invite({ admin: true });
        await newcomer.client.ring.join({ link });
      });
      joined.add(newcomer);
      for (const person of its) await logIn(person, newcomer);
      return newcomer;
    },
    leave(machine) {
      joined.delete(machine);
      for (const person of people) person.peers.delete(machine);
    },
    async close() {
      for (const machine of machines) if (machine.isUp) await machine.kill();
      for (const wire of wires.values()) wire.close();
      await lab.close();
    },
  };
  function fail(what: string): void {
    history.log(`FAIL ${what}`);
    failures.push(what);
  }
  try {
    await found(world, { switchOn, createPerson, joined });
    return world;
  } catch (error) {
    await world.close();
    throw error;
  }
}

/** Five machines; the first three are one person's, the last three another's. */
async function found(
  world: RealWorld,
  {
    switchOn,
    createPerson,
    joined,
  }: {
    switchOn(name: string): Promise<RealMachine>;
    createPerson(machine: RealMachine): Promise<void>;
    readonly joined: Set<RealMachine>;
  },
): Promise<void> {
  const [first = '', ...others] = NAMES;
  const founder = await switchOn(first);
  await founder.start('--create-ring', '--n', '3');
  joined.add(founder);
  await createPerson(founder);
  for (const [i, name] of others.entries()) {
    const { people } = world;
    const machine = await world.join(name, i < 2 ? people.slice(0, 1) : people.slice(1));
    if (i === 1) await createPerson(machine);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
