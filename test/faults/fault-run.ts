/** One run: a ring of real processes, people at work, faults of a seed, then peace, judgement. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCartActivities } from '../sim/cart-activities.ts';
import { createItemAppActivities } from '../sim/item-app-activities.ts';
import { createOrderActivities } from '../sim/order-activities.ts';
import { createPeopleWorkload, type PeopleWorkload } from '../sim/people-workload.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createHistory } from './history.ts';
import { createRawActivities } from './raw-activities.ts';
import { createRealFaults } from './real-faults.ts';
import type { RealMachine } from './real-machine.ts';
import { createRealWorld, pause, type RealWorld } from './real-world.ts';
import { checkShown, checkStored, ownersOf, waitForRest } from './rest-checks.ts';

export interface FaultRunOptions {
  readonly seed: string;
  /** How long faults go on. */
  readonly seconds: number;
  /** Of the story, as it happens. */
  readonly print?: (line: string) => void;
}

export interface FaultRunResult {
  readonly failures: readonly string[];
  /** What was done, and what came of it. */
  readonly done: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly calls: number;
  /** From the last mending until everything agreed. */
  readonly restSeconds: number | undefined;
  /** Logs, data folders, the story and the whole history; gone if all held. */
  readonly dir: string;
}

/** When, as a share of the whole, a sixth machine joins, and leaves. */
const JOINS_AT = 0.25;
const LEAVES_AT = 0.55;

export async function runFaults(options: FaultRunOptions): Promise<FaultRunResult> {
  const { seed, seconds, print } = options;
  const dir = mkdtempSync(join(tmpdir(), `carrossel-faults-${seed}-`));
  const history = createHistory({ dir, ...(print !== undefined && { print }) });
  const random = createSeededRandom(`faults ${seed}`);
  const world = await createRealWorld({ runDir: dir }, { random, history });
  try {
    const raw = workloadOf(world, 'raw', [createItemAppActivities, createRawActivities]);
    const carts = workloadOf(world, 'carts', [createCartActivities, createOrderActivities]);
    const faults = createRealFaults(world);
    const over = AbortSignal.timeout(seconds * 1000);
    history.log(`five machines, faults for ${seconds} s`);
    await Promise.all([
      faults.run(over),
      everybodyWorks(world, [raw, carts], over),
      comeAndGo(world, seconds),
    ]);
    history.log('all is mended');
    const restSeconds = await judge(world);
    const done = { ...raw.done, ...carts.done };
    const { failures } = world;
    const result = { failures, done, faults: faults.done, restSeconds, dir };
    return { ...result, calls: history.calls.length };
  } catch (error) {
    world.fail(`the run broke off: ${error instanceof Error ? (error.stack ?? '') : ''}`);
    return {
      ...{ failures: world.failures, done: {}, faults: {}, calls: 0, dir },
      restSeconds: undefined,
    };
  } finally {
    await world.close();
    history.close();
    if (world.failures.length === 0) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Kit = RealWorld['kit'];

function workloadOf(
  world: RealWorld,
  name: string,
  lists: readonly ((kit: Kit) => Parameters<typeof createPeopleWorkload<RealMachine>>[0])[],
): PeopleWorkload<RealMachine> {
  return createPeopleWorkload<RealMachine>(
    lists.flatMap((list) => list(world.kit)),
    { random: world.random.fork(`workload ${name}`), log: () => undefined, fail: world.fail },
  );
}

/** One after the other at each machine: so a write without a context replaces what was before. */
async function everybodyWorks(
  world: RealWorld,
  workloads: readonly PeopleWorkload<RealMachine>[],
  over: AbortSignal,
): Promise<void> {
  const working = new Map<RealMachine, Promise<unknown>>();
  while (!over.aborted) {
    for (const machine of world.machines) {
      if (working.has(machine)) continue;
      working.set(machine, Promise.all(workloads.map((one) => work(world, machine, one, over))));
    }
    await pause(250);
  }
  await Promise.all(working.values());
}

async function work(
  world: RealWorld,
  machine: RealMachine,
  workload: PeopleWorkload<RealMachine>,
  over: AbortSignal,
): Promise<void> {
  const random = world.random.fork(`pace ${machine.name}`);
  while (!over.aborted) {
    await pause(random.between(20, 300));
    const died = machine.diedOf();
    if (died !== undefined) {
      world.fail(`${machine.name} died of ${died}`);
      return;
    }
    const able = machine.isUp && !machine.isPaused && world.joined().includes(machine);
    if (able) await workload.act(machine);
  }
}

/** A sixth machine comes in and goes again, while everything else goes on. */
async function comeAndGo(world: RealWorld, seconds: number): Promise<void> {
  const { history } = world;
  const begun = history.now();
  await pause(seconds * 1000 * JOINS_AT);
  const guest = await world.join('guest', world.people.slice(0, 1));
  history.log('the guest has joined');
  await pause(Math.max(0, begun + seconds * LEAVES_AT - history.now()) * 1000);
  // Also when the time is over: on a busy machine to join may have taken all of it.
  const patience = history.now() + LONGEST_LEAVE_S;
  for (let asked = false; !asked && history.now() < patience;) {
    asked = await guest.client.membership.leave().then(
      () => true,
      () => false,
    );
    if (!asked) await pause(1000);
  }
  history.log('the guest leaves');
}

/** @returns seconds until everything was at rest. */
async function judge(world: RealWorld): Promise<number | undefined> {
  const { history } = world;
  await theGuestHasLeft(world);
  const rested = await waitForRest(world);
  if (rested === undefined) return undefined;
  history.log(`at rest after ${rested.toFixed(1)} s`);
  await checkShown(world);
  const owners = await ownersOf(world);
  const running = world.machines.filter((machine) => machine.isUp);
  const peerIds = new Map(running.map((machine) => [machine, machine.peerId]));
  // To look took a while, in which a busy machine may have thought another away.
  if ((await waitForRest(world)) === undefined) return undefined;
  await endAll(world, running);
  await checkStored(world, owners, peerIds);
  history.log('judged');
  return rested;
}

/**
 * All at once, and apart at once, before anybody notices that the others are away: who is logged in
 * would hand copies to a fallback as one owner goes after the other, or be that fallback itself.
 */
async function endAll(world: RealWorld, running: readonly RealMachine[]): Promise<void> {
  for (const { name } of running) world.lab.isolate(name);
  world.history.log('all are apart, and asked to end');
  await Promise.all(
    running.map(async (machine) => {
      const status = await machine.stop();
      if (status !== 0) world.fail(`${machine.name} ended with ${status} when asked to end`);
    }),
  );
  world.history.log('all have ended');
}

const LONGEST_LEAVE_S = 180;

async function theGuestHasLeft(world: RealWorld): Promise<void> {
  const { history } = world;
  const guest = world.machines.find(({ name }) => name === 'guest');
  if (guest === undefined) return;
  const begun = history.now();
  while (history.now() - begun < LONGEST_LEAVE_S) {
    const members = await guest.client.ring.members();
    if (members.find((one) => one.own)?.state === 'left') {
      history.log(`the guest has left ${(history.now() - begun).toFixed(1)} s after the mending`);
      world.leave(guest);
      return;
    }
    await pause(250);
  }
  world.fail(`the guest has not left ${LONGEST_LEAVE_S} s after the mending`);
}
