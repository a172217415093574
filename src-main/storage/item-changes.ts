/** The writes of the item store, each as one piece of work for the commit queue. */
import { AppError } from '../base/app-error.ts';
import { compareDots, containsDot, highestCounter } from '../domain/causal-context.ts';
import type { Hash, ItemKey, StoreEpoch } from '../domain/ids.ts';
import { mergeSiblings, seenOfAll } from '../domain/versioned-item.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { CounterReserve } from './counter-reserve.ts';
import type { HintRecords } from './hint-records.ts';
import type { ItemReader } from './item-reader.ts';
import type { IssueRequest, ItemStore, OutboxEntry } from './item-store.ts';
import type { ItemWriter } from './item-writer.ts';
import { stageRecords } from './named-records.ts';
import type { OutboxRecords } from './outbox-records.ts';
import { knownKey, type RecordKeys } from './record-keys.ts';
import type { Transaction } from './transaction.ts';

export type ItemChanges = Pick<
  ItemStore,
  'merge' | 'replaceVersions' | 'issue' | 'drop' | 'completeOutbox' | 'deleteHints'
>;

export interface ItemChangesComponents {
  readonly queue: Pick<CommitQueue, 'submit'>;
  readonly keys: RecordKeys;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly outbox: OutboxRecords;
  readonly counters: Pick<CounterReserve, 'next'>;
  readonly hints: HintRecords;
  readonly epochIn: (tx: Transaction) => Promise<StoreEpoch>;
}

/** What an own write brings, before it is built: for the bound of the queue. */
const ISSUE_BYTES = 8 * 1024;

