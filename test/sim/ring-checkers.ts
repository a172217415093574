/**
 * What has to hold of a ring at rest (DESIGN §6), each invariant by name. What can be seen while it
 * happens is checked then: online-checks.ts (2, 4), delivery-checks.ts (1, 10), read-reach.ts (4),
 * secrecy-watch.ts and admission-watch.ts (9). The app's own (6, 8) are in app-checkers.ts.
 */
import { createPlacement } from '../../src-main/domain/placement.ts';
import type { Checker } from './activity.ts';
import { itemsOf } from './keepers.ts';
import { nothingWaits, STORED_CHECKERS } from './stored-checkers.ts';
import type { World } from './world.ts';

const QUIET_MS = 90_000;
const COUNTED_MS = 1000;
/** A quarter of the room for hints, and far more than a run writes. */
const MOST_BYTES = 64 * 1024 * 1024;

type Check = Checker<World>['check'];

export const RING_CHECKERS: readonly Checker<World>[] = [
  ...STORED_CHECKERS,
  { invariant: 3, name: 'repair stops at rest', check: repairStops },
  { invariant: 5, name: 'all have the same lists', check: listsAgree },
  { invariant: 5, name: 'one change, one owner', check: listsChangeByOne },
  { invariant: 9, name: 'sealed on disk', check: nothingIsReadable },
  { invariant: 9, name: 'the removed are out', check: theRemovedAreOut },
  { invariant: 10, name: 'refused, nothing written', check: refusedIsNowhere },
  { invariant: 10, name: 'nothing piles up', check: nothingPilesUp },
  { invariant: 10, name: 'what is counted is there', check: countsAreRight },
];

async function repairStops(...[world, fail]: Parameters<Check>): Promise<void> {
  // A hint is gone from its disk a moment before its delivery is counted (ring 386).
  await world.clock.advance(COUNTED_MS);
  const before = movedBy(world);
  await world.clock.advance(QUIET_MS);
  const after = movedBy(world);
  if (before !== after) fail(`repair goes on at rest: ${before} → ${after}`);
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

function listsAgree(...[world, fail]: Parameters<Check>): void {
  for (const { account } of world.fixture.accounts) {
    const hashes = world.joined().map((member) => member.replication.listOf(account).hash);
    if (new Set(hashes).size > 1) fail('the members have different lists');
  }
  const [member] = world.joined();
  if (member === undefined) return;
  const placement = createPlacement(member.members.all(), member.members.settings);
  for (let partition = 0; partition < placement.q; partition++) {
    const owners = placement.owners(partition);
    if (owners.length === placement.n && new Set(owners).size === placement.n) continue;
    fail(`partition ${partition} has not ${placement.n} distinct owners`);
    return;
  }
}

/** Of the table as this run left it: each member taken away alters at most one owner of a list. */
function listsChangeByOne(...[world, fail]: Parameters<Check>): void {
  const [member] = world.joined();
  if (member === undefined) return;
  const { settings } = member.members;
  const all = member.members.all();
  const whole = createPlacement(all, settings);
  for (const gone of whole.storing) {
    const others = all.filter(({ peer }) => peer !== gone);
    const less = createPlacement(others, settings, [whole]);
    if (less.n !== whole.n) continue;
    for (let partition = 0; partition < whole.q; partition++) {
      const before = whole.owners(partition);
      const came = less.owners(partition).filter((peer) => !before.includes(peer));
      const allowed = before.includes(gone) ? 1 : 0;
      if (came.length === allowed) continue;
      fail(`without ${gone}, ${came.length} owners of partition ${partition} are new`);
      break;
    }
  }
}

async function nothingIsReadable(...[world, fail]: Parameters<Check>): Promise<void> {
  for (const member of world.known()) {
    const found = await world.secrecy.readableOn(member.disk);
    if (found.length > 0) fail(`${member.name} has plain text in ${found.length} records`);
  }
}

/** Nobody speaks with a machine that was taken out of the ring. */
function theRemovedAreOut(...[world, fail]: Parameters<Check>): void {
  const joined = world.joined();
  const out = world.known().filter((member) => !joined.includes(member));
  for (const member of joined) {
    for (const { peer, name } of out) {
      const meets = world.network.node(member.peer)?.isConnected(peer) === true;
      if (meets) fail(`${member.name} still speaks with ${name}`);
    }
  }
}

/** A strict write that was refused for want of owners is on no disk (DESIGN §2 Writes). */
function refusedIsNowhere(...[{ ledger }, fail]: Parameters<Check>): void {
  for (const id of ledger.refused) {
    const at = [...(ledger.entry(id)?.storedAt ?? [])];
    if (at.length > 0) fail(`${id} was refused, and ${at.join(', ')} had it all the same`);
  }
}

/** At rest no queue holds anything, and no timers are left behind by what ended. */
async function nothingPilesUp(...[world, fail]: Parameters<Check>): Promise<void> {
  for (const member of world.joined()) {
    await nothingWaits(member, fail);
    const { bytes } = await member.store.size();
    if (bytes > MOST_BYTES) fail(`${member.name} has grown to ${bytes} bytes`);
  }
  const most = 200 * world.known().length;
  if (world.clock.pending > most) fail(`${world.clock.pending} timers wait at rest`);
}

/** What quotas are measured by is what stands: neither more, nor anything of what was replaced. */
async function countsAreRight(...[world, fail]: Parameters<Check>): Promise<void> {
  for (const { name, store } of world.joined()) {
    const sum = { items: 0, bytes: 0 };
    for (const [i, { account }] of world.fixture.accounts.entries()) {
      const items = [...(await itemsOf(account, { name, store })).values()];
      const versions = items.flatMap(({ siblings }) => siblings);
      const bytes = versions.reduce((all, version) => all + version.bytes.byteLength, 0);
      const counted = await store.accountBytes(account);
      if (counted !== bytes)
        fail(`${name} counts ${counted} bytes of account ${i}, it has ${bytes}`);
      sum.items += items.length;
      sum.bytes += bytes;
    }
    const size = await store.size();
    if (size.items === sum.items && size.bytes === sum.bytes) continue;
    fail(`${name} counts ${JSON.stringify(size)}, and has ${JSON.stringify(sum)}`);
  }
}
