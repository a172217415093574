import type { Hash } from '../domain/ids.ts';
import type { ItemStore, OutboxEntry } from '../storage/item-store.ts';
import type { Background } from './bounded-work.ts';

/** Writes that every owner has, on their way out of the outbox. */
export interface OutboxCompletion {
  add(entry: OutboxEntry): void;
  has(hash: Hash): boolean;
  readonly size: number;
}

/**
 * What becomes complete while a batch is on its way to the disk goes with the next. When the disk
 * refuses, all are forgotten here: they are in the outbox still.
 */
export function createOutboxCompletion(components: {
  readonly store: Pick<ItemStore, 'completeOutbox'>;
  readonly background: Background;
}): OutboxCompletion {
  const { store, background } = components;
  const completed = new Map<Hash, OutboxEntry>();

  async function takeOff(): Promise<void> {
    try {
      while (completed.size > 0) {
        const batch = [...completed.values()];
        await store.completeOutbox(batch);
        for (const { hash } of batch) completed.delete(hash);
      }
    } finally {
      completed.clear();
    }
  }
  return {
    add(entry) {
      completed.set(entry.hash, entry);
      if (completed.size === 1) background.run('complete', takeOff);
    },
    has: (hash) => completed.has(hash),
    get size() {
      return completed.size;
    },
  };
}
