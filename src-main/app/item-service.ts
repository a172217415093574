/** Raw items with JSON values: what programs keep beside the carts (DESIGN §4 /items). */
import { AppError } from '../base/app-error.ts';
import { utf8 } from '../base/bytes.ts';
import { versionsCoveredBy } from '../domain/write-context.ts';
import type { IssueGiven } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Draft } from './account.ts';
import {
  dotOfVersionName,
  makeContextToken,
  readContextToken,
  versionName,
  type ReadContext,
} from './context-token.ts';
import type { ItemReader, Reading } from './item-reader.ts';
import { HIDDEN_PREFIXES, itemView, OWN_PREFIXES } from './item-view.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import type { RingSession } from './ring-session.ts';
import type { ItemView, ItemWritten, JsonValue, Safety } from './views.ts';
import { refuseUnseenTwins, withoutTwins } from './twins.ts';
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
    const { sortKey } = input;
    refuse(sortKey, OWN_PREFIXES);
    const account = book.find(input.account);
    const key = { partitionKey: account.id, sortKey };
    const read =
      input.context === undefined || input.context === ''
        ? undefined
        : readContextToken(account.contextKey(), key, input.context);
    const request = account.request(sortKey, (given) => draftOf(content, read, given));
    const { versions, safety } = await writer.write([request], input);
    return {
      sortKey,
      version: versions.map(versionName)[0] ?? '',
      context: makeContextToken(account.contextKey(), key, versions),
      safety,
    };
  }

  return {
    async get({ sortKey, account: named, ...reading }, signal) {
      refuse(sortKey, HIDDEN_PREFIXES);
      const account = book.find(named);
      const key = { partitionKey: account.id, sortKey };
      return itemView(account, key, await reader.read(key, reading, signal));
    },
    put: ({ value, ...input }) => write(input, { kind: 'value', bytes: jsonBytes(value) }),
    delete: (input) => write(input, { kind: 'tombstone', bytes: new Uint8Array(0) }),
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

interface Content {
  readonly kind: 'value' | 'tombstone';
  readonly bytes: Uint8Array;
}

/**
 * With a context: replaces what that covers. Without one: a blind write, which covers nothing of
 * others, only what this machine itself wrote last.
 */
function draftOf(
  { kind, bytes }: Content,
  read: ReadContext | undefined,
  { actor, siblings }: IssueGiven,
): Draft {
  if (read !== undefined) refuseUnseenTwins(read, siblings);
  const context = read?.context;
  const own = siblings.filter(({ dot }) => dot.actor === actor);
  return {
    kind,
    type: kind === 'value' ? 'json' : 'none',
    // Of two versions under one name of this machine, one is of a life it does not remember.
    replaced:
      context === undefined ? withoutTwins(own, siblings) : versionsCoveredBy(siblings, context),
    ...(context === undefined ? {} : { given: context }),
    encode: () => bytes,
  };
}

function jsonBytes(value: JsonValue): Uint8Array {
  return utf8(JSON.stringify(value));
}

function refuse(sortKey: string, prefixes: readonly string[]): void {
  const found = prefixes.find((prefix) => sortKey.startsWith(prefix));
  if (found === undefined) return;
  throw new AppError('BAD_REQUEST', `Items under "${found}" are Carrossel's own.`, {
    details: { prefix: found },
  });
}
