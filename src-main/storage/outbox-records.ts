import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import type { Emitter } from '../base/emitter.ts';
import type { ActorId, Hash, ItemKey, PartitionKey } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { damagedRecord } from './checked-record.ts';
import { prefixRange, type DiskKey } from './disk.ts';
import type { ItemStoreEvents, OutboxEntry } from './item-store.ts';
import { KEY_KIND, outboxKey } from './record-keys.ts';
import type { StoreView } from './store-view.ts';
import type { Transaction } from './transaction.ts';

/**
 * References to own versions that not every owner has yet, by position: oldest first. The item's
 * record remembers the position of each of its versions, so an entry is found from either end.
 */
export interface OutboxRecords {
  /** A new reference; the answer is its position. */
  add(tx: Transaction, version: SignedVersion): number;
  isIn(tx: Transaction, position: number): Promise<boolean>;
  /** Takes the reference off; does nothing when it is gone. */
  remove(tx: Transaction, key: ItemKey, position: number): Promise<void>;
  list(limit: number): Promise<readonly OutboxEntry[]>;
}

export function createOutboxRecords(components: {
  view: StoreView;
  emitter: Emitter<ItemStoreEvents>;
}): OutboxRecords {
  const { view, emitter } = components;
  const tell = (tx: Transaction, key: ItemKey): void => {
    tx.onCommit(() => {
      emitter.emit('outbox', { key });
    });
  };
  const outbox: OutboxRecords = {
    add(tx, version) {
      const position = tx.state.nextPosition++;
      tx.put(outboxKey(position), encodeEntry(version), { fresh: true });
      tx.state.outbox++;
      tell(tx, version.key);
      return position;
    },
    async isIn(tx, position) {
      return position !== 0 && (await tx.get(outboxKey(position))) !== undefined;
    },
    async remove(tx, key, position) {
      if (!(await outbox.isIn(tx, position))) return;
      tx.delete(outboxKey(position));
      tx.state.outbox--;
      tell(tx, key);
    },
    async list(limit) {
      const entries = await view.entries(prefixRange(KEY_KIND.outbox), { limit });
      return entries.map(({ key, record }) => decodeOutboxEntry(key, record.body));
    },
  };
  return outbox;
}

function encodeEntry({ key, dot, hash }: SignedVersion): Uint8Array {
  return encodeCbor([
    fromHex(key.partitionKey),
    key.sortKey,
    fromHex(dot.actor),
    dot.counter,
    fromHex(hash),
  ]);
}

/** @throws STORE_DAMAGED for a record that is no entry. */
export function decodeOutboxEntry(diskKey: DiskKey, body: Uint8Array): OutboxEntry {
  try {
    const [partitionKey, sortKey, actor, counter, hash] = decodeCbor(body) as [
      Uint8Array,
      string,
      Uint8Array,
      number,
      Uint8Array,
    ];
    return {
      key: { partitionKey: toHex(partitionKey) as PartitionKey, sortKey },
      dot: { actor: toHex(actor) as ActorId, counter },
      hash: toHex(hash) as Hash,
    };
  } catch (cause) {
    throw damagedRecord(diskKey, 'an outbox entry cannot be read', cause);
  }
}