export function createItemChanges(components: ItemChangesComponents): ItemChanges {
  const { queue, keys, reader, writer, hints, outbox } = components;
  const load = (tx: Transaction, key: ItemKey) => reader.load((diskKey) => tx.get(diskKey), key);
  const recordsOf = (key: ItemKey) => [keys.item(key), keys.account(key.partitionKey)];

  async function issueOne(
    tx: Transaction,
    request: IssueRequest,
    eager: boolean,
  ): Promise<{ readonly version: SignedVersion; readonly free: boolean }> {
    const { key } = request;
    const epoch = await components.epochIn(tx);
    const actor = request.actorOf(epoch);
    const next = await components.counters.next(tx, actor, eager);
    const { counter, floor } = next;
    const before = await load(tx, key);
    const known = highestCounter(seenOfAll(before.siblings), actor);
    const lastOwn = known === 0 ? counter - 1 : Math.max(known, floor);
    const { siblings } = before;
    const version = request.build({ epoch, actor, counter, lastOwn, siblings });
    if (
      compareDots(version.dot, { actor, counter }) !== 0 ||
      version.key.partitionKey !== key.partitionKey ||
      version.key.sortKey !== key.sortKey
    ) {
      throw new AppError('INTERNAL', 'The version built is not the one that was asked for.');
    }
    next.give();
    await writer.noteCounters(tx, version);
    const position = outbox.add(tx, version);
    const after = await writer.write(tx, {
      key,
      before,
      siblings: mergeSiblings(siblings, [version]),
      positions: new Map([[version.hash, position]]),
      local: true,
    });
    writer.announce(tx, { key, before, after, local: true });
    const held = after.siblings.find((one) => one.hash === version.hash) ?? version;
    return { version: held, free: next.free };
  }

  /** Merges the versions over what is held, but for `remove`; undefined when nothing changes. */
  async function mergeInto(
    tx: Transaction,
    key: ItemKey,
    change: { add: readonly SignedVersion[]; remove: ReadonlySet<Hash>; local: boolean },
  ) {
    const before = await load(tx, key);
    const kept = before.siblings.filter((one) => !change.remove.has(one.hash));
    const siblings = mergeSiblings(kept, change.add);
    const here = new Set(before.stored.map((one) => one.hash));
    const added = siblings.filter((one) => !here.has(one.hash));
    if (added.length === 0 && siblings.length === before.siblings.length) return before;
    for (const version of added) await writer.noteCounters(tx, version);
    const after = await writer.write(tx, { key, before, siblings, local: change.local });
    writer.announce(tx, { key, before, after, local: change.local });
    return after;
  }

  async function completeOne(tx: Transaction, entry: OutboxEntry): Promise<void> {
    const record = await tx.get(keys.item(entry.key));
    if (record === undefined) return;
    const stored = reader.stored(keys.item(entry.key), record);
    const one = stored.find((version) => version.hash === entry.hash);
    if (one !== undefined) await outbox.remove(tx, entry.key, one.position);
  }

  async function dropOne(tx: Transaction, key: ItemKey): Promise<void> {
    const before = await load(tx, key);
    if (before.stored.length === 0) return;
    for (const one of before.stored) if (await outbox.isIn(tx, one.position)) return;
    await writer.write(tx, { key, before, siblings: [], local: false });
  }

  return {
    merge(key, versions, { hintsFor = [] } = {}) {
      return queue.submit({
        bytes: bytesOf(versions),
        grows: true,
        warm: [...recordsOf(key), ...versions.map((version) => knownKey(version.dot.actor))],
        async stage(tx) {
          const add = versions.filter((version) => sameItem(version, key));
          const held = await mergeInto(tx, key, { add, remove: NONE, local: false });
          const standing = new Set(held.stored.map((one) => one.hash));
          const each = versions.map(({ hash }) => (standing.has(hash) ? 'stored' : 'covered'));
          if (hintsFor.length > 0) {
            const named = held.stored.filter((_, i) => carries(held.siblings[i], versions));
            await hints.add(tx, key, named, hintsFor);
          }
          return { each, siblings: held.siblings };
        },
      });
    },
    replaceVersions(key, { remove, add }) {
      return queue.submit({
        bytes: bytesOf(add),
        grows: true,
        warm: recordsOf(key),
        async stage(tx) {
          const gone = { add, remove: new Set(remove), local: true };
          const held = await mergeInto(tx, key, gone);
          for (const owner of remove.length === 0 ? [] : await hints.owners()) {
            await hints.delete(
              tx,
              remove.map((hash) => ({ owner, key, hash })),
            );
          }
          return held.siblings;
        },
      });
    },
    async issue(requests, alongside = [], leave) {
      const eager = leave !== undefined && alongside.length === 0;
      const issued = await queue.submit({
        bytes: (requests.length + alongside.length) * ISSUE_BYTES,
        grows: true,
        warm: requests.flatMap((request) => recordsOf(request.key)),
        async stage(tx) {
          const versions: SignedVersion[] = [];
          let free = eager;
          await stageRecords(tx, alongside);
          for (const request of requests) {
            const one = await issueOne(tx, request, eager);
            versions.push(one.version);
            free &&= one.free;
          }
          return { versions, free };
        },
        underWay({ versions, free }) {
          if (free) leave?.(versions);
        },
      });
      return issued.versions;
    },
    drop: (dropped) =>
      queue.submit({
        bytes: 0,
        grows: false,
        async stage(tx) {
          for (const key of dropped) await dropOne(tx, key);
        },
      }),
    completeOutbox: (entries) =>
      queue.submit({
        bytes: 0,
        grows: false,
        later: true,
        warm: entries.map((entry) => keys.item(entry.key)),
        async stage(tx) {
          for (const entry of entries) await completeOne(tx, entry);
        },
      }),
    deleteHints: (named) =>
      queue.submit({
        bytes: 0,
        grows: false,
        stage: (tx) => hints.delete(tx, named),
      }),
  };
}

const NONE: ReadonlySet<Hash> = new Set();

function bytesOf(versions: readonly SignedVersion[]): number {
  return versions.reduce((sum, version) => sum + version.bytes.byteLength, 0);
}

function sameItem(version: SignedVersion, key: ItemKey): boolean {
  if (version.key.partitionKey === key.partitionKey && version.key.sortKey === key.sortKey) {
    return true;
  }
  throw new AppError('INTERNAL', 'A version of another item was to be merged.');
}

/** True for a sibling that is one of the versions, or covers one: an owner needs it. */
function carries(sibling: SignedVersion | undefined, versions: readonly SignedVersion[]): boolean {
  return (
    sibling !== undefined &&
    versions.some((one) => one.hash === sibling.hash || containsDot(sibling.context, one.dot))
  );
}
