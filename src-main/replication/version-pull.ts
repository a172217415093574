import { isAppError, toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Hash, ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import { fetchMessage } from '../network/messages/fetch.ts';
import { listMessage } from '../network/messages/list.ts';
import type { VersionName } from '../network/messages/fields.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { Intake } from './intake.ts';
import type { CallOptions, MemberCalls } from './member-calls.ts';

/** What a member says it holds of one item. */
export interface NamedItem {
  readonly sortKey: string;
  readonly names: readonly Pick<VersionName, 'hash'>[];
}

interface Wanted {
  readonly sortKey: string;
  readonly hash: Hash;
}

/** Versions asked for in one request. */
const PAGE = 256;

/** Brings versions that another member holds into this store. */
export interface VersionPull {
  /** Asks for what of the items is not here, and takes it. Resolves with how many versions came. */
  missing(
    peer: PeerId,
    account: PartitionKey,
    items: readonly NamedItem[],
    options: CallOptions,
  ): Promise<number>;
  /** Takes versions of one item that came by themselves (an answer, a notice). */
  take(
    peer: PeerId,
    key: ItemKey,
    bytes: readonly Uint8Array[],
    options: CallOptions,
  ): Promise<void>;
}

export function createVersionPull(components: {
  readonly calls: MemberCalls;
  readonly store: ItemStore;
  readonly intake: Intake;
  readonly logger: Logger;
  /** A member gave what no working member gives (DESIGN §3). */
  penalty(peer: PeerId, error: unknown): void;
}): VersionPull {
  const { calls, store, intake, logger } = components;
  /** Versions that are being fetched, from whomever. */
  const underWay = new Map<Hash, Promise<void>>();

  async function notHere(
    account: PartitionKey,
    items: readonly NamedItem[],
  ): Promise<readonly Wanted[]> {
    const out: Wanted[] = [];
    for (const { sortKey, names } of items) {
      const held = await store.read({ partitionKey: account, sortKey });
      const here = new Set(held.map((version) => version.hash));
      for (const { hash } of names) if (!here.has(hash)) out.push({ sortKey, hash });
    }
    return out;
  }
  async function pullDevices(peer: PeerId, account: PartitionKey, options: CallOptions) {
    const range = { partitionKey: account, from: DEVICES_SORT_KEY, limit: 1 };
    const { items } = await calls.call(peer, listMessage, { listHash: null, range }, options);
    const devices = items.filter((item) => item.sortKey === DEVICES_SORT_KEY);
    await missing(peer, account, devices, options);
  }
  async function take(
    peer: PeerId,
    key: ItemKey,
    bytes: readonly Uint8Array[],
    options: CallOptions,
  ): Promise<void> {
    try {
      const versions = intake.read(bytes, key);
      try {
        await intake.take(key, versions);
      } catch (error) {
        if (!isAppError(error, 'DEVICE_UNKNOWN')) throw error;
        await pullDevices(peer, key.partitionKey, options);
        await intake.take(key, versions);
      }
    } catch (error) {
      const { code } = toAppError(error);
      logger.warn('a version that came from another member was not taken', { peer, code });
      components.penalty(peer, error);
    }
  }
  /** One page from one peer; others that want the same meanwhile wait for it. */
  async function fetchPage(
    peer: PeerId,
    account: PartitionKey,
    wanted: readonly Wanted[],
    options: CallOptions,
  ): Promise<number> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    for (const { hash } of wanted) underWay.set(hash, ended);
    try {
      const request = { partitionKey: account, wanted };
      const { versions } = await calls.call(peer, fetchMessage, request, options);
      for (const [i, bytes] of versions.entries()) {
        const sortKey = wanted[i]?.sortKey;
        if (bytes === null || sortKey === undefined) continue;
        await take(peer, { partitionKey: account, sortKey }, [bytes], options);
      }
      return versions.length;
    } finally {
      for (const { hash } of wanted) underWay.delete(hash);
      resolve();
    }
  }
  async function missing(
    peer: PeerId,
    account: PartitionKey,
    items: readonly NamedItem[],
    options: CallOptions,
  ): Promise<number> {
    const asked = new Set<Hash>();
    for (;;) {
      const lacking = (await notHere(account, items)).filter(({ hash }) => !asked.has(hash));
      const free = lacking.filter(({ hash }) => !underWay.has(hash)).slice(0, PAGE);
      if (lacking.length === 0) return asked.size;
      if (free.length === 0) {
        // Every holder tells of a change: it is fetched once, and of the next only if that fails.
        await Promise.all(lacking.flatMap(({ hash }) => underWay.get(hash) ?? []));
        continue;
      }
      const answered = await fetchPage(peer, account, free, options);
      if (answered === 0) return asked.size;
      for (const { hash } of free.slice(0, answered)) asked.add(hash);
    }
  }
  return { missing, take };
}
