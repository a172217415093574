/** The hash trees of one open store, put together. */
import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { abortedError, sleep } from '../base/waiting.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import { createAccountBlocks, type AccountBlocks, type SumChange } from './account-blocks.ts';
import {
  decodeTally,
  EMPTY_TALLY,
  encodeTally,
  sameTally,
  shiftTally,
  type AccountTally,
} from './account-record.ts';
import { createAccountRanges } from './account-ranges.ts';
import type { CommitQueue } from './commit-queue.ts';
import { afterPrefix, type DiskKey } from './disk.ts';
import type { HashTrees } from './hash-trees.ts';
import type { ItemReader } from './item-reader.ts';
import { createPartitionHashes } from './partition-hashes.ts';
import { KEY_KIND, partitionKeyOf, type RecordKeys } from './record-keys.ts';
import type { StoreView } from './store-view.ts';
import type { Transaction } from './transaction.ts';

export interface StoreTrees extends HashTrees, Pick<AccountBlocks, 'flush'> {
  /** One item changes; to be called before its account's tally is staged. */
  staged(tx: Transaction, key: ItemKey, change: SumChange): Promise<void>;
}

export function createStoreTrees(
  init: { readonly q: number },
  components: {
    readonly queue: Pick<CommitQueue, 'submit'>;
    readonly view: StoreView;
    readonly keys: RecordKeys;
    readonly reader: ItemReader;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: Metrics;
  },
): StoreTrees {
  const { view, keys, clock, logger, metrics } = components;
  const hashes = createPartitionHashes(init, components);
  const mended = new Set<PartitionKey>();
  const blocks = createAccountBlocks({ ...components, counted: mend });
  const ranges = createAccountRanges({ ...components, blocks });

  /** Makes a tally what its items add up to. What this turn staged before is on top of both. */
  async function mend(tx: Transaction, account: PartitionKey, counted: AccountTally) {
    const key = keys.account(account);
    const record = await view.get(key);
    const kept = record === undefined ? EMPTY_TALLY : decodeTally(record);
    if (sameTally(kept, counted)) return;
    logger.error('an account did not add up to its items', {
      ...{ account, items: counted.items, told: kept.items },
    });
    metrics.count('carrossel_store_tallies_mended_total');
    mended.add(account);
    const staged = await tx.get(key);
    const now = staged === undefined ? EMPTY_TALLY : decodeTally(staged);
    const right = shiftTally(now, counted, kept);
    hashes.staged(tx, key);
    if (right.items === 0) tx.delete(key);
    else tx.put(key, encodeTally(right), { memo: right });
  }
  /** The next account with a tally or an item after this one. */
  async function next(after: PartitionKey | undefined): Promise<PartitionKey | undefined> {
    const found = await Promise.all(
      [KEY_KIND.account, KEY_KIND.item].map(async (kind): Promise<DiskKey | undefined> => {
        const last = after === undefined ? kind : kind + keys.account(after).slice(1);
        const from = after === undefined ? kind : (afterPrefix(last) ?? last);
        const [entry] = await view.entries({ from, to: afterPrefix(kind) }, { limit: 1 });
        return entry?.key.slice(1);
      }),
    );
    const [first] = found.filter((key) => key !== undefined).sort((a, b) => (a < b ? -1 : 1));
    return first === undefined ? undefined : partitionKeyOf(KEY_KIND.account + first);
  }
  return {
    ...ranges,
    partitions: (wanted) => hashes.partitions(wanted),
    accounts: (partition, after, limit) => hashes.accounts(partition, after, limit),
    flush: () => blocks.flush(),
    async staged(tx, key, change) {
      await blocks.staged(tx, key, change);
      hashes.staged(tx, keys.account(key.partitionKey));
    },
    async check({ signal, pauseMs = 0 } = {}) {
      mended.clear();
      let accounts = 0;
      for (let one = await next(undefined); one !== undefined; one = await next(one)) {
        if (signal?.aborted === true) throw abortedError(signal);
        accounts++;
        // A record that cannot be read is told by the read itself, and by the scan of the store.
        await blocks.recount(one).catch((error: unknown) => {
          logger.warn('an account could not be counted', { code: toAppError(error).code });
        });
        if (pauseMs > 0) await sleep(clock, pauseMs, signal);
      }
      await blocks.flush();
      return { accounts, mended: [...mended] };
    },
  };
}
