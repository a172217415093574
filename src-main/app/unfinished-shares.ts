/**
 * Which carts are being moved into a shared account right now, so that a share that was interrupted
 * (the power, a full disk) is brought to its end instead of leaving an empty account behind. Kept
 * on this machine only: no other knows that the move is not just under way.
 */
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import type { RecordStore } from '../storage/record-store.ts';

export interface UnfinishedShare {
  readonly account: PartitionKey;
  /** The private cart. */
  readonly from: ItemKey;
}

export interface UnfinishedShares {
  begin(share: UnfinishedShare): Promise<void>;
  end(account: PartitionKey): Promise<void>;
  all(): Promise<readonly UnfinishedShare[]>;
}

const PREFIX = 'sharing ';
const FORMAT = 1;

export function createUnfinishedShares(components: {
  readonly records: RecordStore;
}): UnfinishedShares {
  const { records } = components;
  return {
    begin: ({ account, from }) =>
      records.put(
        'setting',
        PREFIX + account,
        utf8(JSON.stringify([FORMAT, from.partitionKey, from.sortKey])),
      ),
    end: (account) => records.delete('setting', PREFIX + account),
    async all() {
      const kept = await records.list('setting');
      return kept
        .filter(({ name }) => name.startsWith(PREFIX))
        .flatMap(({ name, value }) => {
          const stored = JSON.parse(utf8ToString(value)) as [number, PartitionKey, string];
          const [format, partitionKey, sortKey] = stored;
          const account = name.slice(PREFIX.length) as PartitionKey;
          return format === FORMAT ? [{ account, from: { partitionKey, sortKey } }] : [];
        });
    },
  };
}
