import { createMemoryDisk } from './memory-disk.ts';
import type { Disk } from './disk.ts';
import { createStore, type Store, type StoreComponents, type StoreOptions } from './store.ts';

/**
 * A store in memory, with the semantics of the one on disk. Give two of them the same `disk`, one
 * after the other, for a restart.
 */
export function createMemoryStore(
  init: StoreOptions & { readonly disk?: Disk },
  components: StoreComponents,
): Store {
  const { disk = createMemoryDisk(components), ...options } = init;
  return createStore(options, { ...components, disk });
}
