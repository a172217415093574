/**
 * Several raw items at once: read with one message to each machine asked, written as one durable
 * batch here and one message to each owner (DynamoDB's BatchGetItem and BatchWriteItem).
 */
import { AppError } from '../base/app-error.ts';
import type { Answered } from '../replication/replication.ts';
import { mergeSiblings } from '../domain/versioned-item.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import { makeContextToken, versionName } from './context-token.ts';
import { LOCAL, type Reading } from './item-reader.ts';
import { DELETION, itemRequest, jsonContent, refuseKey } from './item-requests.ts';
import { HIDDEN_PREFIXES, itemView } from './item-view.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import type { RingSession } from './ring-session.ts';
import type { ItemView, Safety } from './views.ts';
import type { BatchWrite, BatchWritten } from './views/batch.ts';

interface Whose {
  readonly account?: string | undefined;
}

export interface BatchService {
  /** The items in the order of the keys. @throws QUORUM_NOT_REACHED for 'strict' */
  get(
    input: Whose & Reading & { readonly sortKeys: readonly string[] },
    signal?: AbortSignal,
  ): Promise<{ items: ItemView[] } & Answered>;
  /**
   * All of them or none is on this disk; each goes to the owners by itself from there.
   * @throws BAD_REQUEST for a key that stands twice; what `items.put` throws, nothing written
   */
  write(
    input: Whose & Writing & { readonly writes: readonly BatchWrite[] },
  ): Promise<{ items: BatchWritten[]; safety: Safety }>;
}

export function createBatchService(components: {
  readonly book: AccountBook;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly writer: ItemWriter;
}): BatchService {
  const { book, store, session, writer } = components;

  async function readAll(
    keys: { readonly account: Account; readonly sortKeys: readonly string[] },
    { r, consistency }: Reading,
    signal: AbortSignal | undefined,
  ) {
    const partitionKey = keys.account.id;
    const services = session.running();
    const said =
      services === undefined || consistency === 'local'
        ? { ...LOCAL, items: [] }
        : await services.replication.getBatch(partitionKey, keys.sortKeys, {
            consistency: consistency ?? 'eventual',
            ...(r === undefined ? {} : { r }),
            ...(signal === undefined ? {} : { signal }),
          });
    const { freshness, answered, answeredOwners } = said;
    const answer = { freshness, answered, answeredOwners };
    const items = await Promise.all(
      keys.sortKeys.map(async (sortKey, i) => {
        const key = { partitionKey, sortKey };
        // Own writes that have not left yet are always in it.
        const siblings = mergeSiblings(said.items[i]?.siblings ?? [], await store.read(key));
        return itemView(keys.account, key, { ...answer, siblings });
      }),
    );
    return { items, ...answer };
  }

  return {
    async get({ account: named, sortKeys, ...reading }, signal) {
      for (const sortKey of sortKeys) refuseKey(sortKey, HIDDEN_PREFIXES);
      return readAll({ account: book.find(named), sortKeys }, reading, signal);
    },
    async write({ account: named, writes, ...writing }) {
      const account = book.find(named);
      refuseTwice(writes.map(({ sortKey }) => sortKey));
      const requests = writes.map((write) =>
        itemRequest(
          account,
          write,
          write.value === undefined ? DELETION : jsonContent(write.value),
        ),
      );
      const { versions, safety } = await writer.write(requests, writing);
      const items = versions.map((version) => ({
        sortKey: version.key.sortKey,
        version: versionName(version),
        context: makeContextToken(account.contextKey(), version.key, [version]),
      }));
      return { items, safety };
    },
  };
}

function refuseTwice(keys: readonly string[]): void {
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice === undefined) return;
  throw new AppError('BAD_REQUEST', 'A batch writes an item once.', {
    details: { sortKey: twice },
  });
}
