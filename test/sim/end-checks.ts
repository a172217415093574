/** Invariants that are checked when the network is whole again and all is quiet. */
import { findDuplicateDots } from '../../src-main/domain/versioned-item.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { StoredItem } from '../../src-main/storage/item-store.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

const QUIET_MS = 90_000;
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
  const until = clock.now() + LONGEST_MS;
  while (clock.now() < until) {
    await clock.advance(5000);
    if (await isAtRest(world)) return;
  }
  checks.fail(`invariant 3: not at rest: ${await describeUnrest(world)}`);
}

async function isAtRest(world: World): Promise<boolean> {
  for (const member of world.joined()) {
    const { store } = member;
    const busy = (await store.outboxSize()) > 0 || (await store.hintOwners()).length > 0;
    if (busy) return false;
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
    parts.push(`${member.name} ${kept.join(' ')} outbox ${outbox} hints for ${owners}`);
  }
  return parts.join('; ');
}

/** Owners of the account, and machines that are logged in to it. */
function keepers(world: World, account: PartitionKey): readonly SimulatedMember[] {
  return world.joined().filter((member) => {
    const { owners } = member.replication.listOf(account);
    return member.holdsAccount(account) || owners.includes(member.peer);
  });
}

/** All invariants that a state at rest has to meet; what does not hold goes to `world.checks`. */
export async function checkAtRest(world: World): Promise<void> {
  checkTables(world);
  for (const { account } of world.fixture.accounts) {
    const kept = keepers(world, account);
    const all = await Promise.all(kept.map((member) => itemsOf(account, member)));
    const [first = new Map<string, StoredItem>()] = all;
    checkNothingLost(world, account, first);
    for (const [i, items] of all.entries()) {
      const name = kept[i]?.name ?? '';
      for (const { key, siblings } of items.values()) {
        world.checks.checkSiblings(`at rest ${name} ${key.sortKey}`, siblings);
      }
    }
  }
  checkAdmission(world);
  await checkQuiet(world);
}

/** Invariant 9: nobody speaks with a machine that was taken out of the ring. */
function checkAdmission(world: World): void {
  const joined = world.joined();
  const out = world.known().filter((member) => !joined.includes(member));
  for (const member of joined) {
    for (const { peer, name } of out) {
      const meets = world.network.node(member.peer)?.isConnected(peer) === true;
      if (meets) world.checks.fail(`invariant 9: ${member.name} still speaks with ${name}`);
    }
  }
}

async function itemsOf(
  account: PartitionKey,
  member: SimulatedMember,
): Promise<ReadonlyMap<string, StoredItem>> {
  const range = { partitionKey: account, limit: 10_000 };
  const items = await member.store.scan(range);
  return new Map(items.map((item) => [item.key.sortKey, item]));
}

/** Invariant 1, by what authors had read: no acknowledged write is gone without a successor. */
function checkNothingLost(
  world: World,
  account: PartitionKey,
  items: ReadonlyMap<string, StoredItem>,
): void {
  const { ledger, checks } = world;
  const pasts = new Map<string, ReadonlySet<string>>();
  for (const [sortKey, { siblings }] of items) pasts.set(sortKey, pastOf(world, siblings));
  for (const entry of ledger.entries()) {
    if (entry.account !== account || entry.acknowledged === undefined || entry.lost) continue;
    if (pasts.get(entry.sortKey)?.has(entry.id) === true) continue;
    checks.fail(
      `invariant 1: ${entry.id} of ${entry.sortKey}, written by ${entry.writer} ` +
        `and told to be ${entry.acknowledged}, is gone`,
    );
  }
  for (const [sortKey, { siblings }] of items) {
    const names = siblings.map((version) => checks.idOf(version)).join(' ');
    for (const dot of findDuplicateDots(siblings)) {
      if (world.checks.epochsRenewed > 0) continue;
      checks.fail(`invariant 2: ${sortKey}: ${dot.actor}.${dot.counter} names two of ${names}`);
    }
  }
}

function pastOf(world: World, siblings: readonly SignedVersion[]): ReadonlySet<string> {
  return world.ledger.past(world.idsOf(siblings));
}

/** Everybody knows the same members, in the same lists (invariant 5 rests on it). */
function checkTables(world: World): void {
  for (const { account } of world.fixture.accounts) {
    const hashes = world.joined().map((member) => member.replication.listOf(account).hash);
    if (new Set(hashes).size > 1) world.checks.fail('gossip: the members have different lists');
  }
}

/** Invariant 3: when all hold the same, repair traffic stops. */
async function checkQuiet(world: World): Promise<void> {
  const { clock, checks } = world;
  const before = movedBy(world);
  await clock.advance(QUIET_MS);
  const after = movedBy(world);
  if (before !== after) checks.fail(`invariant 3: repair goes on at rest: ${before} → ${after}`);
}

const MOVES =
  /^carrossel_(exchange_(?:differing|sent|fetched)|read_repairs|hints_delivered)_total (\d+)/;

function movedBy(world: World): string {
  return world
    .joined()
    .map((member) => {
      const lines = member.metrics.render().split('\n');
      const moved = lines.flatMap((line) => MOVES.exec(line)?.[2] ?? []);
      return `${member.name}:${moved.join(',')}`;
    })
    .join(' ');
}
