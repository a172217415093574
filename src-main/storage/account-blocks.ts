import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import {
  decodeTally,
  EMPTY_TALLY,
  shiftTally,
  sumsOf,
  type AccountTally,
} from './account-record.ts';
import type { CommitQueue } from './commit-queue.ts';
import { afterPrefix } from './disk.ts';
import type { ItemReader } from './item-reader.ts';
import { createKeyBlocks, decodeBlocks, type KeyBlocks } from './key-blocks.ts';
import { textBytes, type RecordKeys } from './record-keys.ts';
import type { StoreView } from './store-view.ts';
import type { Transaction } from './transaction.ts';

/** Accounts with no more items have no blocks: they are read as a whole. */
export const SMALL_ACCOUNT = 256;
/** Items read in one turn of the commit queue: some milliseconds. */
const PAGE = 250;
/** Blocks in memory, of all accounts: some 10 MB. */
const MAX_BLOCKS_KEPT = 65_536;
/** Changes of an account after which its blocks are written again. */
const FLUSH_EVERY = 10_000;

/**
 * Blocks inside large accounts: made when they are first needed or an account grows large, moved
 * with each write from then on, and written now and then. What was written counts only if it adds
 * up to the account's tally; else the account is read again (decision 0509).
 *
 * An account is read inside turns of the commit queue, so that what has been read and what has
 * changed since are told apart exactly: a change counts if its key was passed already.
 */
export interface AccountBlocks {
  /** To be called where an item's change is staged, before its tally is. */
  staged(tx: Transaction, key: ItemKey, change: SumChange): Promise<void>;
  /** Undefined for an account that is small. */
  of(account: PartitionKey): Promise<KeyBlocks | undefined>;
  /** Reads all items of the account and counts them; kept as its blocks when it is large. */
  recount(account: PartitionKey): Promise<void>;
  /** Writes what has changed since it was written. */
  flush(): Promise<void>;
}

export interface SumChange {
  /** What the item added to its account's tally, and what it adds now. */
  readonly before: AccountTally;
  readonly after: AccountTally;
  /** The account's tally, before and now. */
  readonly old: AccountTally;
  readonly now: AccountTally;
}

interface Entry {
  readonly blocks: KeyBlocks;
  counted: AccountTally;
  /** The last key read; undefined before the first; 'all' is said by `whole`. */
  passed: string | undefined;
  whole: boolean;
  changes: number;
  /** True while a division waits for its turn: the writes until then need no other. */
  dividing: boolean;
}

export interface AccountBlocksComponents {
  readonly queue: Pick<CommitQueue, 'submit'>;
  readonly view: StoreView;
  readonly keys: RecordKeys;
  readonly reader: ItemReader;
  readonly logger: Logger;
  /** Runs in the turn in which an account's count is whole. */
  counted(tx: Transaction, account: PartitionKey, tally: AccountTally): Promise<void>;
}

