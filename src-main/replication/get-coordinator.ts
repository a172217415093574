import { type AppError, isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import { answerRead, createReadQuorum, readAnswered, readEnough } from '../domain/quorum.ts';
import { getBatchMessage } from '../network/messages/get-batch.ts';
import { getMessage } from '../network/messages/get.ts';
import { listMessage } from '../network/messages/list.ts';
import type { Transport } from '../network/transport.ts';
import type { ItemStore, ScanRange, StoredItem } from '../storage/item-store.ts';
import type { FillMarks } from './fill-marks.ts';
import type { FailureDetector } from './failure-detector.ts';
import { createHedgeDelay, type HedgeDelay } from './hedge-delay.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import { askedBy, goalOfRead, isStrict, notReached } from './read-needs.ts';
import type { ReadRepair } from './read-repair.ts';
import { readWalk, type WalkAnswer } from './read-walk.ts';
import type { Answered, GetAnswer, GetOptions, ScanAnswer } from './replication.ts';
import type { PartitionList, RingView } from './ring-view.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { Timings } from './timings.ts';
import { NotStoredHere, type NamedItem, type VersionPull } from './version-pull.ts';
import { wholeAnswer } from './whole-answer.ts';

const DEFAULT_READ_MS = 2000;
/** Items compared in one request of a range read. */
const SCAN_PAGE = 500;

export interface GetComponents {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly transport: Transport;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly calls: MemberCalls;
  readonly held: HeldAccounts;
  readonly sessions: SessionKeeper;
  readonly pull: VersionPull;
  readonly repair: ReadRepair;
  readonly copies: KnownCopies;
  readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
  catchUp(peer: PeerId, signal: AbortSignal | undefined): Promise<void>;
}

/**
 * Reads (Dynamo §4.5; DESIGN §2 Reads): the first n reachable members of the walk are asked, the
 * value of one and digests of the others; what is missing here is fetched and merged, what is
 * missing there is repaired behind the answer. This machine holds the account, so the answer is
 * what its own store has once r of them have answered.
 */
export interface GetCoordinator {
  get(key: ItemKey, options?: GetOptions): Promise<GetAnswer>;
  /** Several items of one account, one message to each member. */
  getBatch(
    account: PartitionKey,
    sortKeys: readonly string[],
    options?: GetOptions,
  ): Promise<ScanAnswer>;
  scan(range: ScanRange, options?: GetOptions): Promise<ScanAnswer>;
}

export function createGetCoordinator(
  init: { readonly timings: Timings },
  components: GetComponents,
): GetCoordinator {
  return new Reader(init.timings, components);
}

interface Asked {
  readonly signal: AbortSignal;
  readonly strict: boolean;
  /** Asked for the value; the others for digests. */
  readonly nearest: boolean;
  /** Owners that said to lack: not counted. */
  readonly lacking: Set<PeerId>;
}

class Reader implements GetCoordinator {
  readonly #hedge: HedgeDelay;
  readonly #c: GetComponents;

  constructor(timings: Timings, components: GetComponents) {
    this.#hedge = createHedgeDelay({ mostMs: timings.slowMs });
    this.#c = components;
  }

  async get(key: ItemKey, options: GetOptions = {}): Promise<GetAnswer> {
    const { store, repair, view } = this.#c;
    const answered = await this.#read(key.partitionKey, options, (peer, asked) =>
      this.#askItem(peer, key, asked),
    );
    const siblings = await store.read(key);
    if (answered.answers !== undefined) {
      const { owners } = view.listOf(key.partitionKey);
      repair.item(key, siblings, answered.answers, owners);
    }
    return { ...answered.said, siblings };
  }

  async getBatch(
    partitionKey: PartitionKey,
    sortKeys: readonly string[],
    options: GetOptions = {},
  ): Promise<ScanAnswer> {
    const { store, repair, view } = this.#c;
    const { said, answers } = await this.#read(partitionKey, options, (peer, asked) =>
      this.#askBatch(peer, { partitionKey, sortKeys }, asked),
    );
    const items = await Promise.all(
      sortKeys.map(async (sortKey): Promise<StoredItem> => {
        const key = { partitionKey, sortKey };
        return { key, siblings: await store.read(key) };
      }),
    );
    const { owners } = view.listOf(partitionKey);
    if (answers === undefined) return { ...said, items };
    for (const { key, siblings } of items) {
      const ofItem = answers.then((all) =>
        all.map(({ peer, answer }) => ({
          peer,
          answer: answer.filter(({ sortKey }) => sortKey === key.sortKey),
        })),
      );
      repair.item(key, siblings, ofItem, owners);
    }
    return { ...said, items };
  }

  async scan(range: ScanRange, options: GetOptions = {}): Promise<ScanAnswer> {
    const { partitionKey } = range;
    const answered = await this.#read(partitionKey, options, async (peer, asked) => {
      await this.#askRange(peer, range, asked);
      return [];
    });
    const items: readonly StoredItem[] = await this.#c.store.scan(range);
    return { ...answered.said, items };
  }

  async #read(
    account: PartitionKey,
    options: GetOptions,
    ask: (peer: PeerId, asked: Asked) => Promise<readonly NamedItem[]>,
  ): Promise<{ said: Answered; answers?: Promise<readonly WalkAnswer<readonly NamedItem[]>[]> }> {
    const { view, held, detector, clock, logger, fillMarks } = this.#c;
    const list = view.listOf(account);
    const owner = list.owners.includes(view.self);
    const strict = isStrict(options);
    const lacking = new Set(fillMarks.isUnfilled(list.partition) ? [view.self] : []);
    const kept = (owner && lacking.size === 0) || held.has(account);
    if (this.#isLocal(list, options, kept)) {
      const answeredOwners = owner ? 1 : 0;
      return { said: { freshness: 'local', answered: 1, answeredOwners } };
    }
    held.require(account);
    const goal = goalOfRead(list, view.lists, options);
    let quorum = createReadQuorum(goal);
    let trouble: AppError | undefined;
    const walk = askedBy(list, goal).filter((peer) => detector.isReachable(peer));
    const width = new Set([...list.owners, ...(goal.next ?? []).flatMap((one) => one.owners)]).size;
    const asked = walk.slice(0, width).filter((peer) => peer !== view.self);
    const answers = readWalk(
      {
        width,
        slowMs: this.#hedge.delayMs,
        timeoutMs: options.timeoutMs ?? DEFAULT_READ_MS,
      },
      {
        clock,
        self: view.self,
        walk,
        nearest: detector.byNearness(asked)[0],
        ask: (peer, nearest, signal) => ask(peer, { nearest, signal, strict, lacking }),
        counts: (peer) => !lacking.has(peer),
        onAnswer: (peer, tookMs) => {
          if (peer !== view.self && !readEnough(quorum)) this.#hedge.answered(tookMs);
          quorum = answerRead(quorum, peer);
          return readEnough(quorum);
        },
        onFailed: (peer, error) => {
          if (error instanceof NotStoredHere) trouble ??= error;
          logger.debug('a member did not answer a read', { peer, code: toAppError(error).code });
        },
        signal: options.signal,
      },
    );
    await answers.enough;
    // Answers told of what this machine could not store: nothing it says now would be the newest.
    if (!readEnough(quorum) && strict) throw trouble ?? notReached(quorum);
    const besides = walk.includes(view.self) ? 0 : 1;
    const { answered, answeredOwners } = readAnswered(quorum);
    const freshness = strict ? 'strict' : readEnough(quorum) ? 'quorum' : 'local';
    return {
      said: { freshness, answered: answered + besides, answeredOwners },
      answers: answers.all,
    };
  }

  /**
   * A small ring keeps everything everywhere: reads come from the own disk (DESIGN §2 How many).
   */
  #isLocal(list: PartitionList, options: GetOptions, keptHere: boolean): boolean {
    if (options.consistency === 'local') return true;
    if (options.consistency === 'strict' || options.r !== undefined) return false;
    return list.readsLocally && keptHere;
  }

  async #askItem(peer: PeerId, key: ItemKey, asked: Asked): Promise<readonly NamedItem[]> {
    const { nearest, signal } = asked;
    const { store, calls, pull, copies } = this.#c;
    const mode = nearest ? 'full' : 'digest';
    return wholeAnswer(async () => {
      const have = (await store.read(key)).map((version) => version.hash);
      const answer = await this.#listed(peer, key.partitionKey, asked, (listHash) =>
        calls.call(peer, getMessage, { listHash, key, mode, have }, { signal }),
      );
      if (answer.unfilled) asked.lacking.add(peer);
      for (const { hash } of answer.names) copies.held(hash, peer);
      const items = [{ sortKey: key.sortKey, names: answer.names }];
      if (answer.versions.length > 0) await pull.take(peer, key, answer.versions, { signal });
      const whole = await pull.answered(peer, key.partitionKey, items, { signal });
      return { answer: items, whole };
    });
  }

  async #askBatch(
    peer: PeerId,
    batch: { readonly partitionKey: PartitionKey; readonly sortKeys: readonly string[] },
    asked: Asked,
  ): Promise<readonly NamedItem[]> {
    const { partitionKey, sortKeys } = batch;
    const { calls, pull, copies } = this.#c;
    return wholeAnswer(async () => {
      const answer = await this.#listed(peer, partitionKey, asked, (listHash) =>
        calls.call(peer, getBatchMessage, { listHash, ...batch }, { signal: asked.signal }),
      );
      if (answer.unfilled) asked.lacking.add(peer);
      const items = answer.items.flatMap((names, i) => ({ sortKey: sortKeys[i] ?? '', names }));
      for (const { hash } of answer.items.flat()) copies.held(hash, peer);
      const whole = await pull.answered(peer, partitionKey, items, { signal: asked.signal });
      return { answer: items, whole };
    });
  }

  async #askRange(peer: PeerId, range: ScanRange, asked: Asked): Promise<void> {
    const { signal } = asked;
    const { calls, pull } = this.#c;
    let after = range.after;
    for (let left = range.limit; left > 0;) {
      const page = {
        ...range,
        ...(after !== undefined && { after }),
        limit: Math.min(left, SCAN_PAGE),
      };
      const answer = await wholeAnswer(async () => {
        const listed = await this.#listed(peer, range.partitionKey, asked, (listHash) =>
          calls.call(peer, listMessage, { listHash, range: page }, { signal }),
        );
        if (listed.unfilled) asked.lacking.add(peer);
        const whole = await pull.answered(peer, range.partitionKey, listed.items, { signal });
        return { answer: listed, whole };
      });
      left -= answer.items.length;
      after = answer.items.at(-1)?.sortKey;
      if (!answer.more || after === undefined) return;
    }
  }

  /**
   * In a session of the account. A member with another list is caught up with, then asked anyway;
   * for a strict read only if the lists are the same by then: another list's owners count for
   * nothing in it.
   */
  async #listed<A>(
    peer: PeerId,
    account: PartitionKey,
    { signal, strict }: Asked,
    ask: (listHash: PartitionList['hash'] | null) => Promise<A>,
  ): Promise<A> {
    const { sessions, view } = this.#c;
    return sessions.within(peer, account, { signal }, async () => {
      try {
        return await ask(view.listOf(account).hash);
      } catch (error) {
        if (!isAppError(error, 'OTHER_LIST')) throw error;
        await this.#c.catchUp(peer, signal).catch(() => undefined);
        return ask(strict ? view.listOf(account).hash : null);
      }
    });
  }
}
