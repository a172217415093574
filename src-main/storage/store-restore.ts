import type { CommitQueue } from './commit-queue.ts';
import { decodeCounter, decodeIssued, encodeCounter } from './counter-record.ts';
import type { DiskKey } from './disk.ts';
import type { ItemReader } from './item-reader.ts';
import type { OutboxEntry } from './item-store.ts';
import type { ItemWriter } from './item-writer.ts';
import type { OutboxRecords } from './outbox-records.ts';
import { KEY_KIND } from './record-keys.ts';
import type { Transaction } from './transaction.ts';

/** A record as it was read elsewhere, its checksum found right. */
export interface RestoredRecord {
  readonly key: DiskKey;
  readonly body: Uint8Array;
}

/** What a repair writes besides versions and hints, which go the ordinary way. */
export interface StoreRestore {
  /** Each in place of what is here; of a counter the greater one stays. */
  records(records: readonly RestoredRecord[]): Promise<void>;
  /** A reference to each of these that an item here still has; the answer: which it has not. */
  outbox(entries: readonly OutboxEntry[]): Promise<readonly OutboxEntry[]>;
}

export function createStoreRestore(components: {
  readonly queue: Pick<CommitQueue, 'submit'>;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly outbox: OutboxRecords;
}): StoreRestore {
  const { queue, reader, writer, outbox } = components;

  async function putRecord(tx: Transaction, { key, body }: RestoredRecord): Promise<void> {
    if (key.startsWith(KEY_KIND.counter)) {
      if (decodeIssued({ body }).issued >= decodeIssued(await tx.get(key)).issued)
        tx.put(key, body);
      return;
    }
    if (!key.startsWith(KEY_KIND.known)) {
      tx.put(key, body);
      return;
    }
    const counter = decodeCounter({ body });
    if (counter > decodeCounter(await tx.get(key))) tx.put(key, encodeCounter(counter));
  }
  async function refer(tx: Transaction, { key, hash }: OutboxEntry): Promise<boolean> {
    const before = await reader.load((diskKey) => tx.get(diskKey), key);
    const at = before.stored.findIndex((one) => one.hash === hash);
    const version = before.siblings[at];
    if (version === undefined) return false;
    if (await outbox.isIn(tx, before.stored[at]?.position ?? 0)) return true;
    const positions = new Map([[hash, outbox.add(tx, version)]]);
    const { siblings } = before;
    await writer.write(tx, { key, before, siblings, positions, local: true });
    return true;
  }
  return {
    records: (records) =>
      queue.submit({
        bytes: records.reduce((sum, { body }) => sum + body.byteLength, 0),
        grows: true,
        async stage(tx) {
          for (const record of records) await putRecord(tx, record);
        },
      }),
    outbox: (entries) =>
      queue.submit({
        bytes: 0,
        grows: true,
        async stage(tx) {
          const gone: OutboxEntry[] = [];
          for (const entry of entries) if (!(await refer(tx, entry))) gone.push(entry);
          return gone;
        },
      }),
  };
}
