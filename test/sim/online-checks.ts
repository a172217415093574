/** Invariants that are checked at every step, and what they need to know of versions. */
import {
  coversContext,
  dotString,
  type CausalContext,
} from '../../src-main/domain/causal-context.ts';
import { itemKeyString, type Hash } from '../../src-main/domain/ids.ts';
import { coversVersion, seenOfAll } from '../../src-main/domain/versioned-item.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { ItemStoreEvents } from '../../src-main/storage/item-store.ts';
import type { Ledger } from './ledger.ts';
import type { RingFixture } from './ring-fixture.ts';
import type { SimulatedMember } from './simulated-member.ts';

export interface OnlineChecks {
  changed(member: SimulatedMember, event: ItemStoreEvents['changed']): void;
  epochRenewed(member: SimulatedMember, reason: string): void;
  /** The member's disk was put back, or an item left it: what it had seen starts anew. */
  forget(member: SimulatedMember): void;
  idOf(version: SignedVersion): string;
  /** Siblings of one item: pairwise concurrent, contexts closed (invariant 2). */
  checkSiblings(where: string, siblings: readonly SignedVersion[]): void;
  readonly epochsRenewed: number;
  /** Machines that began a new epoch in the course of a process. */
  readonly renewers: ReadonlySet<string>;
  /** Dots that were met with two different bytes. */
  readonly duplicateDots: ReadonlySet<string>;
  readonly failures: readonly string[];
  fail(what: string): void;
}

export function createOnlineChecks(components: {
  readonly ledger: Ledger;
  readonly fixture: Pick<RingFixture, 'idOf'>;
  /** A line of the trace. */
  log(line: string): void;
}): OnlineChecks {
  const { ledger, fixture } = components;
  const failures: string[] = [];
  const seen = new Map<string, Map<string, CausalContext>>();
  const ids = new Map<Hash, string>();
  const dots = new Map<string, Hash>();
  const duplicateDots = new Set<string>();
  let epochsRenewed = 0;
  const renewers = new Set<string>();

  function fail(what: string): void {
    components.log(`does not hold: ${what}`);
    failures.push(what);
  }
  function idOf(version: SignedVersion): string {
    const known = ids.get(version.hash);
    if (known !== undefined) return known;
    const id = version.kind === 'devices' ? 'devices' : fixture.idOf(version);
    ids.set(version.hash, id);
    return id;
  }
  /** One counter an actor, for all items of the account: a dot names one version of one item. */
  function noteDot(member: SimulatedMember, version: SignedVersion, local: boolean): void {
    const name = `${version.key.partitionKey} ${dotString(version.dot)}`;
    const hash = dots.get(name);
    dots.set(name, version.hash);
    if (hash === undefined || hash === version.hash) return;
    duplicateDots.add(name);
    // A disk that was put back and cannot tell gives dots out twice; the epoch rule mends that.
    if (!local || ledger.hasLost(member.name)) return;
    fail(
      `invariant 2 (one dot, one version): ${member.name} gave ${dotString(version.dot)} to ` +
        `${idOf(version)} of ${version.key.sortKey}, and had given it before`,
    );
  }
  function checkSiblings(where: string, siblings: readonly SignedVersion[]): void {
    for (const one of siblings) {
      for (const other of siblings) {
        if (one !== other && coversVersion(one, other)) {
          fail(`invariant 2: ${where}: ${idOf(one)} stands beside what it covers`);
        }
      }
      if (one.context.get(one.dot.actor)?.some(([, to]) => to >= one.dot.counter) === true) {
        fail(`invariant 2: ${where}: ${idOf(one)} has its own dot in its past`);
      }
    }
  }
  return {
    idOf,
    checkSiblings,
    changed(member, { key, added, siblings, local }) {
      for (const version of added) {
        noteDot(member, version, local);
        if (version.kind !== 'devices') ledger.entry(idOf(version))?.storedAt.add(member.name);
      }
      const name = itemKeyString(key);
      checkSiblings(`${member.name} ${key.sortKey}`, siblings);
      const mine = seen.get(member.name) ?? new Map<string, CausalContext>();
      seen.set(member.name, mine);
      const before = mine.get(name);
      const now = seenOfAll(siblings);
      // What was issued anew or withdrawn is taken off on purpose; nothing else may go.
      const takenOff = local && added.length === 0;
      const watched = member.holdsAccount(key.partitionKey) && before !== undefined && !takenOff;
      if (watched && !coversContext(now, before)) {
        fail(`invariant 4: ${member.name} ${key.sortKey}: its context has shrunk`);
      }
      mine.set(name, now);
    },
    epochRenewed({ name }) {
      epochsRenewed++;
      renewers.add(name);
    },
    forget(member) {
      seen.delete(member.name);
    },
    get epochsRenewed() {
      return epochsRenewed;
    },
    renewers,
    duplicateDots,
    failures,
    fail,
  };
}
