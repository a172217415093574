/**
 * Writes an export into an account: all of the file is checked before anything is written; what is
 * here already is left as it is, so that an import can be done twice, or again when it was cut off.
 */
import { AppError } from '../../base/app-error.ts';
import { fromBase64url, toHex } from '../../base/bytes.ts';
import { createKeyedLock } from '../../base/keyed-lock.ts';
import type { Random } from '../../base/random.ts';
import type { IssueRequest } from '../../storage/item-store.ts';
import type { Account } from '../account.ts';
import type { AccountBook } from '../account-book.ts';
import type { ItemReader } from '../item-reader.ts';
import type { ItemWriter } from '../item-writer.ts';
import type { ArchiveSummary, ImportProgress, KeptItem } from '../views/archive.ts';
import { notWhole, type ArchiveItem } from './archive-format.ts';
import {
  createArchiveReader,
  createKeyMaker,
  type ArchiveReader,
  type KeyMaker,
} from './archive-reader.ts';
import { checkItem, placedItem, verdictOf } from './import-items.ts';
import { archiveDraft } from './archive-values.ts';

interface Part {
  readonly id: string;
  /** Bytes of the file, base64url; the parts in their order. */
  readonly chunk: string;
  /** Nothing comes after this. */
  readonly last: boolean;
}

export interface ImportService {
  open(input: {
    readonly account?: string | undefined;
    readonly passphrase?: string | undefined;
  }): Promise<{ id: string }>;
  /** @throws FILE_NOT_WHOLE, WRONG_PASSPHRASE, UNSUPPORTED_FORMAT; NOT_FOUND: open it again */
  check(part: Part): Promise<{ items: number; summary?: ArchiveSummary }>;
  /** The same parts again, once all are checked. What is written stays, whatever comes after. */
  write(part: Part): Promise<ImportProgress>;
}

interface Session {
  readonly account: Account;
  readonly keyOf: KeyMaker;
  readonly checking: ArchiveReader;
  readonly kinds: Map<string, number>;
  writing: ArchiveReader | undefined;
  summary: ArchiveSummary | undefined;
  progress: ImportProgress;
}

const MAX_SESSIONS = 4;
const ID_BYTES = 12;
/** Versions in one durable batch. */
const BATCH = 25;
const MAX_KEPT = 100;
const NO_PROGRESS: ImportProgress = {
  ...{ done: 0, total: 0, written: 0, there: 0, kept: 0 },
  ...{ keptItems: [], finished: false },
};

