/** Reads and writes of raw items, and what is expected of each by itself. */
import { isAppError } from '../../src-main/base/app-error.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { AccountKit, Replaces } from './account-kit.ts';
import { readReach } from './read-reach.ts';
import type { SimulatedMember } from './simulated-member.ts';
import { createStrictBook } from './strict-book.ts';
import { sightOf } from './table-apart.ts';
import type { World } from './world.ts';

export interface Workload {
  /** One write, awaited by the caller. */
  write(member: SimulatedMember, sortKey: string, options?: WriteOptions): Promise<string>;
  /** Reads and checks what came; a strict one against the strict writes before it. */
  read(member: SimulatedMember, kit: AccountKit, sortKey: string, strict: boolean): Promise<void>;
  scan(member: SimulatedMember, kit: AccountKit): Promise<void>;
  /** How often what was done, and how it ended. */
  readonly done: Readonly<Record<string, number>>;
}

export interface WriteOptions {
  readonly consistency?: 'eventual' | 'strict';
  readonly deleted?: boolean;
  /** Which siblings the author had read. @default all held here */
  readonly replaces?: Replaces;
  readonly timeoutMs?: number;
  /** @default the ring's first account */
  readonly kit?: AccountKit;
  /** @default 0 */
  readonly extraBytes?: number;
}

const EVERYTHING: Replaces = (siblings) => siblings;

/** @param init.strictReads check that a strict read sees the last acknowledged strict write. */
export function createWorkload(init: { readonly strictReads: boolean }, world: World): Workload {
  const { ledger, fixture, checks } = world;
  const done: Record<string, number> = {};
  const strict = createStrictBook(ledger);

  const count = (what: string): void => {
    done[what] = (done[what] ?? 0) + 1;
  };
  async function write(
    member: SimulatedMember,
    sortKey: string,
    options: WriteOptions = {},
  ): Promise<string> {
    const id = ledger.newId();
    const kit = options.kit ?? fixture;
    const choose = options.replaces ?? EVERYTHING;
    const replaces = (siblings: readonly SignedVersion[]): readonly SignedVersion[] => {
      const chosen = choose(siblings);
      const replaced = world.idsOf(chosen);
      const { deleted = false } = options;
      const what = { id, account: kit.account, sortKey };
      ledger.began({ ...what, writer: member.name, replaced, deleted });
      return chosen;
    };
    const { consistency = 'eventual', deleted = false, timeoutMs = 2000 } = options;
    const { extraBytes = 0 } = options;
    const request = kit.write(member.machine, { sortKey, id, deleted, extraBytes, replaces });
    const turn = strict.begin(kit.account, sortKey, sightOf(member));
    const disks = member.replication.listOf(kit.account).w;
    const receipt = await member.replication
      .put([request], { consistency, timeoutMs })
      .catch((error: unknown) => {
        if (isAppError(error, 'QUORUM_NOT_REACHED')) ledger.refuse(id);
        throw error;
      });
    ledger.acknowledge(id, receipt.state, disks);
    world.log(`${member.name} was told: ${id} of ${sortKey} is ${receipt.state} (${consistency})`);
    if (consistency === 'strict') turn.acknowledged(id);
    count(`put ${consistency} ${receipt.state}`);
    return id;
  }
  async function read(
    member: SimulatedMember,
    kit: AccountKit,
    sortKey: string,
    isStrict: boolean,
  ): Promise<void> {
    const turn = strict.begin(kit.account, sortKey, sightOf(member));
    const key = { partitionKey: kit.account, sortKey };
    const consistency = isStrict ? 'strict' : 'eventual';
    const reach = await readReach(world, member, kit.account);
    const { siblings, freshness } = await member.replication.get(key, { consistency });
    await reach.check(freshness);
    checks.checkSiblings(`read at ${member.name} ${sortKey}`, siblings);
    count(`get ${freshness}`);
    if (!isStrict || !init.strictReads || !member.isUp) return;
    const missed = turn.missed(world.idsOf(siblings));
    if (missed.length > 0) {
      checks.fail(`invariant 4: a strict read at ${member.name} of ${sortKey} missed ${missed}`);
    }
  }
  async function scan(member: SimulatedMember, kit: AccountKit): Promise<void> {
    const range = { partitionKey: kit.account, prefix: 'item#', limit: 100 };
    const { items } = await member.replication.scan(range);
    for (const { key, siblings } of items) checks.checkSiblings(`scan ${key.sortKey}`, siblings);
    count('scan');
  }
  return { write, read, scan, done };
}
