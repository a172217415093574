import { AppError } from '../base/app-error.ts';
import { equalBytes, utf8 } from '../base/bytes.ts';
import type { CommitQueue } from './commit-queue.ts';
import { prefixRange } from './disk.ts';
import { nameOfRecord, recordKey } from './record-keys.ts';
import type { RecordStore, RecordWrite } from './record-store.ts';
import type { StoreView } from './store-view.ts';
import type { Transaction } from './transaction.ts';

const MAX_NAME_BYTES = 512;
const MAX_VALUE_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array(0);

/** The record store over the same queue, batches and checksums as the items. */
export function createNamedRecords(components: {
  queue: Pick<CommitQueue, 'submit'>;
  view: StoreView;
}): RecordStore {
  const { queue, view } = components;
  return {
    async get(space, name) {
      const record = await view.get(recordKey(space, checkedName(name)));
      return record === undefined ? undefined : new Uint8Array(record.body);
    },
    async put(space, name, value) {
      const key = recordKey(space, checkedName(name));
      if (value.byteLength > MAX_VALUE_BYTES) throw tooLarge('value', MAX_VALUE_BYTES);
      const body = new Uint8Array(value);
      await queue.submit({
        bytes: body.byteLength,
        grows: true,
        warm: [key],
        async stage(tx) {
          const held = await tx.get(key);
          if (held === undefined || !equalBytes(held.body, body)) tx.put(key, body);
        },
      });
    },
    async delete(space, name) {
      const key = recordKey(space, checkedName(name));
      await queue.submit({
        bytes: 0,
        grows: false,
        async stage(tx) {
          if ((await tx.get(key)) !== undefined) tx.delete(key);
        },
      });
    },
    async list(space, prefix = '') {
      const found: { name: string; value: Uint8Array }[] = [];
      for await (const { key, record } of view.all(prefixRange(recordKey(space, prefix)))) {
        found.push({ name: nameOfRecord(key), value: new Uint8Array(record.body) });
      }
      return found;
    },
  };
}

/** Stages the records in a batch that is about more than them. @throws STALE_CONTEXT */
export async function stageRecords(tx: Transaction, writes: readonly RecordWrite[]): Promise<void> {
  for (const { space, name, value, was } of writes) {
    const key = recordKey(space, checkedName(name));
    const held = await tx.get(key);
    if (was !== undefined && !equalBytes(held?.body ?? NOTHING, was ?? NOTHING)) {
      throw new AppError('STALE_CONTEXT', 'The record is not what it was when this was read.');
    }
    if (value === null) {
      if (held !== undefined) tx.delete(key);
    } else if (value.byteLength > MAX_VALUE_BYTES) throw tooLarge('value', MAX_VALUE_BYTES);
    else tx.put(key, new Uint8Array(value));
  }
}

function checkedName(name: string): string {
  if (utf8(name).byteLength > MAX_NAME_BYTES) throw tooLarge('name', MAX_NAME_BYTES);
  return name;
}

function tooLarge(what: string, maxBytes: number): AppError {
  return new AppError('LIMIT_EXCEEDED', `The ${what} of a record is too large.`, {
    details: { maxBytes },
  });
}
