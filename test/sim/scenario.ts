import { expect } from 'vitest';
import { bringToRest, checkAtRest } from './end-checks.ts';
import type { SimulatedMember } from './simulated-member.ts';
import { createWorkload, type Workload } from './workload.ts';
import { createWorld, type World, type WorldInit } from './world.ts';

/** Words that the scenario tests are written in. */

export const QUORUM = { n: 3, r: 2, w: 2 } as const;

export interface Scenario {
  readonly world: World;
  readonly work: Workload;
}

/** A ring whose members have met. */
export async function begin(init: Omit<WorldInit, 'seed'> & { seed?: string }): Promise<Scenario> {
  const world = await createWorld({ seed: 'scenario', ...init });
  await world.clock.advance(3000);
  return { world, work: createWorkload({ strictReads: true }, world) };
}

/** The same, of the first seed whose ring has this property. */
export async function beginWhere(
  init: Omit<WorldInit, 'seed'>,
  holds: (world: World) => boolean,
): Promise<Scenario> {
  for (let i = 0; i < 50; i++) {
    const scenario = await begin({ ...init, seed: `scenario ${i}` });
    if (holds(scenario.world)) return scenario;
  }
  throw new Error('no seed gives such a ring');
}

/** Mends everything and runs all checkers. */
export async function rest(world: World): Promise<void> {
  await bringToRest(world);
  await checkAtRest(world);
  expect(world.checks.failures).toEqual([]);
  await world.stopAll();
}

/** The names of the writes that stand at the member. */
export async function idsAt(
  world: World,
  member: SimulatedMember,
  sortKey: string,
): Promise<readonly string[]> {
  const siblings = await member.store.read({ partitionKey: world.fixture.account, sortKey });
  return world.idsOf(siblings).toSorted();
}

/** Cuts the groups apart and waits until it is noticed. */
export function partition(world: World, ...groups: (readonly SimulatedMember[])[]): Promise<void> {
  world.network.partition(groups.map((group) => group.map((member) => member.peer)));
  return world.clock.advance(5000);
}

/** The members by their place on the account's walk: owners first. */
export function byWalk(world: World): readonly SimulatedMember[] {
  const [first] = world.joined();
  const walk = [...(first?.replication.listOf(world.fixture.account).walk() ?? [])];
  return walk.flatMap((peer) => world.members.find((member) => member.peer === peer) ?? []);
}

export function nth<T>(list: readonly T[], i: number): T {
  const found = list[i];
  if (found === undefined) throw new Error(`no number ${i}`);
  return found;
}
