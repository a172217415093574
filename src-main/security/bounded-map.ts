/** A map that forgets its oldest entry when full: caches must stay bounded (invariant 10). */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
}

export function createBoundedMap<K, V>(init: { maxSize: number }): BoundedMap<K, V> {
  const map = new Map<K, V>();
  return {
    get: (key) => map.get(key),
    set(key, value) {
      if (!map.has(key) && map.size >= init.maxSize) {
        const oldest = map.keys().next();
        if (oldest.done !== true) map.delete(oldest.value);
      }
      map.set(key, value);
    },
  };
}
