import { readHolder } from './folder-lock.ts';
import { createLevelDisk, storePaths } from './level-disk.ts';
import { createStore, type Store, type StoreComponents, type StoreOptions } from './store.ts';

/**
 * The store of a data folder, over LevelDB: `dir`/store and `dir`/store.seq. Its `start` throws
 * DATA_DIR_IN_USE, STORE_DAMAGED, DISK_FULL, UNSUPPORTED_FORMAT or STORAGE_FAILED.
 */
export function createLevelStore(
  init: StoreOptions & { readonly dir: string },
  components: StoreComponents,
): Store {
  const { dir, ...options } = init;
  const holder = () => readHolder(dir);
  const disk = createLevelDisk({ ...storePaths(dir), holder }, components);
  return createStore(options, { ...components, disk });
}
