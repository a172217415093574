import type { Logger } from '../base/logger.ts';
import { toAppError } from '../base/app-error.ts';
import {
  addDot,
  addRange,
  checkContextLimits,
  containsDot,
  type CausalContext,
  type CounterRange,
  type Dot,
} from '../domain/causal-context.ts';
import type { ActorId, Hash, ItemKey, PartitionKey, StoreEpoch } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueGiven, ItemStore } from '../storage/item-store.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { OwnCounters } from './own-counters.ts';
import type { Reissuer } from './reissuer.ts';

/** Outbox entries read at once; more of them than that is not expected in one life of a machine. */
const MAX_OUTBOX = 100_000;
/** Items looked through at once. */
const PAGE = 200;

/** A version of the outbox and what it became. */
export interface Replaced {
  readonly old: SignedVersion;
  readonly version: SignedVersion;
}

export interface OutboxReissue {
  /**
   * Issues every version of the abandoned epoch again that only this machine is sure to have, in
   * counter order: the outbox, and what was complete on this disk alone (it was the only owner) and
   * so left the outbox without anybody's word. What `isConfirmed` by others as ours keeps its name,
   * but for that of the `disputed` actor: who confirmed it may have slept through the other life,
   * and where that one was met the name is taken. Of the abandoned names their contexts keep only
   * those that surely mean our versions, and none from the `disputed` dot on: any other may name
   * what the other life wrote, and would swallow it. Resolves with what became what.
   */
  run(
    abandoned: StoreEpoch,
    isConfirmed: (hash: Hash) => boolean,
    disputed?: Dot,
  ): Promise<readonly Replaced[]>;
  /**
   * Issues one version again under a new dot with its context changed; undefined if it cannot be.
   */
  one(
    old: SignedVersion,
    change: (context: CausalContext) => CausalContext,
  ): Promise<SignedVersion | undefined>;
}

export function createOutboxReissue(components: {
  readonly store: ItemStore;
  readonly counters: OwnCounters;
  readonly reissuer: Reissuer;
  readonly held: Pick<HeldAccounts, 'all'>;
  readonly logger: Logger;
}): OutboxReissue {
  const { store, counters, reissuer, held, logger } = components;

  /** Versions here whose name nobody else is known to have heard. */
  async function unheardOf(
    account: PartitionKey,
    epoch: StoreEpoch,
  ): Promise<readonly SignedVersion[]> {
    const actor = counters.actorOf(account, epoch);
    const ours = await counters.surelyOurs(account, epoch);
    const out: SignedVersion[] = [];
    for (let after: string | undefined; ;) {
      const range = { partitionKey: account, limit: PAGE, ...(after !== undefined && { after }) };
      const page = await store.scan(range);
      for (const { siblings } of page) {
        out.push(...siblings.filter(({ dot }) => dot.actor === actor && !containsDot(ours, dot)));
      }
      after = page.at(-1)?.key.sortKey;
      if (page.length < PAGE || after === undefined) return out;
    }
  }
  /** The versions of that epoch's actors that are to be issued again, in counter order. */
  async function entriesOf(epoch: StoreEpoch): Promise<readonly SignedVersion[]> {
    const out: SignedVersion[] = [];
    for (const entry of await store.outbox(MAX_OUTBOX)) {
      if (entry.dot.actor !== counters.actorOf(entry.key.partitionKey, epoch)) continue;
      const siblings = await store.read(entry.key);
      const version = siblings.find((one) => one.hash === entry.hash);
      if (version !== undefined) out.push(version);
    }
    const known = new Set(out.map((version) => version.hash));
    for (const account of held.all()) {
      out.push(...(await unheardOf(account, epoch)).filter(({ hash }) => !known.has(hash)));
    }
    return out.sort((a, b) => a.dot.counter - b.dot.counter);
  }
  /** Of each actor of the entries the counters that stay in contexts: ours, and not reissued. */
  async function namesKept(
    abandoned: StoreEpoch,
    entries: readonly SignedVersion[],
    disputed: Dot | undefined,
  ): Promise<CausalContext> {
    const kept = new Map<ActorId, readonly CounterRange[]>();
    for (const { dot, key } of entries) {
      if (kept.has(dot.actor)) continue;
      const ours = await counters.surelyOurs(key.partitionKey, abandoned);
      const agreed =
        disputed?.actor === dot.actor
          ? onlyOf(ours, new Map([[dot.actor, [[1, disputed.counter - 1]]]]))
          : ours;
      const mine = entries.filter((other) => other.dot.actor === dot.actor);
      const given = new Set(mine.map((other) => other.dot.counter));
      kept.set(dot.actor, without(agreed, new Map([[dot.actor, given]])).get(dot.actor) ?? []);
    }
    return kept;
  }
  async function one(
    old: SignedVersion,
    change: (context: CausalContext) => CausalContext,
  ): Promise<SignedVersion | undefined> {
    const { key } = old;
    const build = (given: IssueGiven): SignedVersion =>
      reissuer.reissue(old, {
        epoch: given.epoch,
        dot: { actor: given.actor, counter: given.counter },
        context: ownPast(change(old.context), given),
      });
    const actorOf = (): ActorId => counters.actorOf(key.partitionKey);
    try {
      await counters.prepare(key.partitionKey);
      const [version] = await store.issue([{ key, actorOf, build }]);
      // The old one goes once the new one is durable: a crash in between leaves both, of equal
      // value.
      await store.replaceVersions(key, { remove: [old.hash], add: [] });
      return version;
    } catch (error) {
      logger.error('a version could not be issued again', { code: toAppError(error).code });
      return undefined;
    }
  }
  return {
    one,
    async run(abandoned, isConfirmed, disputed) {
      const entries = (await entriesOf(abandoned)).filter(
        ({ dot, hash }) => dot.actor === disputed?.actor || !isConfirmed(hash),
      );
      const names = await namesKept(abandoned, entries, disputed);
      const done: Replaced[] = [];
      for (const old of entries) {
        const before = done.filter((one) => follows(old, one.old));
        const version = await one(old, (context) =>
          before.reduce((sum, { version: { dot } }) => addDot(sum, dot), onlyOf(context, names)),
        );
        if (version !== undefined) done.push({ old, version });
      }
      return done;
    },
  };
}

