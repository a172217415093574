import { AppError } from '../base/app-error.ts';
import {
  addDot,
  containsDot,
  EMPTY_CONTEXT,
  highestCounter,
  joinContexts,
  type CausalContext,
  type Dot,
} from '../domain/causal-context.ts';
import type { Logger } from '../base/logger.ts';
import type { ActorId, Hash, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import { actorOf } from '../security/actor.ts';
import { publicKeyOf } from '../security/peer-key.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import { createLetOutMarks } from './let-out-mark.ts';

const MAX_ACTORS_KEPT = 4096;

/**
 * Which counters of this member's own actors others can know of: those let out by earlier processes
 * (let-out-mark.ts) and by this one. Whoever shows a greater one has it from another life of this
 * store (DESIGN §2 Epochs). Stricter than "not issued": a version written but never sent cannot be
 * known elsewhere, so its counter met elsewhere betrays the other life.
 */
export interface OwnCounters {
  actorOf(account: PartitionKey, epoch?: StoreEpoch): ActorId;
  /** To be awaited before this process writes for the account: notes where this life stands. */
  prepare(account: PartitionKey): Promise<void>;
  /**
   * These versions are about to leave this machine, or may at any time by another way. They may go
   * when it resolves; that takes a sync only for the first after a start or a time apart.
   */
  letOut(versions: readonly SignedVersion[]): Promise<void>;
  /**
   * An epoch ends: until `reissued` settles none of its own versions may leave (some get another
   * name), and those that it resolves with never may.
   */
  abandon(epoch: StoreEpoch, reissued: Promise<readonly Hash[]>): void;
  /**
   * The last look before versions leave, after all that had to be waited for.
   * @throws ABORTED when one of them gets, or got, another name: both would stand side by side.
   */
  checkNames(versions: readonly SignedVersion[]): void;
  /** A member said that it has this version of ours: the name is ours there. */
  confirmed(dot: Dot): void;
  /** True when nobody else can know of this counter of our actor. */
  isForeign(account: PartitionKey, counter: number): Promise<boolean>;
  /** The greatest counter of our actor in the versions' dots and contexts, 0 if none. */
  highestOwn(account: PartitionKey, versions: readonly SignedVersion[]): number;
  /**
   * The names of the actor that surely mean our versions everywhere: what earlier processes let
   * out, and what members confirmed to this one. Any other may name another life's version.
   */
  surelyOurs(account: PartitionKey, epoch: StoreEpoch): Promise<CausalContext>;
}

export function createOwnCounters(
  init: { readonly self: PeerId },
  components: {
    readonly store: ItemStore;
    readonly records: Pick<RecordStore, 'get' | 'put'>;
    readonly logger: Logger;
    /** False while no member is connected: then nothing that is written leaves. */
    isOnline(): boolean;
  },
): OwnCounters {
  const { store } = components;
  const marks = createLetOutMarks(components);
  const publicKey = publicKeyOf(init.self);
  const actors = new Map<string, ActorId>();
  const before = new Map<ActorId, Promise<number>>();
  const out = new Map<ActorId, number>();
  /** Actors of which versions leave as they are written. */
  const open = new Set<ActorId>();
  let sure: CausalContext = EMPTY_CONTEXT;
  /** Epochs whose outbox is being issued again. */
  const ending = new Set<StoreEpoch>();
  /** Versions that were issued again under another name. */
  const renamed = new Set<Hash>();
  store.on('changed', ({ added, local }) => {
    // It came back: somebody has it under that name, and both stand side by side already.
    if (!local) for (const { hash } of added) renamed.delete(hash);
  });

  function own(account: PartitionKey, epoch: StoreEpoch = store.epoch): ActorId {
    const name = `${epoch}${account}`;
    const known = actors.get(name);
    if (known !== undefined) return known;
    const made = actorOf(publicKey, epoch, account);
    if (actors.size >= MAX_ACTORS_KEPT) actors.clear();
    actors.set(name, made);
    return made;
  }
  async function readBefore(account: PartitionKey, actor: ActorId): Promise<number> {
    const issued = await store.issuedCounter(actor);
    const mark = await marks.read(account, actor);
    return mark === undefined || mark.open ? issued : Math.min(mark.upTo, issued);
  }
  /** What others can have from earlier processes; asked for before this one writes anything. */
  function knownBefore(account: PartitionKey, actor: ActorId): Promise<number> {
    const known = before.get(actor);
    if (known !== undefined) return known;
    const asked = readBefore(account, actor);
    before.set(actor, asked);
    asked.catch(() => before.delete(actor));
    return asked;
  }
  async function openFor(account: PartitionKey, actor: ActorId): Promise<void> {
    const upTo = await knownBefore(account, actor);
    await marks.write(account, actor, { upTo, open: true });
  }
  /** Nothing is to be noted: every write asks this several times. */
  function isOut({ dot, key }: SignedVersion): boolean {
    if (dot.actor !== own(key.partitionKey)) return true;
    const noted = open.has(dot.actor) && (out.get(dot.actor) ?? 0) >= dot.counter;
    return noted && marks.isOpen(key.partitionKey, dot.actor);
  }
  return {
    actorOf: own,
    async prepare(account) {
      const actor = own(account);
      const started = await knownBefore(account, actor);
      if (open.has(actor) && components.isOnline()) return;
      open.delete(actor);
      const upTo = Math.max(started, out.get(actor) ?? 0);
      await marks.write(account, actor, { upTo, open: false });
    },
    async letOut(versions) {
      if (versions.every(isOut)) return;
      const touched = new Map<ActorId, PartitionKey>();
      for (const { dot, key } of versions) {
        if (dot.actor !== own(key.partitionKey)) continue;
        out.set(dot.actor, Math.max(out.get(dot.actor) ?? 0, dot.counter));
        touched.set(dot.actor, key.partitionKey);
      }
      for (const [actor, account] of touched) {
        open.add(actor);
        await openFor(account, actor);
      }
    },
    abandon(epoch, reissued) {
      ending.add(epoch);
      const end = (): boolean => ending.delete(epoch);
      reissued.then((hashes) => {
        for (const hash of hashes) renamed.add(hash);
        end();
      }, end);
    },
    checkNames(versions) {
      if (ending.size === 0 && renamed.size === 0) return;
      const gone = ({ hash, epoch, dot, key }: SignedVersion): boolean =>
        renamed.has(hash) || (ending.has(epoch) && own(key.partitionKey, epoch) === dot.actor);
      if (!versions.some(gone)) return;
      throw new AppError('ABORTED', 'It was issued again in a new epoch.');
    },
    confirmed(dot) {
      if (!containsDot(sure, dot)) sure = addDot(sure, dot);
    },
    async isForeign(account, counter) {
      if (counter === 0) return false;
      const actor = own(account);
      if (counter <= (out.get(actor) ?? 0)) return false;
      return counter > Math.max(await knownBefore(account, actor), out.get(actor) ?? 0);
    },
    highestOwn(account, versions) {
      const actor = own(account);
      return versions.reduce((highest, { dot, context }) => {
        const counter = dot.actor === actor ? dot.counter : 0;
        return Math.max(highest, counter, highestCounter(context, actor));
      }, 0);
    },
    async surelyOurs(account, epoch) {
      const actor = own(account, epoch);
      const started = await knownBefore(account, actor);
      const earlier = started === 0 ? EMPTY_CONTEXT : new Map([[actor, [[1, started]]]] as const);
      const ranges = sure.get(actor);
      return ranges === undefined ? earlier : joinContexts(earlier, new Map([[actor, ranges]]));
    },
  };
}
