/** What is typed, completed from what was in carts before and from the catalogue. */
import type { Api } from '../api.ts';
import type { Clock } from '../clock.ts';
import type { Suggestion } from '../wall.ts';
import type { Changes } from './changes.ts';

export interface Suggestions {
  /** Asks the peer if something may be new, and not too often. A failure leaves what is known. */
  load(): void;
  /** The best for what is typed, at most a handful; none for nothing. */
  matching(typed: string): readonly Suggestion[];
}

const PAUSE_MS = 2000;
const MOST = 7;

export function createSuggestions(components: {
  readonly api: Api;
  readonly clock: Clock;
  readonly changes: Changes;
}): Suggestions {
  const { api, clock, changes } = components;
  let all = $state.raw<readonly { readonly words: string; readonly of: Suggestion }[]>([]);
  let askedMs = -Infinity;
  let stale = true;
  changes.on(({ type }) => {
    if (type === 'cart' || type === 'item' || type === 'accounts' || type === 'hello') stale = true;
  });
  async function ask(): Promise<void> {
    try {
      const found = await api.call((client) => client.history.suggestions());
      all = found.map((of) => ({ words: ` ${plain(of.product.title)}`, of }));
    } catch {
      // Only a help: what is typed can be added without it.
      stale = true;
    }
  }
  return {
    load() {
      if (!stale || clock.wallMs() - askedMs < PAUSE_MS) return;
      askedMs = clock.wallMs();
      stale = false;
      void ask();
    },
    matching(typed) {
      const wanted = plain(typed).trim();
      if (wanted === '') return [];
      // The peer has put the most used first; words that begin so come before words that hold it.
      const begins = all.filter(({ words }) => words.includes(` ${wanted}`));
      const holds = wanted.length < 3 ? [] : all.filter(({ words }) => words.includes(wanted));
      const rest = holds.filter((one) => !begins.includes(one));
      return [...begins, ...rest].slice(0, MOST).map(({ of }) => of);
    },
  };
}

/** Without case and accents: “pao” finds “Pão”. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/gu, ' ');
}
