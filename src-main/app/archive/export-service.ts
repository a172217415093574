/** All items of an account as a file, part by part: readable, or sealed with a passphrase. */
import { AppError } from '../../base/app-error.ts';
import { toBase64url, utf8 } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { abortedError } from '../../base/waiting.ts';
import {
  COSTS,
  MIN_PASSPHRASE,
  passphraseKey,
  pieceNonce,
  SALT_BYTES,
  sealPiece,
} from '../../security/passphrase.ts';
import type { ItemStore, StoredItem } from '../../storage/item-store.ts';
import type { Account } from '../account.ts';
import type { AccountBook } from '../account-book.ts';
import { ARRANGEMENT_PREFIX, arrangementKey, readArrangement } from '../cart-arrangement.ts';
import { CART_PREFIX } from '../cart-versions.ts';
import { isHidden } from '../item-view.ts';
import type { ExportPart } from '../views/archive.ts';
import {
  chained,
  endLine,
  FORMAT,
  NO_CHAIN,
  type ArchiveItem,
  type Head,
} from './archive-format.ts';
import { archiveVersion } from './archive-values.ts';

export interface ExportService {
  /**
   * What this machine holds. Left out: keys and other people's secrets (`account#`, `share#`), what
   * was deleted, and arrangements (a cart's lines come in their order).
   * @throws BAD_REQUEST for a passphrase of fewer than 8 characters; SEALED
   */
  run(
    input: { readonly account?: string | undefined; readonly passphrase?: string | undefined },
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<ExportPart>;
}

const PAGE = 200;
/** Text in one part of the answer. */
const PART_BYTES = 256 * 1024;

type Seal = (text: string) => string;

export function createExportService(components: {
  readonly book: AccountBook;
  readonly store: ItemStore;
  readonly clock: Clock;
  readonly random: Random;
}): ExportService {
  const { book, store, clock, random } = components;

  async function* items(account: Account): AsyncGenerator<StoredItem> {
    for (let after: string | undefined; ;) {
      const range = { partitionKey: account.id, limit: PAGE };
      const page = await store.scan(after === undefined ? range : { ...range, after });
      for (const item of page) if (isExported(item)) yield item;
      after = page.at(-1)?.key.sortKey;
      if (page.length < PAGE || after === undefined) return;
    }
  }
  async function countOf(account: Account): Promise<number> {
    let count = 0;
    for await (const _item of items(account)) count++;
    return count;
  }
  async function itemOf(account: Account, { key, siblings }: StoredItem): Promise<ArchiveItem> {
    const { sortKey } = key;
    const id = sortKey.slice(CART_PREFIX.length);
    const arrangement = sortKey.startsWith(CART_PREFIX)
      ? readArrangement(account, await store.read(arrangementKey({ account, id })))
      : [];
    const versions = siblings.flatMap((one) => archiveVersion(account, one, arrangement) ?? []);
    return { sortKey, versions };
  }
  /** Makes pieces of the file's text, and the line that stands before them. */
  async function sealWith(passphrase: string): Promise<{ first: string; seal: Seal }> {
    if (passphrase.length < MIN_PASSPHRASE) {
      throw new AppError('BAD_REQUEST', 'A passphrase has eight characters or more.');
    }
    const salt = random.bytes(SALT_BYTES);
    const key = await passphraseKey(passphrase, salt, COSTS);
    const sealed = { kdf: 'scrypt' as const, salt: toBase64url(salt), ...COSTS };
    const head: Head = { carrossel: 'export', format: FORMAT, sealed };
    let number = 0;
    const seal: Seal = (text) => {
      const piece = { key, salt, number: number++ };
      return `${toBase64url(sealPiece(piece, pieceNonce(random), utf8(text)))}\n`;
    };
    return { first: `${JSON.stringify(head)}\n`, seal };
  }

  return {
    async *run({ account: named, passphrase }, signal) {
      const account = book.find(named);
      // Refused now, not in the middle of the file.
      account.keyring();
      const sealing = passphrase === undefined ? undefined : await sealWith(passphrase);
      const seal: Seal = sealing?.seal ?? ((text) => text);
      const total = await countOf(account);
      const file = createFile(account, clock.wallMs());
      let done = 0;
      let text = file.head;
      let first = sealing?.first ?? '';
      for await (const item of items(account)) {
        if (signal?.aborted === true) throw abortedError(signal);
        text += file.item(await itemOf(account, item));
        done++;
        if (text.length < PART_BYTES) continue;
        yield { text: first + seal(text), done, total: Math.max(done, total) };
        [first, text] = ['', ''];
      }
      yield { text: first + seal(text + file.end()), done, total: done };
    },
  };
}

/** Lines, and what they come to. */
function createFile(account: Account, madeMs: number) {
  let chain: Uint8Array = NO_CHAIN;
  let count = 0;
  const line = (text: string): string => {
    chain = chained(chain, utf8(text));
    return `${text}\n`;
  };
  const head: Head = {
    ...{ carrossel: 'export', format: FORMAT, account: account.id, name: account.label, madeMs },
  };
  return {
    head: line(JSON.stringify(head)),
    item(item: ArchiveItem): string {
      count++;
      return line(JSON.stringify(item));
    },
    end: () => `${endLine(count, chain)}\n`,
  };
}

function isExported({ key, siblings }: StoredItem): boolean {
  const { sortKey } = key;
  return (
    siblings.some(({ kind }) => kind === 'value') &&
    !isHidden(sortKey) &&
    !sortKey.startsWith(ARRANGEMENT_PREFIX)
  );
}
