/** The stream of changes for programs: from any point, and then on as it happens. */
import type { StreamChange, StreamPosition, ChangeStream } from '../storage/change-stream.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import { createWakes, endingWith } from './coalescing.ts';
import { isHidden, itemVersion } from './item-view.ts';
import { changesBehind, placeBeforeEnd } from './stream-tail.ts';
import type { StreamEvent } from './views/functions.ts';

const PAGE = 100;

export interface StreamInput {
  readonly account?: string | undefined;
  /** A position, `start` (a replay first) or `now`. @default 'now' */
  readonly from?: string | undefined;
  readonly prefix?: string | undefined;
}

export interface StreamService {
  /** Ends with the signal, with `return()` and when the app stops. */
  follow(input: StreamInput, signal?: AbortSignal): AsyncIterableIterator<StreamEvent>;
  /** The newest changes of an account, the newest first. */
  recent(input: { account?: string | undefined; limit: number }): Promise<{ changes: Change[] }>;
}

type Change = Extract<StreamEvent, { type: 'change' }>;

export function createStreamService(components: {
  readonly store: ItemStore;
  readonly stream: ChangeStream;
  readonly book: AccountBook;
  readonly stopping: AbortSignal;
}): StreamService {
  const { store, stream, book, stopping } = components;

  async function* pages(
    account: Account,
    { from, prefix }: StreamInput,
    next: () => Promise<boolean>,
  ): AsyncGenerator<StreamEvent, void, undefined> {
    let position: StreamPosition | undefined = from;
    if (from === undefined || from === 'now') position = await stream.end(account.id);
    else if (from === 'start') position = undefined;
    const reading = { limit: PAGE, ...(prefix === undefined ? {} : { prefix }) };
    let live = false;
    do {
      for (let more = true; more;) {
        const page = await stream.read(account.id, position, reading);
        if (page.gap) {
          live = false;
          yield { type: 'gap', position: page.position };
        }
        for (const change of page.changes) {
          if (!isHidden(change.key.sortKey)) yield changeView(account, change);
        }
        position = page.position;
        more = !page.caughtUp;
      }
      if (!live && position !== undefined) yield { type: 'live', position };
      live = true;
    } while (await next());
  }

  return {
    follow(input, signal) {
      const account = book.find(input.account);
      const until = signal === undefined ? stopping : AbortSignal.any([stopping, signal]);
      const wakes = createWakes(until);
      const off = store.on('changed', ({ key }) => {
        if (key.partitionKey === account.id) wakes.wake();
      });
      const release = (): void => {
        off();
        wakes.end();
      };
      until.addEventListener('abort', release, { once: true });
      return endingWith(
        wakes,
        pages(account, input, () => wakes.next()),
        release,
      );
    },
    async recent({ account: named, limit }) {
      const account = book.find(named);
      const from = await placeBeforeEnd(stream, account.id, limit);
      const shown: StreamChange[] = [];
      for await (const { changes } of changesBehind(stream, account.id, from)) {
        shown.push(...changes);
      }
      const newest = shown.slice(-limit).reverse();
      return { changes: newest.map((change) => changeView(account, change)) };
    },
  };
}

function changeView(account: Account, change: StreamChange): Change {
  const { key, sequence, wallMs, local, replay, position } = change;
  const shown = (versions: readonly SignedVersion[]) =>
    versions.map((version) => itemVersion(account, version));
  return {
    ...{ type: 'change', position, account: account.id, sortKey: key.sortKey },
    ...{ sequence, wallMs, local, replay },
    before: shown(change.before),
    after: shown(change.after),
  };
}
