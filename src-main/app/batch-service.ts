/**
 * Several raw items at once: read with one message to each machine asked, written as one durable
 * batch here and one message to each owner (DynamoDB's BatchGetItem and BatchWriteItem).
 */
import { AppError } from '../base/app-error.ts';
import type { Answered } from '../replication/replication.ts';
import type { AccountBook } from './account-book.ts';
import { makeContextToken, versionName } from './context-token.ts';
import type { ItemReader, Reading } from './item-reader.ts';
import { DELETION, itemRequest, jsonContent, refuseKey } from './item-requests.ts';
import { HIDDEN_PREFIXES, itemView } from './item-view.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
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
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
}): BatchService {
  const { book, reader, writer } = components;

  return {
    async get({ account: named, sortKeys, ...reading }, signal) {
      for (const sortKey of sortKeys) refuseKey(sortKey, HIDDEN_PREFIXES);
      const account = book.find(named);
      const { items, ...said } = await reader.readAll(account.id, sortKeys, reading, signal);
      return {
        items: sortKeys.map((sortKey, i) => {
          const key = { partitionKey: account.id, sortKey };
          return itemView(account, key, { ...said, siblings: items[i] ?? [] });
        }),
        ...said,
      };
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
