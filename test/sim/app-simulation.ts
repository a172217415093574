/**
 * One random run of whole peers (floors 4 and 5 as shipped): people and their carts, items,
 * accounts and machines, faults, mending, checks; all from the seed.
 */
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { runCheckers } from './activity.ts';
import { APP_CHECKERS, cartsAt } from './app-checkers.ts';
import { createAppFaults } from './app-faults.ts';
import { createAppWorkloads, type AppKit } from './app-workloads.ts';
import { createAppWorld, type AppWorld } from './app-world.ts';
import { idsOf } from './item-app-activities.ts';
import { logInWhereKeysLack } from './lacking-keys.ts';
import { createLedger } from './ledger.ts';
import { EFFECT_CHECKERS, ORDER_CHECKERS } from './order-checkers.ts';
import { createOrdersTruth } from './order-truth.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { SimulatedPeer } from './simulated-peer.ts';
import type { SimulationOptions, SimulationResult } from './simulation.ts';

const DEFAULT_OPERATIONS = 120;
const LONGEST_MS = 1_800_000;

export async function simulateApps(options: SimulationOptions): Promise<SimulationResult> {
  const random = createSeededRandom(`${options.seed}/app plan`);
  const machines = 2 + random.below(4);
  const auto = random.chance(0.5);
  const world = await createAppWorld({
    seed: `${options.seed}/apps`,
    machines,
    setting: auto ? { n: 'auto', r: 2, w: 2 } : { n: 3, r: 2, w: 2 },
    ...(options.wallOffsetMs !== undefined && { wallOffsetMs: options.wallOffsetMs }),
    ...(options.log !== undefined && { log: options.log }),
  });
  const { clock } = world;
  const kit: AppKit = { world, items: createLedger(), orders: createOrdersTruth() };
  await settlePeople(world, random.pick([1, 2]));
  const workloads = createAppWorkloads(kit);
  const running = new Set<Promise<void>>();
  function act(peer: SimulatedPeer, wanted?: string): void {
    const done = workloads.act(peer, wanted).finally(() => running.delete(done));
    running.add(done);
  }
  const faults = createAppFaults({ ...kit, act });
  for (let i = 0; i < (options.operations ?? DEFAULT_OPERATIONS); i++) {
    const up = world.joined().filter((peer) => peer.isUp && !peer.isAsleep);
    if (up.length > 0) act(random.pick(up));
    await clock.advance(random.between(0, 600));
    if (random.chance(0.08)) await faults.strike();
  }
  await clock.advance(10_000);
  await bringToRest(kit);
  if (world.failures.length === 0) {
    await clock.settle(
      runCheckers([...APP_CHECKERS, ...ORDER_CHECKERS, ...EFFECT_CHECKERS], kit, (what) => {
        world.fail(what);
      }),
    );
  }
  const outcome = world.failures.length === 0 ? await clock.settle(outcomeOf(kit)) : '';
  await world.stopAll();
  return {
    seed: options.seed,
    failures: [...new Set(world.failures)],
    outcome,
    machines,
    setting: `${auto ? 'auto' : '3/2/2'}, whole peers`,
    virtualSeconds: Math.round(clock.now() / 1000),
    messages: world.network.carried,
    epochsRenewed: 0,
    done: workloads.done,
    faults: faults.done,
  };
}

/** What people see at the end, without the times that are only shown. */
async function outcomeOf({ world, items }: AppKit): Promise<string> {
  const out: string[] = [];
  for (const person of world.people) {
    const [peer] = person.peers;
    if (peer === undefined) continue;
    for (const { name, lines } of await cartsAt(peer, person)) {
      const shown = lines.map(
        ({ product, quantity, group }) => `${product.title} ${quantity} ${group}`,
      );
      out.push(`${name}: ${shown.toSorted().join(', ')}`);
    }
    const sortKeys = new Set([...items.entries()].map(({ sortKey }) => sortKey));
    for (const sortKey of sortKeys) {
      const which = { sortKey, account: person.account, consistency: 'local' } as const;
      out.push(
        `${sortKey}: ${idsOf(await peer.app.items.get(which))
          .toSorted()
          .join(' ')}`,
      );
    }
  }
  return out.join('; ');
}

/** Accounts, on two machines each at least, with a cart. */
async function settlePeople(world: AppWorld, count: number): Promise<void> {
  const peers = world.joined();
  for (let i = 0; i < count; i++) {
    const [first, second] = world.random.shuffled(peers);
    if (first === undefined) return;
    const person = await world.clock.settle(world.createPerson(first));
    const cart = { name: `${person.marker} cart 0`, account: person.account };
    await world.clock.settle(first.app.carts.create(cart));
    await world.clock.advance(1000);
    if (second !== undefined) await world.clock.settle(world.logIn(person, second));
  }
}

/** Starts everybody, mends the network, and waits until nothing is on its way any more. */
async function bringToRest({ world }: AppKit): Promise<void> {
  const { clock, network } = world;
  network.heal();
  network.setOptions({ loss: 0, duplication: 0, delayMs: [1, 5] });
  for (const peer of world.joined()) {
    if (peer.isAsleep) peer.wake();
    if (!peer.isUp) await clock.settle(peer.start());
    peer.diskFaults.setFull(false);
    peer.diskFaults.failCommits(0);
  }
  await clock.advance(10_000);
  for (const peer of world.joined()) await clock.settle(logInWhereKeysLack(world, peer));
  for (const until = clock.now() + LONGEST_MS; clock.now() < until;) {
    await clock.advance(5000);
    if ((await unrest(world)) === undefined) return;
  }
  world.fail(`invariant 3 (comes to rest): ${await unrest(world)}`);
}

/** What is on its way still; undefined when nothing is. */
async function unrest(world: AppWorld): Promise<string | undefined> {
  for (const peer of world.joined()) {
    const { app, store, name } = peer;
    const outbox = await store.items.outboxSize();
    const hints = await store.items.hintBytes();
    if (outbox > 0 || hints > 0) return `${name}: ${outbox} writes in the outbox, ${hints} B hints`;
    const { functions } = await app.functions.list();
    const late = functions.find(({ kind, lag }) => kind === 'own' && lag > 0);
    if (late !== undefined) return `${name}: a function is ${late.lag} behind: ${late.problem}`;
  }
  for (const { account, peers, name } of world.people) {
    const digests = new Map<string, string>();
    for (const { store, name: machine } of peers) {
      const digest = await store.items.accountDigest(account as PartitionKey);
      digests.set(digest, machine);
    }
    if (digests.size > 1) return `${name} differs between ${[...digests.values()].join(' and ')}`;
  }
  return undefined;
}
