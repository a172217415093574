/** The end of a run: everything is mended, and time passes until all is quiet. */
import { runCheckers } from './activity.ts';
import { keepers } from './keepers.ts';
import { RING_CHECKERS } from './ring-checkers.ts';
import { isMoving, type World } from './world.ts';

const LONGEST_MS = 1_800_000;

/** Starts everybody, mends the network, and lets time pass until nothing is on its way any more. */
export async function bringToRest(world: World): Promise<void> {
  const { clock, network, checks } = world;
  network.heal();
  network.setOptions({ loss: 0, duplication: 0, delayMs: [1, 5] });
  for (const member of world.joined()) if (member.isAsleep) member.wake();
  for (const member of world.joined()) {
    if (!member.isUp) await clock.settle(member.start());
    member.diskFaults.setFull(false);
    member.diskFaults.failCommits(0);
  }
  await letInAgain(world);
  const until = clock.now() + LONGEST_MS;
  while (clock.now() < until) {
    await clock.advance(5000);
    if (!(await isAtRest(world))) continue;
    // Twice: hints that are addressed anew are on no disk for a moment (ring 936).
    await clock.advance(100);
    if (await isAtRest(world)) return;
  }
  checks.fail(`invariant 3 (comes to rest): not at rest: ${await describeUnrest(world)}`);
}

/**
 * Rows that a disk lost on which alone they were: a machine without a row is a stranger, whom
 * nobody but a person lets in (DESIGN §2 Admission).
 */
async function letInAgain(world: World): Promise<void> {
  for (const member of world.joined()) {
    const others = world.joined().filter((other) => other !== member);
    const isKnown = others.some(
      ({ members, peer }) => members.isMember(member.peer) && member.members.isMember(peer),
    );
    if (!isKnown) await world.join(member);
  }
}

async function isAtRest(world: World): Promise<boolean> {
  for (const member of world.joined()) {
    const { store } = member;
    const busy = (await store.outboxSize()) > 0 || (await store.hintOwners()).length > 0;
    if (busy || isMoving(member) || member.replication.transfers().length > 0) return false;
  }
  for (const { account } of world.fixture.accounts) {
    const digests = new Set<string>();
    for (const member of keepers(world, account)) {
      digests.add(await member.store.accountDigest(account));
    }
    if (digests.size > 1) return false;
  }
  return true;
}

async function describeUnrest(world: World): Promise<string> {
  const parts: string[] = [];
  for (const member of world.joined()) {
    const { store } = member;
    const kept: string[] = [];
    for (const [i, { account }] of world.fixture.accounts.entries()) {
      const digest = await store.accountDigest(account);
      const keeps = keepers(world, account).includes(member) ? 'keeps' : 'does not keep';
      kept.push(`${keeps} ${i}: ${digest.slice(0, 8)}`);
    }
    const owners = (await store.hintOwners()).length;
    const outbox = await store.outboxSize();
    const { state } = member.members.get(member.peer) ?? {};
    const moves = member.replication.transfers().map((one) => `${one.kind} ${one.state}`);
    parts.push(
      `${member.name} ${state ?? ''}${isMoving(member) ? ' moving' : ''} [${moves.join()}] ` +
        `${kept.join(' ')} outbox ${outbox} hints for ${owners}`,
    );
  }
  return parts.join('; ');
}

/** Everything that a state at rest has to meet; what does not hold goes to `world.checks`. */
export async function checkAtRest(world: World): Promise<void> {
  await runCheckers(RING_CHECKERS, world, (what) => {
    world.checks.fail(what);
  });
}
