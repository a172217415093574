/**
 * Versions that were set aside (records `found`, decision 0507): nobody's cart holds them, nobody
 * is sent them, nothing destroys them but a person. Listed here, to be kept or dropped.
 */
import { AppError } from '../base/app-error.ts';
import { utf8ToString } from '../base/bytes.ts';
import { actorTableOf } from '../domain/causal-context.ts';
import { decodeCart, encodeCart } from '../domain/cart-codec.ts';
import type { Hash } from '../domain/ids.ts';
import { readEnvelope } from '../security/envelope-format.ts';
import type { SealedContent } from '../security/envelope.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { Account, Draft } from './account.ts';
import type { AccountBook } from './account-book.ts';
import type { ItemWriter } from './item-writer.ts';
import type { Safety } from './views.ts';
import type { FoundView } from './views/found.ts';

export interface FoundService {
  list(): Promise<FoundView[]>;
  /**
   * Writes it again, as this machine, beside what the item holds: a choice, if that is something
   * else. Then it is found no more. A cart's lines get new ids, as all that enter again.
   * @throws NOT_FOUND, ACCOUNT_NOT_FOUND (not logged in here), SEALED, and what a write throws.
   */
  keep(input: { readonly id: string }): Promise<{ sortKey: string; safety: Safety }>;
  /** Destroys it. @throws NOT_FOUND */
  drop(input: { readonly id: string }): Promise<{ dropped: boolean }>;
}

interface Found {
  /** Name of its record. */
  readonly name: string;
  readonly version: SignedVersion;
}

/** How many lines or characters of it are shown. */
const MAX_TITLES = 20;
const MAX_TEXT = 200;

export function createFoundService(components: {
  readonly records: RecordStore;
  readonly book: AccountBook;
  readonly writer: ItemWriter;
}): FoundService {
  const { records, book, writer } = components;

  async function all(): Promise<readonly Found[]> {
    const found = await records.list('found');
    return found.map(({ name, value }) => ({ name, version: readEnvelope(value) }));
  }
  async function require(id: string): Promise<Found> {
    const found = (await all()).find(({ version }) => version.hash === (id as Hash));
    if (found !== undefined) return found;
    throw new AppError('NOT_FOUND', 'Nothing that was set aside has this id.');
  }
  return {
    async list() {
      const found = await all();
      return found.map(({ version }) => view(version, book.get(version.key.partitionKey)));
    },
    async keep({ id }) {
      const { name, version } = await require(id);
      const { partitionKey, sortKey } = version.key;
      const account = book.find(partitionKey);
      const content = account.open(version);
      const request = account.request(sortKey, () => draftOf(version, content));
      const { safety } = await writer.write([request], {});
      await records.delete('found', name);
      return { sortKey, safety };
    },
    async drop({ id }) {
      const { name } = await require(id);
      await records.delete('found', name);
      return { dropped: true };
    },
  };
}

/** Blind: it covers nothing that the item holds. */
function draftOf(version: SignedVersion, content: SealedContent): Draft {
  const kind = version.kind === 'tombstone' ? 'tombstone' : 'value';
  return {
    ...{ kind, type: content.type, replaced: [] },
    encode({ dot, actors }) {
      if (content.type !== 'cart') return content.value;
      const cart = decodeCart(content.value, actorTableOf(version.dot.actor, version.context));
      const lines = cart.lines.map((line, index) => ({ ...line, id: { dot, index }, dot }));
      return encodeCart({ ...cart, lines }, actors);
    },
  };
}

function view(version: SignedVersion, account: Account | undefined): FoundView {
  const { key, kind, hash, bytes } = version;
  const head = {
    id: hash,
    account: key.partitionKey,
    sortKey: key.sortKey,
    deleted: kind === 'tombstone',
    bytes: bytes.byteLength,
    ...(account === undefined ? {} : { accountName: account.label }),
  };
  if (account?.canOpen() !== true) return { ...head, sealed: true };
  const content = account.open(version);
  const { deviceName: device, wallMs } = content;
  return { ...head, sealed: false, device, wallMs, ...shown(version, content) };
}

function shown(
  version: SignedVersion,
  { type, value }: SealedContent,
): Pick<FoundView, 'title' | 'lines'> {
  if (type === 'json') return { title: utf8ToString(value).slice(0, MAX_TEXT) };
  if (type !== 'cart') return {};
  const cart = decodeCart(value, actorTableOf(version.dot.actor, version.context));
  const lines = cart.lines.slice(0, MAX_TITLES).map(({ product, quantity }) => ({
    title: product.title,
    quantity,
  }));
  return { title: cart.name, lines };
}
