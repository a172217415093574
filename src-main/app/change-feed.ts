/**
 * "Something changed; ask again for what you show": one feed for windows, browsers and the event
 * stream. A slow reader holds the latest change of each thing and no more than a bound of things;
 * beyond that it gets `hello` again, which means: read everything anew.
 */
import { createWakes, endingWith } from './coalescing.ts';
import type { Change } from './views.ts';

const MAX_PENDING = 500;

export interface ChangeFeed {
  publish(change: Change): void;
  /** `hello` first, then changes; ends with the signal or with `end`. */
  subscribe(signal?: AbortSignal): AsyncIterableIterator<Change>;
  /** Ends all readers. */
  end(): void;
}

interface Reader {
  add(change: Change): void;
  end(): void;
}

export function createChangeFeed(): ChangeFeed {
  const readers = new Set<Reader>();
  let ended = false;
  return {
    publish(change) {
      for (const reader of readers) reader.add(change);
    },
    subscribe(signal) {
      const wakes = createWakes(signal);
      const pending = new Map<string, Change>([['hello', { type: 'hello' }]]);
      const reader: Reader = {
        add(change) {
          if (pending.size >= MAX_PENDING && !pending.has(nameOf(change))) {
            pending.clear();
            pending.set('hello', { type: 'hello' });
          } else pending.set(nameOf(change), change);
          wakes.wake();
        },
        end: () => {
          wakes.end();
        },
      };
      if (ended) wakes.end();
      else readers.add(reader);
      wakes.wake();
      const changes = async function* (): AsyncGenerator<Change, void, undefined> {
        try {
          while (await wakes.next()) {
            while (pending.size > 0) {
              const [first] = pending;
              if (first === undefined) break;
              pending.delete(first[0]);
              yield first[1];
            }
          }
        } finally {
          readers.delete(reader);
          wakes.end();
        }
      };
      return endingWith(wakes, changes(), () => readers.delete(reader));
    },
    end() {
      ended = true;
      for (const reader of readers) reader.end();
    },
  };
}

/** Two changes of one name are one change: the later one tells all. */
function nameOf(change: Change): string {
  switch (change.type) {
    case 'cart':
      return `cart/${change.account}/${change.id}`;
    case 'item':
    case 'safety':
      return `${change.type}/${change.account}/${change.sortKey}`;
    default:
      return change.type;
  }
}
