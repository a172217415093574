/** Raw items with JSON values: what programs keep beside the carts (DESIGN §4 /items). */
import { AppError } from '../base/app-error.ts';
import { utf8, utf8ToString } from '../base/bytes.ts';
import { actorTableOf } from '../domain/causal-context.ts';
import { decodeCart } from '../domain/cart-codec.ts';
import { lineIdString } from '../domain/cart.ts';
import { decodeDecision, decodeOrder } from '../domain/order-codec.ts';
import type { OrderId } from '../domain/order.ts';
import type { ItemKey } from '../domain/ids.ts';
import { versionsCoveredBy } from '../domain/write-context.ts';
import type { Answered } from '../replication/replication.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueGiven, ItemStore, ScanRange } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Draft } from './account.ts';
import {
  dotOfVersionName,
  makeContextToken,
  readContextToken,
  versionName,
  type ReadContext,
} from './context-token.ts';
import { LOCAL, type ItemAnswer, type ItemReader, type Reading } from './item-reader.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import type { RingSession } from './ring-session.ts';
import type { ItemVersion, ItemView, ItemWritten, JsonValue, Safety } from './views.ts';
import { refuseUnseenTwins, withoutTwins } from './twins.ts';
import { safetyOf } from './write-safety.ts';

interface Which {
  readonly sortKey: string;
  readonly account?: string | undefined;
}
interface WriteInput extends Which, Writing {
  readonly context?: string | undefined;
}
export interface Query extends Reading {
  readonly account?: string | undefined;
  readonly prefix?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  readonly reverse: boolean;
}

export interface ItemService {
  get(input: Which & Reading, signal?: AbortSignal): Promise<ItemView>;
  put(input: WriteInput & { readonly value: JsonValue }): Promise<ItemWritten>;
  delete(input: WriteInput): Promise<ItemWritten>;
  query(
    input: Query,
    signal?: AbortSignal,
  ): Promise<{ items: ItemView[]; next?: string } & Answered>;
  retry(input: { readonly version: string }): Promise<{ safety: Safety }>;
  withdraw(input: { readonly version: string }): Promise<{ withdrawn: boolean }>;
}

/** Written by Carrossel itself, in forms of its own; secrets among them are shown to nobody. */
export const OWN_PREFIXES = ['cart#', 'account#', 'share#', 'order#', 'decision#'];
export const HIDDEN_PREFIXES = ['account#', 'share#'];

export function createItemService(components: {
  readonly book: AccountBook;
  readonly store: ItemStore;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly session: RingSession;
}): ItemService {
  const { book, store, reader, writer, session } = components;

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
  async function scan(range: ScanRange, reading: Reading, signal?: AbortSignal) {
    const services = session.running();
    if (services === undefined) return { items: await store.scan(range), ...LOCAL };
    const { r, consistency } = reading;
    return services.replication.scan(range, {
      consistency: consistency ?? 'eventual',
      ...(r === undefined ? {} : { r }),
      ...(signal === undefined ? {} : { signal }),
    });
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
    async query({ account: named, limit, reverse, r, consistency, ...bounds }, signal) {
      const account = book.find(named);
      const range: ScanRange = {
        partitionKey: account.id,
        limit,
        reverse,
        ...Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)),
      };
      const answer = await scan(range, { r, consistency }, signal);
      const last = answer.items.length < limit ? undefined : answer.items.at(-1)?.key.sortKey;
      const items = answer.items
        .filter(({ key }) => !HIDDEN_PREFIXES.some((prefix) => key.sortKey.startsWith(prefix)))
        .map(({ key, siblings }) => itemView(account, key, { ...answer, siblings }));
      return {
        items,
        ...(last === undefined ? {} : { next: last }),
        freshness: answer.freshness,
        answered: answer.answered,
        answeredOwners: answer.answeredOwners,
      };
    },
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

function itemView(account: Account, key: ItemKey, answer: ItemAnswer): ItemView {
  return {
    sortKey: key.sortKey,
    context: makeContextToken(account.contextKey(), key, answer.siblings),
    siblings: answer.siblings.map((version) => itemVersion(account, version)),
    freshness: answer.freshness,
    answered: answer.answered,
    answeredOwners: answer.answeredOwners,
  };
}

export function itemVersion(account: Account, version: SignedVersion): ItemVersion {
  const { deviceName, wallMs, type, value } = account.open(version);
  const shown = { version: versionName(version), device: deviceName, wallMs };
  if (type === 'none') return { ...shown, deleted: true };
  return { ...shown, deleted: false, value: jsonOf(version, type, value) };
}

/** Any value as JSON, for programs that look at raw items. */
function jsonOf(
  version: SignedVersion,
  type: Exclude<Draft['type'], 'none'>,
  value: Uint8Array,
): JsonValue {
  switch (type) {
    case 'json':
      return JSON.parse(utf8ToString(value)) as JsonValue;
    case 'cart':
      return cartJson(version, value);
    case 'order':
      return orderJson(version, value);
    case 'decision':
      return JSON.parse(JSON.stringify(decodeDecision(value))) as JsonValue;
  }
}

function orderJson({ key }: SignedVersion, value: Uint8Array): JsonValue {
  const id = key.sortKey.slice(key.sortKey.indexOf('#') + 1);
  const order = decodeOrder(id as OrderId, value);
  const lines = order.lines.map((line) => ({ ...line, id: lineIdString(line.id) }));
  return JSON.parse(JSON.stringify({ ...order, lines })) as JsonValue;
}

function cartJson(version: SignedVersion, value: Uint8Array): JsonValue {
  const cart = decodeCart(value, actorTableOf(version.dot.actor, version.context));
  const lines = cart.lines.map(({ id, at, product, quantity, note }) => ({
    id: lineIdString(id),
    wallMs: at,
    product,
    quantity,
    note,
  }));
  return JSON.parse(JSON.stringify({ name: cart.name, lines })) as JsonValue;
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
