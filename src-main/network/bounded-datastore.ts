import { NotFoundError } from '@libp2p/interface';
import type { Libp2pOptions } from 'libp2p';

type Datastore = NonNullable<Libp2pOptions['datastore']>;
type Key = Parameters<Datastore['get']>[0];
type Query = Parameters<Datastore['query']>[0];
type KeyQuery = Parameters<Datastore['queryKeys']>[0];
interface Pair {
  readonly key: Key;
  readonly value: Uint8Array;
}

/** Ten times what a large ring leaves in libp2p's peer store and kad-dht. */
export const MAX_DATASTORE_ENTRIES = 8192;

/**
 * libp2p's store of peers and kad records, in memory. A member could fill libp2p's own without end
 * (kad takes any number of provider records, and peers named in answers); here the entry longest
 * not used gives way (DESIGN invariant 10). Nothing in it needs to survive: the ring's memory is
 * the member table.
 */
export function createBoundedDatastore(maxEntries: number = MAX_DATASTORE_ENTRIES): Datastore {
  const entries = new Map<string, Pair>();

  function put(key: Key, value: Uint8Array): Key {
    const name = key.toString();
    entries.delete(name);
    entries.set(name, { key, value });
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
    return key;
  }
  function get(key: Key): Uint8Array {
    const found = entries.get(key.toString());
    if (found === undefined) throw new NotFoundError('Not Found');
    return put(key, found.value) && found.value;
  }
  const remove = (key: Key): void => void entries.delete(key.toString());

  async function* eachKey(keys: Iterable<Key> | AsyncIterable<Key>, act: (key: Key) => void) {
    for await (const key of keys) {
      act(key);
      yield key;
    }
  }

  return {
    put,
    get,
    delete: remove,
    has: (key) => entries.has(key.toString()),
    async *putMany(pairs) {
      for await (const { key, value } of pairs) yield put(key, value);
    },
    async *getMany(keys) {
      for await (const key of keys) yield { key, value: get(key) };
    },
    deleteMany: (keys) => eachKey(keys, remove),
    batch() {
      const work: (() => unknown)[] = [];
      return {
        put: (key, value) => void work.push(() => put(key, value)),
        delete: (key) =>
          void work.push(() => {
            remove(key);
          }),
        commit: () => work.splice(0).forEach((act) => act()),
      };
    },
    *query(query: Query) {
      yield* select([...entries.values()], (pair) => pair.key, query);
    },
    *queryKeys(query: KeyQuery) {
      const keys = [...entries.values()].map((pair) => pair.key);
      yield* select(keys, (key) => key, query);
    },
  };
}

interface Selection<T> {
  prefix?: string;
  filters?: ((item: T) => boolean)[];
  orders?: ((a: T, b: T) => -1 | 0 | 1)[];
  offset?: number;
  limit?: number;
}

function select<T>(all: readonly T[], keyOf: (item: T) => Key, query: Selection<T>): readonly T[] {
  const { prefix = '', filters = [], orders = [], offset = 0, limit = Infinity } = query;
  const kept = all.filter(
    (item) =>
      keyOf(item).toString().startsWith(prefix) && filters.every((accepts) => accepts(item)),
  );
  for (const order of orders) kept.sort(order);
  return kept.slice(offset, offset + limit);
}