export function createImportService(components: {
  readonly book: AccountBook;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly random: Random;
}): ImportService {
  const { book, reader, writer, random } = components;
  const sessions = new Map<string, Session>();
  const turns = createKeyedLock({ maxWaiting: 16 });

  function sessionOf(id: string): Session {
    const session = sessions.get(id);
    if (session !== undefined) return session;
    throw new AppError('NOT_FOUND', 'This import is not open (any more). Begin it again.');
  }
  /** Items that go into one batch: no key twice, and not more versions than that. */
  async function writeItems(session: Session, items: readonly ArchiveItem[]): Promise<void> {
    const placed = items.map((item) => placedItem(session.account, item, session.summary?.account));
    for (let at = 0; at < placed.length;) {
      const keys = new Set<string>();
      let versions = 0;
      let end = at;
      for (; end < placed.length; end++) {
        const one = placed[end];
        if (one === undefined || keys.has(one.sortKey)) break;
        versions += one.versions.length;
        if (end > at && versions > BATCH) break;
        keys.add(one.sortKey);
      }
      await writeBatch(session, placed.slice(at, end));
      at = end;
    }
  }
  async function writeBatch(session: Session, items: readonly ArchiveItem[]): Promise<void> {
    const { account } = session;
    const keys = items.map(({ sortKey }) => sortKey);
    const { items: held } = await reader.readAll(account.id, keys, {});
    const requests: IssueRequest[] = [];
    const kept: KeptItem[] = [];
    let there = 0;
    let written = 0;
    for (const [i, item] of items.entries()) {
      const verdict = verdictOf(account, item, held[i] ?? []);
      if (verdict === 'there') there++;
      else if (verdict !== 'absent') kept.push(keptItem(item, verdict));
      else {
        written++;
        for (const version of item.versions) requests.push(requestOf(account, item, version));
      }
    }
    if (requests.length > 0) await writer.write(requests, {});
    const before = session.progress;
    session.progress = {
      ...before,
      done: before.done + items.length,
      written: before.written + written,
      there: before.there + there,
      kept: before.kept + kept.length,
      keptItems: [...before.keptItems, ...kept].slice(0, MAX_KEPT),
    };
  }
  async function check(session: Session, { chunk, last }: Part) {
    const { checking, kinds } = session;
    for (const item of await checking.feed(bytesOf(chunk))) {
      checkItem(item, checking.items);
      const kind = item.sortKey.split('#')[0] ?? '';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (!last) return { items: checking.items };
    checking.finish();
    const { account = '', name = '', madeMs = 0 } = checking.head ?? {};
    const { items } = checking;
    session.summary = {
      ...{ account, name, madeMs, items },
      kinds: [...kinds].map(([kind, count]) => ({ kind, items: count })),
    };
    session.progress = { ...NO_PROGRESS, total: items };
    return { items, summary: session.summary };
  }
  async function write(session: Session, { chunk, last }: Part): Promise<ImportProgress> {
    if (session.summary === undefined) {
      throw new AppError('BAD_REQUEST', 'The file is checked to its end before it is written.');
    }
    session.writing ??= createArchiveReader(session.keyOf);
    await writeItems(session, await session.writing.feed(bytesOf(chunk)));
    if (!last) return session.progress;
    session.writing.finish();
    if (session.writing.chain !== session.checking.chain) {
      throw notWhole('The file was changed after it was checked.');
    }
    session.progress = { ...session.progress, finished: true };
    return session.progress;
  }
  /** One part at a time; an import that failed is over. */
  async function inTurn<T>(id: string, work: (session: Session) => Promise<T>): Promise<T> {
    return turns.run(id, async () => {
      try {
        return await work(sessionOf(id));
      } catch (error) {
        sessions.delete(id);
        throw error;
      }
    });
  }

  return {
    open({ account: named, passphrase }) {
      const account = book.find(named);
      account.keyring();
      const id = toHex(random.bytes(ID_BYTES));
      const keyOf = createKeyMaker(passphrase);
      sessions.set(id, {
        ...{ account, keyOf, checking: createArchiveReader(keyOf), kinds: new Map() },
        ...{ writing: undefined, summary: undefined, progress: NO_PROGRESS },
      });
      const [oldest] = sessions.keys();
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      return Promise.resolve({ id });
    },
    check: (part) => inTurn(part.id, (session) => check(session, part)),
    write: (part) =>
      inTurn(part.id, async (session) => {
        const progress = await write(session, part);
        if (progress.finished) sessions.delete(part.id);
        return progress;
      }),
  };
}

function requestOf(
  account: Account,
  { sortKey }: ArchiveItem,
  version: ArchiveItem['versions'][number],
): IssueRequest {
  return account.request(sortKey, () => archiveDraft(sortKey, version));
}

function keptItem(item: ArchiveItem, why: KeptItem['why']): KeptItem {
  const [version] = item.versions;
  const name = version?.type === 'cart' ? version.value.name : undefined;
  return { sortKey: item.sortKey, why, ...(name === undefined ? {} : { name }) };
}

function bytesOf(chunk: string): Uint8Array {
  try {
    return fromBase64url(chunk);
  } catch (cause) {
    throw new AppError('BAD_REQUEST', 'A part of a file travels as base64url.', { cause });
  }
}
