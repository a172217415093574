import { highestCounter } from '../domain/causal-context.ts';
import type { ActorId, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import { actorOf } from '../security/actor.ts';
import { publicKeyOf } from '../security/peer-key.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';

const MAX_ACTORS_KEPT = 4096;

/**
 * Which counters of this member's own actors others can know of: those issued before this process
 * started, and those it has let out since. Whoever shows a greater one has it from another life of
 * this store (DESIGN §2 Epochs). Stricter than "not issued": a version written but never sent
 * cannot be known elsewhere, so its counter met elsewhere betrays the other life.
 */
export interface OwnCounters {
  actorOf(account: PartitionKey, epoch?: StoreEpoch): ActorId;
  /** To be awaited before this process writes for the account for the first time. */
  prepare(account: PartitionKey): Promise<void>;
  /** These versions are about to leave this machine, or may at any time by another way. */
  letOut(versions: readonly SignedVersion[]): void;
  /** True when nobody else can know of this counter of our actor. */
  isForeign(account: PartitionKey, counter: number): Promise<boolean>;
  /** The greatest counter of our actor in the versions' dots and contexts, 0 if none. */
  highestOwn(account: PartitionKey, versions: readonly SignedVersion[]): number;
}

export function createOwnCounters(
  init: { readonly self: PeerId },
  components: { readonly store: ItemStore },
): OwnCounters {
  const { store } = components;
  const publicKey = publicKeyOf(init.self);
  const actors = new Map<string, ActorId>();
  const before = new Map<ActorId, Promise<number>>();
  const out = new Map<ActorId, number>();

  function own(account: PartitionKey, epoch: StoreEpoch = store.epoch): ActorId {
    const name = `${epoch}${account}`;
    const known = actors.get(name);
    if (known !== undefined) return known;
    const made = actorOf(publicKey, epoch, account);
    if (actors.size >= MAX_ACTORS_KEPT) actors.clear();
    actors.set(name, made);
    return made;
  }
  function issuedBefore(actor: ActorId): Promise<number> {
    const known = before.get(actor);
    if (known !== undefined) return known;
    const asked = store.issuedCounter(actor);
    before.set(actor, asked);
    asked.catch(() => before.delete(actor));
    return asked;
  }
  return {
    actorOf: own,
    async prepare(account) {
      await issuedBefore(own(account));
    },
    letOut(versions) {
      for (const { dot, key } of versions) {
        if (dot.actor !== own(key.partitionKey)) continue;
        out.set(dot.actor, Math.max(out.get(dot.actor) ?? 0, dot.counter));
      }
    },
    async isForeign(account, counter) {
      if (counter === 0) return false;
      const actor = own(account);
      return counter > Math.max(await issuedBefore(actor), out.get(actor) ?? 0);
    },
    highestOwn(account, versions) {
      const actor = own(account);
      return versions.reduce((highest, { dot, context }) => {
        const counter = dot.actor === actor ? dot.counter : 0;
        return Math.max(highest, counter, highestCounter(context, actor));
      }, 0);
    },
  };
}
