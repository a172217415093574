/**
 * A map with an end: caches must stay bounded (invariant 10). Two generations, as in the record
 * cache: what is set or read is in the young one; when that is half full it becomes the old one,
 * and the old one is forgotten. A Map that deletes its first entry for each new one gets ever
 * slower instead: its iterators walk over what was deleted (30 µs a write at 50,000 entries).
 */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  values(): Iterable<V>;
}

/**
 * @param init.maxSize the newest half of it stays at least.
 * @param init.onForget a generation goes; called before the next one begins.
 */
export function createBoundedMap<K, V>(init: {
  readonly maxSize: number;
  readonly onForget?: () => void;
}): BoundedMap<K, V> {
  const half = Math.max(1, Math.floor(init.maxSize / 2));
  let young = new Map<K, V>();
  let old = new Map<K, V>();

  function set(key: K, value: V): void {
    if (young.size >= half && !young.has(key)) {
      init.onForget?.();
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }
  return {
    get(key) {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) {
        old.delete(key);
        set(key, older);
      }
      return older;
    },
    set(key, value) {
      old.delete(key);
      set(key, value);
    },
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
    *values() {
      yield* old.values();
      yield* young.values();
    },
  };
}
