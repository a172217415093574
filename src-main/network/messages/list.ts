import { fromHex } from '../../base/bytes.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import {
  MAX_ENTRIES,
  readNames,
  readOptionalHash,
  readOptionalText,
  readPartitionKey,
  readSortKey,
  writeNames,
  writeOptionalHash,
  writeOptionalText,
  type VersionName,
} from './fields.ts';

/** A range of an account's items by sort key; the same fields as the store's ScanRange. */
export interface ListRange {
  readonly partitionKey: PartitionKey;
  readonly prefix?: string;
  /** Inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
  /** Exclusive start: the last sort key of the page before. */
  readonly after?: string;
  readonly reverse?: boolean;
  /** Items wanted; the answerer may give fewer and say `more`. */
  readonly limit: number;
}

export interface ListRequest {
  readonly listHash: Hash | null;
  readonly range: ListRange;
}

export interface ListAnswer {
  readonly owner: boolean;
  /** An owner that has not taken the partition over whole: not to be counted (decision 0104). */
  readonly unfilled: boolean;
  readonly items: readonly {
    readonly sortKey: string;
    readonly names: readonly VersionName[];
  }[];
  /** There are items after the last of these. */
  readonly more: boolean;
}

export const listMessage = createMessageCodec<ListRequest, ListAnswer>(
  VERB.list,
  'list',
  {
    write: ({ listHash, range }) => [
      writeOptionalHash(listHash),
      fromHex(range.partitionKey),
      writeOptionalText(range.prefix),
      writeOptionalText(range.from),
      writeOptionalText(range.to),
      writeOptionalText(range.after),
      range.reverse ?? false,
      range.limit,
    ],
    read(f) {
      const listHash = readOptionalHash(f);
      const partitionKey = readPartitionKey(f);
      const [prefix, from, to, after] = [
        readOptionalText(f),
        readOptionalText(f),
        readOptionalText(f),
        readOptionalText(f),
      ];
      const range: ListRange = {
        partitionKey,
        ...(prefix !== undefined && { prefix }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(after !== undefined && { after }),
        ...(f.flag() && { reverse: true }),
        limit: f.uint(1, MAX_ENTRIES),
      };
      return { listHash, range };
    },
  },
  {
    write: (m) => [
      m.owner,
      m.unfilled,
      m.items.map((one) => [one.sortKey, writeNames(one.names)]),
      m.more,
    ],
    read: (f) => ({
      owner: f.flag(),
      unfilled: f.flag(),
      items: f.list(MAX_ENTRIES, (items) =>
        items.nested((one) => ({ sortKey: readSortKey(one), names: readNames(one) })),
      ),
      more: f.flag(),
    }),
  },
);
