/** Raw items with JSON values: what programs keep beside the carts (DESIGN §4 /items). */
import type { AccountBook } from './account-book.ts';
import { dotOfVersionName, makeContextToken, versionName } from './context-token.ts';
import type { ItemReader, Reading } from './item-reader.ts';
import { DELETION, itemRequest, jsonContent, refuseKey, type Content } from './item-requests.ts';
import { HIDDEN_PREFIXES, itemView } from './item-view.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import type { RingSession } from './ring-session.ts';
import type { ItemView, ItemWritten, JsonValue, Safety } from './views.ts';
import { safetyOf } from './write-safety.ts';

interface Which {
  readonly sortKey: string;
  readonly account?: string | undefined;
}
interface WriteInput extends Which, Writing {
  readonly context?: string | undefined;
}

export interface ItemService {
  get(input: Which & Reading, signal?: AbortSignal): Promise<ItemView>;
  put(input: WriteInput & { readonly value: JsonValue }): Promise<ItemWritten>;
  delete(input: WriteInput): Promise<ItemWritten>;
  retry(input: { readonly version: string }): Promise<{ safety: Safety }>;
  withdraw(input: { readonly version: string }): Promise<{ withdrawn: boolean }>;
}

export function createItemService(components: {
  readonly book: AccountBook;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly session: RingSession;
}): ItemService {
  const { book, reader, writer, session } = components;

  async function write(input: WriteInput, content: Content): Promise<ItemWritten> {
    const account = book.find(input.account);
    const { sortKey } = input;
    const request = itemRequest(account, input, content);
    const { versions, safety } = await writer.write([request], input);
    return {
      sortKey,
      version: versions.map(versionName)[0] ?? '',
      context: makeContextToken(account.contextKey(), request.key, versions),
      safety,
    };
  }

  return {
    async get({ sortKey, account: named, ...reading }, signal) {
      refuseKey(sortKey, HIDDEN_PREFIXES);
      const account = book.find(named);
      const key = { partitionKey: account.id, sortKey };
      return itemView(account, key, await reader.read(key, reading, signal));
    },
    put: ({ value, ...input }) => write(input, jsonContent(value)),
    delete: (input) => write(input, DELETION),
    async retry({ version }) {
      const receipt = await session.services().replication.retry(dotOfVersionName(version));
      return { safety: safetyOf(receipt, (peer) => session.nameOf(peer)) };
    },
    async withdraw({ version }) {
      const dot = dotOfVersionName(version);
      return { withdrawn: await session.services().replication.withdraw(dot) };
    },
  };
}
