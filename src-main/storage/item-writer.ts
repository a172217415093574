import type { Emitter } from '../base/emitter.ts';
import { highestCounter } from '../domain/causal-context.ts';
import type { ActorId, Hash, ItemKey } from '../domain/ids.ts';
import { findDuplicateDots } from '../domain/versioned-item.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { decodeTally, EMPTY_TALLY, encodeTally, shiftTally, sumsOf } from './account-record.ts';
import { roomBefore } from './checked-record.ts';
import { decodeCounter, decodeIssued, encodeCounter } from './counter-record.ts';
import { NOTHING_HELD, type HeldItem, type ItemMemo } from './item-reader.ts';
import { encodeItem, storedVersion, viewsOf, type StoredVersion } from './item-record.ts';
import type { ItemStoreEvents } from './item-store.ts';
import type { OutboxRecords } from './outbox-records.ts';
import { counterKey, knownKey, type RecordKeys } from './record-keys.ts';
import type { StoreTrees } from './store-trees.ts';
import type { StreamWriter } from './stream-writer.ts';
import type { Transaction } from './transaction.ts';

export interface ItemChange {
  readonly key: ItemKey;
  readonly before: HeldItem;
  readonly siblings: readonly SignedVersion[];
  /** Outbox positions of versions that enter. */
  readonly positions?: ReadonlyMap<Hash, number>;
  /** True for this machine's own write. */
  readonly local: boolean;
}

export interface ItemWriter {
  /**
   * Makes `siblings` what the item holds: its record, version records, the account's tally, the
   * outbox entries of what leaves (what covers a version carries it), and the change in the stream.
   */
  write(tx: Transaction, change: ItemChange): Promise<HeldItem>;
  /** Remembers the counters of all actors in the version's `seen`. */
  noteCounters(tx: Transaction, version: SignedVersion): Promise<void>;
  /** Tells, once synced, what the item holds now. */
  announce(
    tx: Transaction,
    change: { key: ItemKey; before: HeldItem; after: HeldItem; local: boolean },
  ): void;
}

/** What keeps the hash trees up to date. */
type TreeUpdates = Pick<StoreTrees, 'staged'>;

export function createItemWriter(components: {
  keys: RecordKeys;
  outbox: OutboxRecords;
  trees: TreeUpdates;
  stream: Pick<StreamWriter, 'append'>;
  emitter: Emitter<ItemStoreEvents>;
}): ItemWriter {
  const { keys, outbox, trees, stream, emitter } = components;
  return {
    async write(tx, { key, before, siblings, positions, local }) {
      const known = (hash: Hash): number | undefined =>
        before.stored.find((one) => one.hash === hash)?.position;
      const stored = siblings.map((version) => {
        const position = positions?.get(version.hash) ?? known(version.hash) ?? 0;
        return storedVersion(version, siblings.length, position);
      });
      for (const one of before.stored) {
        const stays = siblings.some((version) => version.hash === one.hash);
        if (!stays) await outbox.remove(tx, key, one.position);
      }
      moveReferred(tx, keys, key, before, { stored, siblings });
      const after = putItem(tx, keys, key, stored, siblings);
      await countIn(tx, { keys, trees }, key, { before, after });
      await stream.append(tx, { key, before: before.siblings, after: siblings, local });
      return after;
    },
    async noteCounters(tx, version) {
      const { dot, context } = version;
      await noteCounter(tx, dot.actor, dot.counter);
      for (const actor of context.keys()) {
        if (actor !== dot.actor) await noteCounter(tx, actor, highestCounter(context, actor));
      }
    },
    announce(tx, { key, before, after, local }) {
      const added = after.siblings.filter(({ hash }) => !holds(before.stored, hash));
      const duplicates = findDuplicateDots(after.siblings).filter((dot) =>
        added.some((one) => one.dot.actor === dot.actor && one.dot.counter === dot.counter),
      );
      tx.onCommit(() => {
        emitter.emit('changed', { key, added, siblings: after.siblings, local });
        for (const dot of duplicates) emitter.emit('duplicateDot', { key, dot });
      });
    },
  };
}

/** A version's own counter is above all that its context has of its actor. */
async function noteCounter(tx: Transaction, actor: ActorId, counter: number): Promise<void> {
  if (counter <= (await knownCounter(tx, actor))) return;
  tx.put(knownKey(actor), encodeCounter(counter), { memo: counter });
}

/** The greatest counter of the actor that this store has issued or met. */
export async function knownCounter(
  from: Pick<Transaction, 'get'>,
  actor: ActorId,
): Promise<number> {
  const { issued } = decodeIssued(await from.get(counterKey(actor)));
  const met = decodeCounter(await from.get(knownKey(actor)));
  return Math.max(issued, met);
}

/** Writes the item's record. What is kept in memory are views of it, not of anybody's frames. */
function putItem(
  tx: Transaction,
  keys: RecordKeys,
  key: ItemKey,
  stored: readonly StoredVersion[],
  siblings: readonly SignedVersion[],
): HeldItem {
  if (stored.length === 0) {
    tx.delete(keys.item(key));
    return NOTHING_HELD;
  }
  const diskKey = keys.item(key);
  const body = encodeItem(stored, roomBefore(diskKey));
  const own = viewsOf(stored, body);
  const versions = own.map((one, i) => {
    const version = siblings[i];
    if (one.inline === undefined || version === undefined) return undefined;
    return { ...version, bytes: one.inline };
  });
  const memo: ItemMemo = { stored: own, versions };
  tx.put(diskKey, body, { memo, roomy: true });
  return { stored: own, siblings: siblings.map((version, i) => versions[i] ?? version) };
}

function holds(stored: readonly StoredVersion[], hash: Hash): boolean {
  return stored.some((one) => one.hash === hash);
}

/** Version records of their own: made for what is not inline any more, deleted for what is. */
function moveReferred(
  tx: Transaction,
  keys: RecordKeys,
  key: ItemKey,
  before: HeldItem,
  after: HeldItem,
): void {
  const was = referred(before.stored);
  const is = referred(after.stored);
  for (const hash of was) if (!is.has(hash)) tx.delete(keys.version(key.partitionKey, hash));
  for (const version of after.siblings) {
    if (!is.has(version.hash) || was.has(version.hash)) continue;
    tx.put(keys.version(key.partitionKey, version.hash), version.bytes, { fresh: true });
  }
}

const NONE: ReadonlySet<Hash> = new Set();

function referred(stored: readonly StoredVersion[]): ReadonlySet<Hash> {
  if (stored.every((one) => one.inline !== undefined)) return NONE;
  return new Set(stored.filter((one) => one.inline === undefined).map((one) => one.hash));
}

async function countIn(
  tx: Transaction,
  { keys, trees }: { keys: RecordKeys; trees: TreeUpdates },
  key: ItemKey,
  held: { before: HeldItem; after: HeldItem },
): Promise<void> {
  const accountKey = keys.account(key.partitionKey);
  const record = await tx.get(accountKey);
  const old = record === undefined ? EMPTY_TALLY : decodeTally(record);
  const [before, after] = [sumsOf(held.before.stored), sumsOf(held.after.stored)];
  const now = shiftTally(old, after, before);
  await trees.staged(tx, key, { before, after, old, now });
  if (now.items === 0) tx.delete(accountKey);
  else tx.put(accountKey, encodeTally(now), { memo: now });
  tx.state.items += now.items - old.items;
  tx.state.bytes += now.bytes - old.bytes;
  tx.state.tombstones += now.tombstones - old.tombstones;
  tx.state.tombstoneBytes += now.tombstoneBytes - old.tombstoneBytes;
}
