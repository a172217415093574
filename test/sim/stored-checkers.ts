/**
 * What has to hold of the stores of a ring at rest, whatever runs over them: the simulated members,
 * or what real processes left in their folders (test/faults).
 */
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { findDuplicateDots } from '../../src-main/domain/versioned-item.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { Checker } from './activity.ts';
import { itemsOf, type Keeper } from './keepers.ts';
import type { Ledger } from './ledger.ts';
import type { OnlineChecks } from './online-checks.ts';

export interface StoredWorld {
  readonly fixture: { readonly accounts: readonly { readonly account: PartitionKey }[] };
  readonly ledger: Ledger;
  readonly checks: Pick<OnlineChecks, 'checkSiblings' | 'epochsRenewed' | 'renewers'>;
  /** Owners of the account, and machines that are logged in to it. */
  keepers(account: PartitionKey): readonly Keeper[];
  /** The names of the writes that the versions hold. */
  idsOf(versions: readonly SignedVersion[]): readonly string[];
}

type Check = Checker<StoredWorld>['check'];

export const STORED_CHECKERS: readonly Checker<StoredWorld>[] = [
  { invariant: 1, name: 'acknowledged writes are kept', check: nothingIsLost },
  { invariant: 2, name: 'siblings are concurrent', check: siblingsAreConcurrent },
  { invariant: 2, name: 'one dot, one version', check: dotsNameOne },
  { invariant: 3, name: 'all keepers hold the same', check: keepersAgree },
  { invariant: 6, name: 'what was replaced stays so', check: nothingComesBack },
];

/** Of a ring at rest: no write waits for others, no hint for its owner. */
export async function nothingWaits(
  { name, store }: Keeper,
  fail: (what: string) => void,
): Promise<void> {
  const outbox = await store.outboxSize();
  const hints = await store.hintBytes();
  if (outbox > 0 || hints > 0) fail(`${name} keeps ${outbox} writes and ${hints} B hints`);
}

/** By what authors had read, not by dots: no acknowledged write is gone without a successor. */
async function nothingIsLost(...[world, fail]: Parameters<Check>): Promise<void> {
  for (const { account } of world.fixture.accounts) {
    const [keeper] = world.keepers(account);
    if (keeper === undefined) continue;
    const pasts = new Map<string, ReadonlySet<string>>();
    for (const [sortKey, { siblings }] of await itemsOf(account, keeper)) {
      pasts.set(sortKey, world.ledger.past(world.idsOf(siblings)));
    }
    for (const entry of world.ledger.entries()) {
      if (entry.account !== account || entry.acknowledged === undefined || entry.lost) continue;
      if (pasts.get(entry.sortKey)?.has(entry.id) === true) continue;
      fail(
        `${entry.id} of ${entry.sortKey}, written by ${entry.writer} ` +
          `and told to be ${entry.acknowledged}, is gone`,
      );
    }
  }
}

async function siblingsAreConcurrent(...[world]: Parameters<Check>): Promise<void> {
  for (const { account } of world.fixture.accounts) {
    for (const member of world.keepers(account)) {
      for (const { key, siblings } of (await itemsOf(account, member)).values()) {
        world.checks.checkSiblings(`at rest ${member.name} ${key.sortKey}`, siblings);
      }
    }
  }
}

/** Two of one name are both kept, and only where a disk was put back. */
async function dotsNameOne(...[world, fail]: Parameters<Check>): Promise<void> {
  if (world.checks.epochsRenewed > 0) return;
  for (const { account } of world.fixture.accounts) {
    for (const member of world.keepers(account)) {
      for (const [sortKey, { siblings }] of await itemsOf(account, member)) {
        for (const dot of findDuplicateDots(siblings)) {
          const names = world.idsOf(siblings).join(' ');
          fail(`${sortKey}: ${dot.actor}.${dot.counter} names two of ${names}`);
        }
      }
    }
  }
}

async function keepersAgree(...[world, fail]: Parameters<Check>): Promise<void> {
  for (const [i, { account }] of world.fixture.accounts.entries()) {
    const held = new Map<string, string[]>();
    for (const member of world.keepers(account)) {
      const items = await itemsOf(account, member);
      const names = [...items].map(
        ([sortKey, { siblings }]) =>
          `${sortKey}: ${siblings.map(({ hash }) => hash.slice(0, 8)).join(' ')}`,
      );
      const all = names.toSorted().join('; ');
      held.set(all, [...(held.get(all) ?? []), member.name]);
    }
    if (held.size > 1) fail(`account ${i} differs between ${[...held.values()].join(' and ')}`);
  }
}

/** Nobody's version stands that another acknowledged write had read and replaced. */
async function nothingComesBack(...[world, fail]: Parameters<Check>): Promise<void> {
  // Where a disk was put back, or an epoch began, writes of that machine are issued again beside
  // what they had replaced, or what had replaced them: a question to the person, never a silent
  // change (decision 0502). What others wrote and replaced stays replaced.
  const { ledger, checks } = world;
  const isSound = (writer: string): boolean =>
    !ledger.hasLost(writer) && !checks.renewers.has(writer);
  const replaced = new Set<string>();
  for (const entry of ledger.entries()) {
    if (entry.acknowledged === undefined || !isSound(entry.writer)) continue;
    for (const id of ledger.past(entry.replaced)) replaced.add(id);
  }
  for (const { account } of world.fixture.accounts) {
    for (const member of world.keepers(account)) {
      for (const [sortKey, { siblings }] of await itemsOf(account, member)) {
        const back = world
          .idsOf(siblings)
          .filter((id) => replaced.has(id) && isSound(ledger.entry(id)?.writer ?? ''));
        if (back.length > 0) fail(`${back} of ${sortKey} stands again at ${member.name}`);
      }
    }
  }
}
