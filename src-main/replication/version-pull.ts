import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/error-code.ts';
import type { Logger } from '../base/logger.ts';
import { containsDot } from '../domain/causal-context.ts';
import type { Hash, ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import { fetchMessage } from '../network/messages/fetch.ts';
import { listMessage } from '../network/messages/list.ts';
import type { VersionName } from '../network/messages/fields.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { forEachUntilError } from './bounded-work.ts';
import type { Intake } from './intake.ts';
import type { CallOptions, MemberCalls } from './member-calls.ts';

/** What a member says it holds of one item. */
export interface NamedItem {
  readonly sortKey: string;
  readonly names: readonly Pick<VersionName, 'dot' | 'hash'>[];
}

interface FetchedPage {
  readonly answered: number;
  /** Named by the peer, and no longer there. */
  readonly gone: readonly Hash[];
  readonly taken: number;
  readonly trouble: AppError | undefined;
}

interface Collected extends Pick<FetchedPage, 'taken' | 'trouble'> {
  /** Nothing of what was named was gone there and is not covered here. */
  readonly whole: boolean;
}

interface Wanted {
  readonly sortKey: string;
  readonly hash: Hash;
}

/** Versions asked for in one request. */
const PAGE = 256;
/** Items taken at once, which share the store's commits. */
const TAKE_WIDTH = 16;
/** What was refused of a member is not fetched from it again for so long. */
const REFUSED_MS = 300_000;
const MAX_REFUSED = 10_000;
/** Refusals that another fetch of the same bytes does not change soon. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'BAD_ENCODING',
  'BAD_SIGNATURE',
  'DEVICE_REVOKED',
  'LIMIT_EXCEEDED',
  'UNSUPPORTED_FORMAT',
  'WRONG_RING',
]);

/** What keeps a version out that is good: this machine cannot store it now. */
const OWN_TROUBLE: ReadonlySet<ErrorCode> = new Set([
  'DISK_FULL',
  'OVERLOADED',
  'STORE_DAMAGED',
  'STORAGE_FAILED',
]);

/** This machine could not store what another one gave: nobody else's failure. */
export class NotStoredHere extends AppError {}

/** Brings versions that another member holds into this store. */
export interface VersionPull {
  /**
   * Asks for what of the items is not here, and takes it. Resolves with how many were taken; what
   * is refused is left out and logged.
   */
  missing(
    peer: PeerId,
    account: PartitionKey,
    items: readonly NamedItem[],
    options: CallOptions,
  ): Promise<number>;
  /**
   * The same for a read, whose answer counts only if all of it is here then. Resolves with false
   * when something was replaced at the peer before it could be fetched (whole-answer.ts).
   * @throws NotStoredHere, after the others, when this machine could not store one.
   */
  answered(
    peer: PeerId,
    account: PartitionKey,
    items: readonly NamedItem[],
    options: CallOptions,
  ): Promise<boolean>;
  /** What that member gave under this name was refused lately, and would be again. */
  isRefused(peer: PeerId, hash: Hash): boolean;
  /** Brings `account#devices` as that member has it. */
  devices(peer: PeerId, account: PartitionKey, options: CallOptions): Promise<void>;
  /** Takes versions of one item that came by themselves (an answer, a notice). */
  take(
    peer: PeerId,
    key: ItemKey,
    bytes: readonly Uint8Array[],
    options: CallOptions,
  ): Promise<void>;
}

export function createVersionPull(components: {
  readonly clock: Clock;
  readonly calls: MemberCalls;
  readonly store: ItemStore;
  readonly intake: Intake;
  readonly logger: Logger;
  /** A member gave what no working member gives (DESIGN §3). */
  penalty(peer: PeerId, error: unknown): void;
}): VersionPull {
  const { clock, calls, store, intake, logger } = components;
  /** By member and hash: until when (monotonic ms). Of another member, other bytes may come. */
  const refused = new Map<string, number>();
  /** Versions that are being fetched, from whomever. */
  const underWay = new Map<Hash, Promise<void>>();

  function isRefused(peer: PeerId, hash: Hash): boolean {
    return (refused.get(`${peer} ${hash}`) ?? 0) > clock.monotonicMs();
  }
  function noteRefused(peer: PeerId, hash: Hash): void {
    refused.set(`${peer} ${hash}`, clock.monotonicMs() + REFUSED_MS);
    const [oldest] = refused.keys();
    if (refused.size > MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
  }
  async function notHere(
    peer: PeerId,
    account: PartitionKey,
    items: readonly NamedItem[],
  ): Promise<readonly Wanted[]> {
    const out: Wanted[] = [];
    for (const { sortKey, names } of items) {
      const held = await store.read({ partitionKey: account, sortKey });
      const here = new Set(held.map((version) => version.hash));
      for (const { dot, hash } of names) {
        // What something here covers would be dropped as soon as it came.
        const isCovered = held.some((version) => containsDot(version.context, dot));
        if (here.has(hash) || isCovered || isRefused(peer, hash)) continue;
        out.push({ sortKey, hash });
      }
    }
    return out;
  }
  /**
   * Fetched here even if they are under way already: what brings them may be the very page in which
   * the version lies that needs them, and would wait for itself.
   */
  async function pullDevices(peer: PeerId, account: PartitionKey, options: CallOptions) {
    const range = { partitionKey: account, from: DEVICES_SORT_KEY, limit: 1 };
    const { items } = await calls.call(peer, listMessage, { listHash: null, range }, options);
    const devices = items.filter((item) => item.sortKey === DEVICES_SORT_KEY);
    let wanted = await notHere(peer, account, devices);
    while (wanted.length > 0) {
      const { answered } = await fetchAndTake(peer, account, wanted, options);
      if (answered === 0) return;
      wanted = wanted.slice(answered);
    }
  }
  /** Undefined when taken, else why not. */
  async function tryTake(
    peer: PeerId,
    key: ItemKey,
    bytes: readonly Uint8Array[],
    options: CallOptions,
  ): Promise<AppError | undefined> {
    try {
      const versions = intake.read(bytes, key);
      try {
        await intake.take(key, versions);
      } catch (error) {
        const isDevices = key.sortKey === DEVICES_SORT_KEY;
        if (!isAppError(error, 'DEVICE_UNKNOWN') || isDevices) throw error;
        await pullDevices(peer, key.partitionKey, options);
        await intake.take(key, versions);
      }
      return undefined;
    } catch (error) {
      const known = toAppError(error);
      const { code } = known;
      logger.warn('a version that came from another member was not taken', { peer, code });
      components.penalty(peer, error);
      return known;
    }
  }
  async function fetchAndTake(
    peer: PeerId,
    account: PartitionKey,
    wanted: readonly Wanted[],
    options: CallOptions,
  ): Promise<FetchedPage> {
    const request = { partitionKey: account, wanted };
    const { versions } = await calls.call(peer, fetchMessage, request, options);
    let taken = 0;
    let trouble: AppError | undefined;
    const gone: Hash[] = [];
    const takeOne = async (one: Wanted, bytes: Uint8Array): Promise<void> => {
      const key = { partitionKey: account, sortKey: one.sortKey };
      const refusal = await tryTake(peer, key, [bytes], options);
      if (refusal === undefined) taken++;
      else if (LASTING.has(refusal.code)) noteRefused(peer, one.hash);
      else if (OWN_TROUBLE.has(refusal.code)) trouble ??= refusal;
    };
    /** By item, each in its order; what vouches for the others comes first. */
    const items = new Map<string, [Wanted, Uint8Array][]>([[DEVICES_SORT_KEY, []]]);
    for (const [i, bytes] of versions.entries()) {
      const one = wanted[i];
      if (one === undefined) continue;
      if (bytes === null) gone.push(one.hash);
      else items.set(one.sortKey, [...(items.get(one.sortKey) ?? []), [one, bytes]]);
    }
    const takeItem = async (all: readonly [Wanted, Uint8Array][]): Promise<void> => {
      for (const [one, bytes] of all) await takeOne(one, bytes);
    };
    const [devices = [], ...others] = items.values();
    await takeItem(devices);
    await forEachUntilError(others, TAKE_WIDTH, takeItem);
    return { answered: versions.length, gone, taken, trouble };
  }
  /** One page from one peer; others that want the same meanwhile wait for it. */
  async function fetchPage(...page: Parameters<typeof fetchAndTake>): Promise<FetchedPage> {
    const [, , wanted] = page;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    for (const { hash } of wanted) underWay.set(hash, ended);
    try {
      return await fetchAndTake(...page);
    } finally {
      for (const { hash } of wanted) underWay.delete(hash);
      resolve();
    }
  }
  async function collect(
    peer: PeerId,
    account: PartitionKey,
    items: readonly NamedItem[],
    options: CallOptions,
  ): Promise<Collected> {
    const asked = new Set<Hash>();
    const gone = new Set<Hash>();
    let taken = 0;
    let trouble: AppError | undefined;
    for (;;) {
      const named = await notHere(peer, account, items);
      const lacking = named.filter(({ hash }) => !asked.has(hash));
      const free = lacking.filter(({ hash }) => !underWay.has(hash)).slice(0, PAGE);
      const whole = !named.some(({ hash }) => gone.has(hash));
      if (lacking.length === 0) return { taken, trouble, whole };
      if (free.length === 0) {
        // Every holder tells of a change: it is fetched once, and of the next only if that fails.
        await Promise.all(lacking.flatMap(({ hash }) => underWay.get(hash) ?? []));
        continue;
      }
      const page = await fetchPage(peer, account, free, options);
      taken += page.taken;
      trouble ??= page.trouble;
      if (page.answered === 0) return { taken, trouble, whole: false };
      for (const hash of page.gone) gone.add(hash);
      for (const { hash } of free.slice(0, page.answered)) asked.add(hash);
    }
  }
  const missing: VersionPull['missing'] = async (peer, account, items, options) =>
    (await collect(peer, account, items, options)).taken;
  return {
    missing,
    devices: pullDevices,
    isRefused,
    async answered(peer, account, items, options) {
      const { trouble, whole } = await collect(peer, account, items, options);
      if (trouble === undefined) return whole;
      const { code, message } = trouble;
      throw new NotStoredHere(code, message, { details: { here: true }, cause: trouble });
    },
    async take(peer, key, bytes, options) {
      await tryTake(peer, key, bytes, options);
    },
  };
}
