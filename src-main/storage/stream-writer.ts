import type { Clock } from '../base/clock.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { RecordKeys } from './record-keys.ts';
import {
  decodeFormer,
  decodeHead,
  decodeStreamEntry,
  encodeFormer,
  encodeHead,
  encodeStreamEntry,
  type StreamHead,
} from './stream-record.ts';
import type { Transaction } from './transaction.ts';

export interface StreamedChange {
  readonly key: ItemKey;
  readonly before: readonly SignedVersion[];
  readonly after: readonly SignedVersion[];
  readonly local: boolean;
}

export interface StreamWriter {
  /** Writes the change into its account's stream, in the batch at hand; nothing if not followed. */
  append(tx: Transaction, change: StreamedChange): Promise<void>;
  /** Forgets the oldest changes for which `goes` holds, at most `limit`. */
  trim(
    tx: Transaction,
    partitionKey: PartitionKey,
    goes: (change: { readonly sequence: number; readonly wallMs: number }) => boolean,
    limit: number,
  ): Promise<number>;
}

/** Key, checksum and the database's own, a record. */
const RECORD_OVERHEAD = 120;

/** @param init.maxBytes of one account's stream; beyond it the oldest changes go. */
export function createStreamWriter(
  init: { maxBytes: number },
  components: { keys: RecordKeys; clock: Clock },
): StreamWriter {
  const { keys, clock } = components;

  async function headIn(tx: Transaction, partitionKey: PartitionKey) {
    const record = await tx.get(keys.streamHead(partitionKey));
    return record === undefined ? undefined : decodeHead(record.body);
  }

  /** Forgets the oldest change, and the versions it let go. */
  async function forgetFirst(
    tx: Transaction,
    partitionKey: PartitionKey,
    head: StreamHead,
  ): Promise<StreamHead> {
    const entryKey = keys.streamEntry(partitionKey, head.first);
    const record = await tx.get(entryKey);
    let { bytes } = head;
    if (record !== undefined) {
      bytes -= record.body.byteLength + RECORD_OVERHEAD;
      const { before, after } = decodeStreamEntry(record.body);
      for (const hash of before.filter((one) => !after.includes(one))) {
        const formerKey = keys.formerVersion(partitionKey, hash);
        const former = await tx.get(formerKey);
        if (former === undefined || decodeFormer(former.body).sequence !== head.first) continue;
        bytes -= former.body.byteLength + RECORD_OVERHEAD;
        tx.delete(formerKey);
      }
      tx.delete(entryKey);
    }
    return { ...head, first: head.first + 1, bytes: Math.max(0, bytes) };
  }

  /** Keeps a version that leaves its item, for readers that have not come so far. */
  async function keepFormer(
    tx: Transaction,
    { key, hash, bytes }: SignedVersion,
    sequence: number,
  ): Promise<number> {
    const formerKey = keys.formerVersion(key.partitionKey, hash);
    const old = await tx.get(formerKey);
    const body = encodeFormer({ sequence, envelope: bytes });
    tx.put(formerKey, body);
    return old === undefined ? body.byteLength + RECORD_OVERHEAD : 0;
  }

  return {
    async append(tx, { key, before, after, local }) {
      const { partitionKey, sortKey } = key;
      let head = await headIn(tx, partitionKey);
      if (head === undefined) return;
      const sequence = head.next;
      const entry = encodeStreamEntry({
        wallMs: clock.wallMs(),
        local,
        sortKey,
        before: before.map((version) => version.hash),
        after: after.map((version) => version.hash),
      });
      tx.put(keys.streamEntry(partitionKey, sequence), entry, { fresh: true });
      let added = entry.byteLength + RECORD_OVERHEAD;
      const stays = new Set(after.map((version) => version.hash));
      for (const version of before) {
        if (!stays.has(version.hash)) added += await keepFormer(tx, version, sequence);
      }
      head = { ...head, next: sequence + 1, bytes: head.bytes + added };
      while (head.bytes > init.maxBytes && head.first < sequence) {
        head = await forgetFirst(tx, partitionKey, head);
      }
      tx.put(keys.streamHead(partitionKey), encodeHead(head));
    },
    async trim(tx, partitionKey, goes, limit) {
      let head = await headIn(tx, partitionKey);
      if (head === undefined) return 0;
      let gone = 0;
      for (; gone < limit && head.first < head.next; gone++) {
        const record = await tx.get(keys.streamEntry(partitionKey, head.first));
        const wallMs = record === undefined ? 0 : decodeStreamEntry(record.body).wallMs;
        if (!goes({ sequence: head.first, wallMs })) break;
        head = await forgetFirst(tx, partitionKey, head);
      }
      if (gone > 0) tx.put(keys.streamHead(partitionKey), encodeHead(head));
      return gone;
    },
  };
}
