/** Invariant 1 as it happens: what is said to be kept is kept, what was let go is everywhere. */
import type { Clock } from '../../src-main/base/clock.ts';
import type { Hash, ItemKey, PartitionKey, PeerId } from '../../src-main/domain/ids.ts';
import { putMessage } from '../../src-main/network/messages/put.ts';
import type { OutboxEntry } from '../../src-main/storage/item-store.ts';
import type { Ledger } from './ledger.ts';
import type { OnlineChecks } from './online-checks.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { AnsweredRequest, SimulatedNetwork } from './simulated-network.ts';

const ALL = 100_000;
const JUST_CHANGED_MS = 1000;

/** Who has to have an account's writes as a member went by it, and who had to before. */
interface Lists {
  readonly now: readonly PeerId[];
  readonly before: readonly PeerId[];
  readonly sinceMs: number;
}

export interface DeliveryChecks {
  /** A write left the member's outbox, or came into it. */
  outboxChanged(member: SimulatedMember, key: ItemKey): void;
  /** Items are about to leave the member's disk. */
  leaving(member: SimulatedMember, keys: readonly ItemKey[]): Promise<void>;
}

export function createDeliveryChecks(components: {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly checks: OnlineChecks;
  readonly network: SimulatedNetwork;
  members(): readonly SimulatedMember[];
}): DeliveryChecks {
  const { clock, ledger, checks, network } = components;
  const outboxes = new Map<string, ReadonlyMap<Hash, OutboxEntry>>();
  const lists = new Map<string, Lists>();
  const memberOf = (peer: PeerId): SimulatedMember | undefined =>
    components.members().find((member) => member.peer === peer);

  /** Owners, and who is coming in by any change (decision 0104). */
  function wantedBy(member: SimulatedMember, account: PartitionKey): readonly PeerId[] {
    const { owners, pending } = member.replication.listOf(account);
    return [...new Set([...owners, ...pending.flatMap(({ incoming }) => incoming)])];
  }
  /** What was complete by a list a moment ago leaves by it. */
  function listBefore(member: SimulatedMember, account: PartitionKey): readonly PeerId[] {
    const name = `${member.name} ${account}`;
    const now = wantedBy(member, account);
    const known = lists.get(name) ?? { now, before: now, sinceMs: 0 };
    const changed = known.now.join() !== now.join();
    const nowMs = clock.monotonicMs();
    const next = changed ? { now, before: known.now, sinceMs: nowMs } : known;
    lists.set(name, next);
    return nowMs - next.sinceMs < JUST_CHANGED_MS ? next.before : now;
  }

  /** The write, or one that replaced it, is on the machine's disk, or was. */
  async function hasHad(member: SimulatedMember, key: ItemKey, id: string): Promise<boolean> {
    for (const entry of ledger.entries()) {
      if (entry.storedAt.has(member.name) && ledger.past([entry.id]).has(id)) return true;
    }
    // What a failing disk kept all the same was announced by nobody.
    if (!member.isUp) return member.wasTroubled;
    const held = await member.store.read(key);
    return ledger.past(held.map((version) => checks.idOf(version))).has(id);
  }
  async function lacking(
    list: readonly PeerId[],
    key: ItemKey,
    id: string,
  ): Promise<readonly string[]> {
    const out: string[] = [];
    for (const member of list.flatMap((peer) => memberOf(peer) ?? [])) {
      if (ledger.hasLost(member.name) || (await hasHad(member, key, id))) continue;
      out.push(member.name);
    }
    return out;
  }
  async function left(member: SimulatedMember, entry: OutboxEntry): Promise<void> {
    const { key } = entry;
    const held = await member.store.read(key);
    const version = held.find((one) => one.hash === entry.hash);
    // Covered, taken back or issued again: another entry carries it on.
    if (version === undefined || version.kind === 'devices' || !member.isUp) return;
    const id = checks.idOf(version);
    const now = wantedBy(member, key.partitionKey);
    const never = await lacking(now, key, id);
    const before = listBefore(member, key.partitionKey);
    if (never.length === 0 || (await lacking(before, key, id)).length === 0) return;
    checks.fail(
      `invariant 1 (kept until complete): ${id} of ${key.sortKey} left the outbox of ` +
        `${member.name}, and ${never.join(', ')} never had it`,
    );
  }
  async function compareOutbox(member: SimulatedMember): Promise<void> {
    // A disk in another one's place begins with an outbox of its own.
    const disk = `${member.name} ${ledger.hasLost(member.name)}`;
    const before = outboxes.get(disk);
    const entries = await member.store.outbox(ALL);
    const now = new Map(entries.map((entry) => [entry.hash, entry]));
    outboxes.set(disk, now);
    for (const [hash, entry] of before ?? []) if (!now.has(hash)) await left(member, entry);
  }
  /** A fallback that says that it stored has a hint, until the owner has the version. */
  async function checkHints({ to, verb, body, reply }: AnsweredRequest): Promise<void> {
    if (verb !== putMessage.verb) return;
    const { hintsFor, sloppy, key } = putMessage.decodeRequest(body);
    const member = memberOf(to);
    if (hintsFor.length === 0 || member?.isUp !== true) return;
    const { each } = putMessage.decodeResponse(reply);
    if (!each.some(({ outcome }) => outcome === 'stored')) return;
    const list = member.replication.listOf(key.partitionKey);
    const able = new Set(sloppy ? list.walk() : list.owners);
    const asked = hintsFor.filter((peer) => able.has(peer) && peer !== to);
    if (asked.length === 0) return;
    const held = await member.store.read(key);
    const ids = held.filter(({ kind }) => kind !== 'devices').map((one) => checks.idOf(one));
    for (const owner of asked) {
      const kept = await member.store.hintsFor(owner, ALL);
      if (kept.some((hint) => hint.key.sortKey === key.sortKey)) return;
      const there = memberOf(owner);
      if (there === undefined) continue;
      const had = await Promise.all(ids.map((id) => hasHad(there, key, id)));
      if (had.every(Boolean)) return;
    }
    checks.fail(
      `invariant 1 (hints are kept): ${member.name} took ${ids.join(' ')} of ${key.sortKey} in ` +
        `the place of an owner, and keeps no hint`,
    );
  }
  /** What has no room is refused: invariant 10. */
  async function checkRoom(peer: PeerId): Promise<void> {
    const member = memberOf(peer);
    const most = member?.init.maxHintBytes;
    if (most === undefined || member?.isUp !== true) return;
    const bytes = await member.store.hintBytes();
    if (bytes <= most) return;
    checks.fail(`invariant 10 (hints have an end): ${member.name} keeps ${bytes} of ${most} bytes`);
  }
  /** What a member does not own stays until every owner has had it. */
  async function checkLeaving(member: SimulatedMember, key: ItemKey): Promise<void> {
    const { owners: list } = member.replication.listOf(key.partitionKey);
    const held = await member.store.read(key);
    for (const version of held.filter(({ kind }) => kind !== 'devices')) {
      const id = checks.idOf(version);
      const never = await lacking(list, key, id);
      if (never.length === 0) continue;
      checks.fail(
        `invariant 1 (a stray stays): ${id} of ${key.sortKey} leaves ${member.name}, and ` +
          `${never.join(', ')} never had it`,
      );
    }
  }
  const quietly = (work: Promise<void>): void => {
    // A store that stopped meanwhile answers no more.
    work.catch(() => undefined);
  };
  network.watch({
    answered(request) {
      quietly(checkRoom(request.to));
      quietly(checkHints(request));
    },
  });
  return {
    async leaving(member, keys) {
      for (const key of keys) if (member.isUp) await checkLeaving(member, key);
    },
    outboxChanged(member, { partitionKey }) {
      if (!member.isUp) return;
      listBefore(member, partitionKey);
      quietly(compareOutbox(member));
    },
  };
}
