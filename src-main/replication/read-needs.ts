/** How many answers a read needs, and what is said when they do not come. */
import { AppError } from '../base/app-error.ts';
import { readAnswered, type ReadGoal, type ReadQuorum } from '../domain/quorum.ts';
import type { RingLists } from '../domain/ring-lists.ts';
import type { PeerId } from '../domain/ids.ts';
import type { GetOptions } from './replication.ts';
import type { PartitionList } from './ring-view.ts';

export const isStrict = (options: GetOptions): boolean => options.consistency === 'strict';

/**
 * Strict reads of a small ring ask so many that they must meet the last safe write (R + W > N), and
 * never fewer than w: of so many one has heard of any change that is through (decision 0514).
 */
function wantedAnswers(
  list: Pick<PartitionList, 'n' | 'r' | 'w' | 'readsLocally'>,
  options: GetOptions,
): number {
  const { n, r, w } = list;
  const least = isStrict(options) ? Math.max(list.readsLocally ? n - w + 1 : r, w) : r;
  return Math.max(1, Math.min(options.r ?? least, n));
}

/** Whose answers a read by this list counts. */
export function goalOfRead(
  list: PartitionList,
  lists: Pick<RingLists, 'after'>,
  options: GetOptions,
): ReadGoal {
  const { partition, owners, pending } = list;
  const strict = isStrict(options);
  const r = wantedAnswers(list, options);
  if (!strict) return { owners, r };
  const next = pending.flatMap(({ peer }) => {
    const after = lists.after(peer);
    if (after === undefined) return [];
    return [{ owners: after.owners(partition), r: wantedAnswers(after, options) }];
  });
  return { owners, r, strict, next };
}

/** Who is asked, in this order: the walk, and for a strict read first all whose answers count. */
export function askedBy(list: PartitionList, goal: ReadGoal): readonly PeerId[] {
  const next = goal.next?.flatMap(({ owners }) => owners) ?? [];
  return [...new Set([...list.owners, ...next, ...list.walk()])];
}

export function notReached(quorum: ReadQuorum): AppError {
  const { r: needed } = quorum.goal;
  const { answeredOwners } = readAnswered(quorum);
  return new AppError(
    'QUORUM_NOT_REACHED',
    `Only ${answeredOwners} of the ${needed} machines this needs have answered.`,
    { details: { answered: answeredOwners, needed } },
  );
}
