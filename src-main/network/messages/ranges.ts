import { fromHex } from '../../base/bytes.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import type { KeyRange } from '../../domain/merkle-tree.ts';
import type { Fields } from '../../security/positional.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import {
  MAX_ENTRIES,
  readHash,
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

/** One range of an account's sort keys and the digest of what is in it. */
export interface RangeNode extends KeyRange {
  readonly digest: Hash;
}

export interface RangesRequest {
  /** Hash of the account's list; null: not checked (a device that compares its account). */
  readonly listHash: Hash | null;
  readonly partitionKey: PartitionKey;
  /** The asker's, ascending, none inside another. */
  readonly ranges: readonly RangeNode[];
}

/** What the answerer has where the asker's range differs. */
export interface DifferingRange {
  /** Number of the range in the request. */
  readonly at: number;
  /** The answerer's parts of the range, without gaps; [] when items are listed instead. */
  readonly parts: readonly RangeNode[];
  /** All its items of the range, up to `end`. */
  readonly items: readonly { readonly sortKey: string; readonly names: readonly VersionName[] }[];
  /** Where the items end when the rest found no room (exclusive); absent: the whole range. */
  readonly end?: string;
}

export interface RangesAnswer {
  /** So many of the first ranges are answered; ask again for the others. At least one. */
  readonly answered: number;
  readonly differ: readonly DifferingRange[];
}

const MAX_RANGES = 4096;

const writeRanges = (ranges: readonly RangeNode[]) =>
  ranges.map((range) => [
    writeOptionalText(range.from),
    writeOptionalText(range.to),
    fromHex(range.digest),
  ]);

const readRanges = (fields: Fields): readonly RangeNode[] =>
  fields.list(MAX_RANGES, (list) =>
    list.nested((range) => {
      const [from, to] = [readOptionalText(range), readOptionalText(range)];
      return {
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        digest: readHash(range),
      };
    }),
  );

export const rangesMessage = createMessageCodec<RangesRequest, RangesAnswer>(
  VERB.ranges,
  'ranges',
  {
    write: (m) => [writeOptionalHash(m.listHash), fromHex(m.partitionKey), writeRanges(m.ranges)],
    read: (f) => ({
      listHash: readOptionalHash(f),
      partitionKey: readPartitionKey(f),
      ranges: readRanges(f),
    }),
  },
  {
    write: (m) => [
      m.answered,
      m.differ.map((one) => [
        one.at,
        writeRanges(one.parts),
        one.items.map((item) => [item.sortKey, writeNames(item.names)]),
        writeOptionalText(one.end),
      ]),
    ],
    read: (f) => ({
      answered: f.uint(1, MAX_RANGES),
      differ: f.list(MAX_RANGES, (list) => list.nested(readDiffering)),
    }),
  },
);

function readDiffering(fields: Fields): DifferingRange {
  const at = fields.uint(0, MAX_RANGES - 1);
  const parts = readRanges(fields);
  const items = fields.list(MAX_ENTRIES, (list) =>
    list.nested((item) => ({ sortKey: readSortKey(item), names: readNames(item) })),
  );
  const end = readOptionalText(fields);
  return { at, parts, items, ...(end !== undefined && { end }) };
}
