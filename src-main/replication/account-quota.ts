import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { utf8, utf8ToString } from '../base/bytes.ts';
import { sleep } from '../base/waiting.ts';
import { containsDot } from '../domain/causal-context.ts';
import type { ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import { actorOf } from '../security/actor.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';

export interface QuotaLimits {
  /** Bytes of envelopes an account may have here. @default 256 MiB */
  readonly accountBytes: number;
  /** Of all accounts that one member brought. @default 1 GiB */
  readonly memberBytes: number;
  /** Versions of its own that a member may send in the long run. @default 200 */
  readonly versionsPerSecond: number;
  /** And at once, after a rest. @default 60,000: five minutes' worth */
  readonly burst: number;
}

/**
 * What a member may fill and how fast, counted where it writes to (DESIGN §2, decision 0511). Only
 * the writer's own sending is bounded: what owners hand each other was acknowledged by one of
 * them, and has to get everywhere. Nothing is acknowledged before it is admitted.
 */
export interface AccountQuota {
  /**
   * Resolves when the sender may write these.
   * @throws QUOTA_EXCEEDED when there is no room for them, OVERLOADED when they come too fast
   * though they were made to wait.
   */
  admit(from: PeerId, key: ItemKey, versions: readonly SignedVersion[]): Promise<void>;
}

const MIB = 1024 * 1024;
const DEFAULTS: QuotaLimits = {
  accountBytes: 256 * MIB,
  memberBytes: 1024 * MIB,
  versionsPerSecond: 200,
  burst: 60_000,
};
/** A sender waits so long before it is refused. */
const MAX_WAIT_MS = 2000;
/** Sums of members are made anew from the accounts' own this often. */
const FRESH_MS = 1000;
/** Deletions go on beyond an account's room by this share, so that room can be made. */
const DELETING_SHARE = 1.25;
const SPACE = 'brought/';
const MAX_PACED = 1000;

interface Sum {
  readonly madeMs: number;
  bytes: number;
}

interface Components {
  readonly clock: Clock;
  readonly store: ItemStore;
  readonly records: Pick<RecordStore, 'put' | 'list'>;
}

export function createAccountQuota(
  init: { readonly limits?: Partial<QuotaLimits> },
  components: Components,
): AccountQuota {
  const limits = { ...DEFAULTS, ...init.limits };
  const { store } = components;
  const members = createMemberSums(components);
  const pace = createPace(limits, components);

  async function growth(key: ItemKey, versions: readonly SignedVersion[]): Promise<number> {
    const held = await store.read(key);
    const here = new Set(held.map(({ hash }) => hash));
    const covered = held.filter(({ dot }) =>
      versions.some(({ context }) => containsDot(context, dot)),
    );
    return bytesOf(versions.filter(({ hash }) => !here.has(hash))) - bytesOf(covered);
  }
  async function checkRoom(from: PeerId, key: ItemKey, versions: readonly SignedVersion[]) {
    const bringer = await members.bringerOf(key.partitionKey, from);
    const more = await growth(key, versions);
    if (more <= 0) return;
    // Room is made by deletions, and a lost device is shut out whatever there is.
    const deletes = versions.every(({ kind }) => kind !== 'value');
    const share = deletes ? DELETING_SHARE : 1;
    const account = await store.accountBytes(key.partitionKey);
    if (account + more > limits.accountBytes * share) {
      throw full('This account has as much as one may have on a machine.', {
        accountBytes: account,
        maxBytes: limits.accountBytes,
      });
    }
    const sum = await members.sumOf(bringer);
    if (sum.bytes + more > limits.memberBytes * share) {
      throw full('The accounts of this machine have as much as they may have on another.', {
        memberBytes: sum.bytes,
        maxBytes: limits.memberBytes,
      });
    }
    sum.bytes += more;
  }
  return {
    async admit(from, key, versions) {
      const own = versions.filter(
        ({ dot, epoch }) => actorOf(from, epoch, key.partitionKey) === dot.actor,
      );
      if (own.length === 0) return;
      await pace(from, own.length);
      await checkRoom(from, key, own);
    },
  };
}

/** Which member brought each account, and what those of one member have here. */
function createMemberSums({ clock, store, records }: Components) {
  /** Read from disk once. */
  let brought: Promise<Map<PartitionKey, PeerId>> | undefined;
  const sums = new Map<PeerId, Sum>();

  async function readBrought(): Promise<Map<PartitionKey, PeerId>> {
    const all = await records.list('setting');
    const named = all.filter(({ name }) => name.startsWith(SPACE));
    return new Map(
      named.map(({ name, value }) => [
        name.slice(SPACE.length) as PartitionKey,
        utf8ToString(value) as PeerId,
      ]),
    );
  }
  return {
    /** Whoever's own write of an account came here first brought it; durable. */
    async bringerOf(account: PartitionKey, from: PeerId): Promise<PeerId> {
      brought ??= readBrought();
      const all = await brought;
      const known = all.get(account);
      if (known !== undefined) return known;
      all.set(account, from);
      await records.put('setting', `${SPACE}${account}`, utf8(from));
      return from;
    },
    /** To be added to by whoever admits more. */
    async sumOf(member: PeerId): Promise<Sum> {
      const known = sums.get(member);
      if (known !== undefined && clock.monotonicMs() - known.madeMs < FRESH_MS) return known;
      const own = [...((await brought) ?? [])].filter(([, by]) => by === member);
      let bytes = 0;
      for (const [account] of own) bytes += await store.accountBytes(account);
      const made = { madeMs: clock.monotonicMs(), bytes };
      sums.set(member, made);
      return made;
    },
  };
}

/** Lets a member send at its rate: at once, after a wait, or not. */
function createPace({ burst, versionsPerSecond }: QuotaLimits, { clock }: Components) {
  /** Versions a member may send at once, and when that was so. */
  const allowed = new Map<PeerId, { readonly tokens: number; readonly atMs: number }>();

  return async function pace(from: PeerId, count: number): Promise<void> {
    const nowMs = clock.monotonicMs();
    const before = allowed.get(from) ?? { tokens: burst, atMs: nowMs };
    const refilled = ((nowMs - before.atMs) / 1000) * versionsPerSecond;
    const tokens = Math.min(burst, before.tokens + refilled) - count;
    const waitMs = tokens >= 0 ? 0 : (-tokens / versionsPerSecond) * 1000;
    if (waitMs > MAX_WAIT_MS) {
      throw new AppError('OVERLOADED', 'Versions come faster than this machine takes them.', {
        details: { versionsPerSecond },
      });
    }
    allowed.delete(from);
    allowed.set(from, { tokens, atMs: nowMs });
    const [oldest] = allowed.keys();
    if (allowed.size > MAX_PACED && oldest !== undefined) allowed.delete(oldest);
    if (waitMs > 0) await sleep(clock, waitMs);
  };
}

function bytesOf(versions: readonly SignedVersion[]): number {
  return versions.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

function full(message: string, details: Readonly<Record<string, number>>): AppError {
  return new AppError('QUOTA_EXCEEDED', message, { details });
}