/** The new actor's own past: the counters it spent on other items since its last of this one. */
function ownPast(context: CausalContext, given: IssueGiven): CausalContext {
  const whole = addRange(context, given.actor, given.lastOwn + 1, given.counter - 1);
  checkContextLimits(whole);
  return whole;
}

function follows(later: SignedVersion, earlier: SignedVersion): boolean {
  return sameItem(later.key, earlier.key) && hasDot(later.context, earlier.dot);
}

function sameItem(a: ItemKey, b: ItemKey): boolean {
  return a.partitionKey === b.partitionKey && a.sortKey === b.sortKey;
}

function hasDot(context: CausalContext, dot: Dot): boolean {
  const ranges = context.get(dot.actor) ?? [];
  return ranges.some(([from, to]) => from <= dot.counter && dot.counter <= to);
}

/** The context with nothing of the actors in `names` but what is there. */
export function onlyOf(context: CausalContext, names: CausalContext): CausalContext {
  const out = new Map(context);
  for (const [actor, kept] of names) {
    const ranges = context.get(actor);
    if (ranges === undefined) continue;
    const left = ranges.flatMap((range) => kept.flatMap((other) => overlap(range, other)));
    if (left.length === 0) out.delete(actor);
    else out.set(actor, left);
  }
  return out;
}

function overlap(a: CounterRange, b: CounterRange): readonly CounterRange[] {
  const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  return from <= to ? [[from, to]] : [];
}

/** The context without these counters: names that may mean another version elsewhere. */
export function without(
  context: CausalContext,
  names: ReadonlyMap<ActorId, ReadonlySet<number>>,
): CausalContext {
  const out = new Map(context);
  for (const [actor, counters] of names) {
    const ranges = context.get(actor);
    if (ranges === undefined) continue;
    const left = ranges.flatMap((range) => splitRange(range, counters));
    if (left.length === 0) out.delete(actor);
    else out.set(actor, left);
  }
  return out;
}

function splitRange([from, to]: CounterRange, holes: ReadonlySet<number>): CounterRange[] {
  const inside = [...holes].filter((hole) => from <= hole && hole <= to).sort((a, b) => a - b);
  const out: CounterRange[] = [];
  let start = from;
  for (const hole of inside) {
    if (start < hole) out.push([start, hole - 1]);
    start = hole + 1;
  }
  if (start <= to) out.push([start, to]);
  return out;
}
