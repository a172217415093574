import { AppError } from '../../base/app-error.ts';
import { compareUtf8 } from '../../base/bytes.ts';
import type { PartitionKey } from '../../domain/ids.ts';
import { digestHash, EMPTY_SUM, rangesBetween, type ItemSum } from '../../domain/merkle-tree.ts';
import {
  rangesMessage,
  type DifferingRange,
  type RangeNode,
} from '../../network/messages/ranges.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { RingView } from '../ring-view.ts';
import type { FirstContact } from '../first-contact.ts';
import type { SessionBook } from '../session-book.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';

/** Ranges in one request. */
export const MAX_RANGES = 128;
/** Parts of a range that differs. */
const WAYS = 8;
/** So few items are listed instead of cut again. */
const FEW = 16;
/** Items listed at once for who has nothing of the range. */
const MANY = 500;
/** Bytes of an answer after which the ranges left wait for the next request. */
const ENOUGH_BYTES = 256 * 1024;
/** Ranges looked into at once. */
const AT_ONCE = 4;
/** Of a name or a digest, with its heads. */
const NAME_BYTES = 72;
const NOTHING = '0'.repeat(64);

/** Where ranges of an account's sort keys differ here: finer parts, or the items' names. */
export function handleRanges(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly view: RingView;
    readonly book: SessionBook;
    readonly contact: FirstContact;
  },
): void {
  const { view, book, contact } = components;
  const { trees } = components.store;

  async function listed(
    account: PartitionKey,
    at: number,
    range: RangeNode,
  ): Promise<DifferingRange> {
    const found = await trees.list(account, range, MANY + 1);
    const items: DifferingRange['items'][number][] = [];
    let bytes = 0;
    for (const { key, versions } of found) {
      if (items.length === MANY || bytes >= ENOUGH_BYTES) {
        return { at, parts: [], items, end: key.sortKey };
      }
      bytes += 3 * key.sortKey.length + versions.length * NAME_BYTES;
      items.push({ sortKey: key.sortKey, names: versions });
    }
    return { at, parts: [], items };
  }
  async function differing(
    account: PartitionKey,
    at: number,
    range: RangeNode,
    sum: ItemSum,
  ): Promise<DifferingRange> {
    if (sum.items <= FEW || range.digest === NOTHING) return listed(account, at, range);
    const ranges = rangesBetween(range, await trees.cut(account, range, WAYS));
    if (ranges.length === 1) return listed(account, at, range);
    const sums = await trees.sums(account, ranges);
    const digestOf = (i: number) => digestHash(sums[i]?.digest ?? 0n);
    return { at, parts: ranges.map((part, i) => ({ ...part, digest: digestOf(i) })), items: [] };
  }
  handling.answer(rangesMessage, async ({ listHash, partitionKey, ranges }, { from }) => {
    book.check(from, partitionKey);
    await contact.with(from, partitionKey);
    checkList(view, partitionKey, listHash);
    checkRanges(ranges);
    const sums = await trees.sums(partitionKey, ranges);
    const differ: DifferingRange[] = [];
    let bytes = 0;
    const isEqual = (at: number): boolean =>
      digestHash(sums[at]?.digest ?? 0n) === ranges[at]?.digest;
    const unequal = [...ranges.entries()].filter(([at]) => !isEqual(at));
    for (let next = 0; next < unequal.length; next += AT_ONCE) {
      const some = unequal.slice(next, next + AT_ONCE);
      const each = some.map(([at, range]) =>
        differing(partitionKey, at, range, sums[at] ?? EMPTY_SUM),
      );
      for (const one of await Promise.all(each)) {
        // Also among those looked into at once: four full lists do not fit into a frame.
        if (bytes >= ENOUGH_BYTES) return { answered: one.at, differ };
        bytes += sizeOf(one);
        differ.push(one);
      }
    }
    return { answered: ranges.length, differ };
  });
}

function checkRanges(ranges: readonly RangeNode[]): void {
  if (ranges.length === 0 || ranges.length > MAX_RANGES) {
    throw new AppError('LIMIT_EXCEEDED', 'No ranges, or too many in one request.', {
      details: { max: MAX_RANGES },
    });
  }
  const upwards = ranges.every(({ from, to }, i) => {
    const next = ranges[i + 1]?.from;
    const isRange = from === undefined || to === undefined || compareUtf8(from, to) < 0;
    if (i === ranges.length - 1) return isRange;
    return isRange && to !== undefined && next !== undefined && compareUtf8(to, next) <= 0;
  });
  if (!upwards) throw new AppError('BAD_REQUEST', 'Ranges go upwards, none inside another.');
}

/** At most so many bytes (three for each UTF-16 unit). */
function sizeOf({ parts, items }: DifferingRange): number {
  const ofParts = parts.map(({ from, to }) => 3 * ((from ?? '') + (to ?? '')).length + NAME_BYTES);
  const ofItems = items.map(({ sortKey, names }) => 3 * sortKey.length + names.length * NAME_BYTES);
  return [...ofParts, ...ofItems].reduce((sum, bytes) => sum + bytes, 0);
}