export function createAccountBlocks(components: AccountBlocksComponents): AccountBlocks {
  const { queue, view, keys, reader, logger } = components;
  /** Used last: last. */
  const entries = new Map<PartitionKey, Entry>();
  const reading = new Map<PartitionKey, Promise<void>>();

  const inTurn = <T>(stage: (tx: Transaction) => Promise<T>): Promise<T> =>
    queue.submit({ bytes: 0, grows: false, stage });

  async function tallyOf(account: PartitionKey): Promise<AccountTally> {
    const record = await view.get(keys.account(account));
    return record === undefined ? EMPTY_TALLY : decodeTally(record);
  }
  /** What was written, if it still adds up. Only in a turn: nothing is under way then. */
  async function restored(account: PartitionKey, tally: AccountTally): Promise<Entry | undefined> {
    const record = await view.get(keys.blocks(account));
    if (record === undefined) return undefined;
    try {
      const blocks = decodeBlocks(record.body);
      const { items, digest } = blocks.total;
      if (items !== tally.items || digest !== tally.digest) return undefined;
      return {
        blocks,
        counted: tally,
        passed: undefined,
        whole: true,
        changes: 0,
        dividing: false,
      };
    } catch (error) {
      logger.warn('blocks that cannot be read are made again', { code: toAppError(error).code });
      return undefined;
    }
  }
  function keep(account: PartitionKey, entry: Entry): void {
    entries.delete(account);
    entries.set(account, entry);
    let kept = [...entries.values()].reduce((sum, one) => sum + one.blocks.count, 0);
    for (const [other, one] of entries) {
      if (kept <= MAX_BLOCKS_KEPT || other === account) break;
      if (!one.whole) continue;
      kept -= one.blocks.count;
      entries.delete(other);
      behind(write(other, one));
    }
  }
  function behind(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      logger.debug('work on blocks failed', { code: toAppError(error).code });
    });
  }
  function write(account: PartitionKey, entry: Entry): Promise<void> {
    if (entry.changes === 0 || !entry.whole) return Promise.resolve();
    return inTurn((tx) => {
      entry.changes = 0;
      tx.put(keys.blocks(account), entry.blocks.encode());
      return Promise.resolve();
    });
  }
  /** The next page; true when it was the last. */
  async function readOn(account: PartitionKey, entry: Entry): Promise<boolean> {
    const prefix = keys.itemsOf(account);
    const from = entry.passed === undefined ? prefix : `${prefix}${entry.passed}\0`;
    const found = await view.entries({ from, to: afterPrefix(prefix) }, { limit: PAGE });
    for (const { key, record } of found) {
      const sum = sumsOf(reader.stored(key, record));
      entry.passed = key.slice(prefix.length);
      entry.blocks.append(entry.passed, sum);
      entry.counted = shiftTally(entry.counted, sum, EMPTY_TALLY);
    }
    if (found.length === PAGE) return false;
    entry.whole = true;
    entry.changes = FLUSH_EVERY;
    return true;
  }
  async function recount(account: PartitionKey): Promise<void> {
    const blocks = createKeyBlocks();
    const entry: Entry = {
      blocks,
      counted: EMPTY_TALLY,
      passed: undefined,
      whole: false,
      changes: 0,
      dividing: false,
    };
    entries.set(account, entry);
    try {
      for (let done = false; !done;) {
        done = await inTurn(async (tx) => {
          if (!(await readOn(account, entry))) return false;
          await components.counted(tx, account, entry.counted);
          return true;
        });
      }
    } finally {
      const stays = entry.whole && entry.counted.items > SMALL_ACCOUNT;
      if (entries.get(account) === entry && !stays) entries.delete(account);
    }
    if (entries.get(account) === entry) keep(account, entry);
  }
  /** One reading of an account at a time. */
  function once(account: PartitionKey, work: () => Promise<void>): Promise<void> {
    const known = reading.get(account);
    if (known !== undefined) return known;
    const done = work().finally(() => reading.delete(account));
    reading.set(account, done);
    return done;
  }
  const make = (account: PartitionKey): Promise<void> =>
    once(account, async () => {
      const found = await inTurn(async () => {
        const entry = await restored(account, await tallyOf(account));
        if (entry !== undefined) entries.set(account, entry);
        return entry;
      });
      if (found === undefined) await recount(account);
      else keep(account, found);
    });
  /** A block that has grown is read and divided. */
  function divide(account: PartitionKey, entry: Entry, block: number): Promise<void> {
    const at = entry.blocks.first(block) ?? '';
    return inTurn(async () => {
      const number = entry.blocks.at(at);
      const prefix = keys.itemsOf(account);
      const first = number === 0 ? '' : (entry.blocks.first(number) ?? '');
      const next = entry.blocks.first(number + 1);
      const to = next === undefined ? afterPrefix(prefix) : prefix + next;
      const limit = Number.MAX_SAFE_INTEGER;
      const found = await view.entries({ from: prefix + first, to }, { limit });
      const items = found.map(({ key, record }) => ({
        key: key.slice(prefix.length),
        sum: sumsOf(reader.stored(key, record)),
      }));
      if (entries.get(account) === entry) entry.blocks.divide(number, items);
    });
  }
  function changed(account: PartitionKey, sortKey: string, change: SumChange): void {
    const entry = entries.get(account);
    if (entry === undefined) {
      if (change.now.items > SMALL_ACCOUNT) behind(make(account));
      return;
    }
    const key = textBytes(sortKey);
    if (!entry.whole && (entry.passed === undefined || key > entry.passed)) return;
    entry.counted = shiftTally(entry.counted, change.after, change.before);
    const large = entry.blocks.change(key, change.before, change.after);
    if (!entry.whole) return;
    if (change.now.items <= SMALL_ACCOUNT) {
      entries.delete(account);
      return;
    }
    if (large !== undefined && !entry.dividing) {
      entry.dividing = true;
      const done = divide(account, entry, large).finally(() => {
        entry.dividing = false;
      });
      behind(done);
    }
    if (++entry.changes % FLUSH_EVERY === 0) behind(write(account, entry));
  }
  return {
    async recount(account) {
      for (let other = reading.get(account); other !== undefined; other = reading.get(account)) {
        await other.catch(() => undefined);
      }
      await once(account, () => recount(account));
    },
    async staged(tx, { partitionKey, sortKey }, change) {
      const [was, is] = [change.old.items > SMALL_ACCOUNT, change.now.items > SMALL_ACCOUNT];
      if (was && !entries.has(partitionKey)) {
        const found = await restored(partitionKey, await tallyOf(partitionKey));
        if (found !== undefined && !entries.has(partitionKey)) keep(partitionKey, found);
      }
      if (was && !is) tx.delete(keys.blocks(partitionKey));
      tx.onCommit(() => {
        changed(partitionKey, sortKey, change);
      });
    },
    async of(account) {
      if (entries.get(account)?.whole !== true) {
        if ((await tallyOf(account)).items <= SMALL_ACCOUNT) return undefined;
        await make(account);
      }
      const entry = entries.get(account);
      if (entry?.whole !== true) return undefined;
      keep(account, entry);
      return entry.blocks;
    },
    async flush() {
      for (const [account, entry] of entries) await write(account, entry);
    },
  };
}
