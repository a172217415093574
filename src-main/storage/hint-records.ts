import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import type { ActorId, Hash, ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import { damagedRecord } from './checked-record.ts';
import { afterPrefix, prefixRange, type DiskKey } from './disk.ts';
import type { DiskRoom } from './disk-room.ts';
import type { StoredVersion } from './item-record.ts';
import type { Hint } from './item-store.ts';
import { hintKey, hintsOf, KEY_KIND, ownerOfHint } from './record-keys.ts';
import type { StoreView } from './store-view.ts';
import type { Transaction } from './transaction.ts';

/** Hints at rest: (owner, partition key, hash) → which item and version, and how large. */
export interface HintRecords {
  /** @throws QUOTA_EXCEEDED when hints have no room left. */
  add(
    tx: Transaction,
    key: ItemKey,
    versions: readonly StoredVersion[],
    owners: readonly PeerId[],
  ): Promise<void>;
  /** Deletes hints; those that are gone are passed over. */
  delete(tx: Transaction, hints: readonly HintName[]): Promise<void>;
  /** Hints for the owner in the order of their keys. */
  list(owner: PeerId, limit: number): Promise<readonly Hint[]>;
  owners(): Promise<readonly PeerId[]>;
}

/** What names a hint. */
export interface HintName {
  readonly owner: PeerId;
  readonly key: Pick<ItemKey, 'partitionKey'>;
  readonly hash: Hash;
}

export function createHintRecords(
  init: { maxBytes: number },
  components: { view: StoreView; room: DiskRoom },
): HintRecords {
  const { view, room } = components;
  return {
    async add(tx, key, versions, owners) {
      for (const owner of owners) {
        for (const version of versions) {
          const diskKey = hintKey(owner, key.partitionKey, version.hash);
          if ((await tx.get(diskKey)) !== undefined) continue;
          const full = await room.checkHints();
          if (full !== undefined) throw full;
          if (tx.state.hintBytes + version.size > init.maxBytes) throw noRoom(init.maxBytes);
          tx.put(diskKey, encodeHint(key, version));
          tx.state.hints++;
          tx.state.hintBytes += version.size;
        }
      }
    },
    async delete(tx, hints) {
      for (const { owner, key, hash } of hints) {
        const diskKey = hintKey(owner, key.partitionKey, hash);
        const record = await tx.get(diskKey);
        if (record === undefined) continue;
        tx.delete(diskKey);
        tx.state.hints--;
        tx.state.hintBytes -= decodeHint(diskKey, record.body).size;
      }
    },
    async list(owner, limit) {
      const entries = await view.entries(prefixRange(hintsOf(owner)), { limit });
      return entries.map(({ key, record }) => decodeHint(key, record.body).hint);
    },
    async owners() {
      const owners: PeerId[] = [];
      let from: DiskKey | undefined = KEY_KIND.hint;
      while (from !== undefined) {
        const range = { from, to: afterPrefix(KEY_KIND.hint) };
        const [first] = await view.entries(range, { limit: 1 });
        if (first === undefined) break;
        const owner = ownerOfHint(first.key);
        owners.push(owner);
        from = afterPrefix(hintsOf(owner));
      }
      return owners;
    },
  };
}

function noRoom(maxBytes: number): AppError {
  return new AppError(
    'QUOTA_EXCEEDED',
    'This machine keeps all it can for members that are away.',
    {
      details: { maxBytes },
    },
  );
}

function encodeHint(key: ItemKey, { dot, size }: StoredVersion): Uint8Array {
  return encodeCbor([key.sortKey, fromHex(dot.actor), dot.counter, size]);
}

/** Size and meaning of a hint; throws STORE_DAMAGED when the record is not one. */
export function decodeHint(diskKey: DiskKey, body: Uint8Array): { hint: Hint; size: number } {
  try {
    const [sortKey, actor, counter, size] = decodeCbor(body) as [
      string,
      Uint8Array,
      number,
      number,
    ];
    const owner = ownerOfHint(diskKey);
    const ids = Buffer.from(diskKey.slice(hintsOf(owner).length), 'latin1').toString('hex');
    const hint: Hint = {
      owner,
      key: { partitionKey: ids.slice(0, 64) as PartitionKey, sortKey },
      dot: { actor: toHex(actor) as ActorId, counter },
      hash: ids.slice(64) as Hash,
    };
    return { hint, size };
  } catch (cause) {
    throw damagedRecord(diskKey, 'a hint cannot be read', cause);
  }
}
