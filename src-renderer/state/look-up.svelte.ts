import type { Api } from '../api.ts';
import { toApiError, type ApiError } from '../api-error.ts';
import type { Group, Item, QueryAnswer, QueryInput } from './look-up-query.ts';

/** One question at a time to the peer's `items.query`, and what came of it, page by page. */
export interface LookUp {
  /** Undefined without an answer; empty for a question in groups. */
  readonly items: readonly Item[] | undefined;
  /** Only for a question in groups. */
  readonly groups: readonly Group[] | undefined;
  /** What the answer on show was asked with. */
  readonly shown: QueryInput | undefined;
  readonly answered: Pick<QueryAnswer, 'freshness' | 'answered'> | undefined;
  readonly hasMore: boolean;
  readonly busy: boolean;
  /** Why the last request failed; undefined once one works. */
  readonly error: ApiError | undefined;
  /** Asks anew; an answer to an older question is not shown any more. */
  ask(input: QueryInput): Promise<void>;
  /** The next page, added below. */
  more(): Promise<void>;
  /** Once more what failed. */
  again(): Promise<void>;
}

interface Found {
  readonly input: QueryInput;
  readonly items: readonly Item[];
  readonly answer: QueryAnswer;
}

export function createLookUp({ api }: { readonly api: Pick<Api, 'call'> }): LookUp {
  let found = $state.raw<Found>();
  let error = $state.raw<ApiError>();
  let asking = $state.raw<QueryInput>();

  async function run(input: QueryInput, before: readonly Item[]): Promise<void> {
    asking = input;
    try {
      const answer = await api.call((client, signal) => client.items.query(input, { signal }));
      if (asking !== input) return;
      found = { input, items: [...before, ...answer.items], answer };
      error = undefined;
    } catch (failure) {
      if (asking !== input) return;
      error = toApiError(failure, false);
      // What another question found is no answer to this one.
      if (before.length === 0) found = undefined;
    } finally {
      if (asking === input) asking = undefined;
    }
  }
  let last: () => Promise<void> = () => Promise.resolve();
  const remembered = (work: () => Promise<void>): Promise<void> => {
    last = work;
    return work();
  };
  return {
    get items() {
      return found?.items;
    },
    get groups() {
      return found?.answer.groups;
    },
    get shown() {
      return found?.input;
    },
    get answered() {
      return found?.answer;
    },
    get hasMore() {
      return found?.answer.next !== undefined;
    },
    get busy() {
      return asking !== undefined;
    },
    get error() {
      return error;
    },
    ask: (input) => remembered(() => run(input, [])),
    more: () =>
      remembered(async () => {
        const after = found?.answer.next;
        if (found === undefined || after === undefined || asking !== undefined) return;
        await run({ ...found.input, after }, found.items);
      }),
    again: () => last(),
  };
}
