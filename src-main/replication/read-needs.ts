/** How many answers a read needs, and what is said when they do not come. */
import { AppError } from '../base/app-error.ts';
import { readAnswered, type ReadQuorum } from '../domain/quorum.ts';
import type { GetOptions } from './replication.ts';
import type { PartitionList } from './ring-view.ts';

export const isStrict = (options: GetOptions): boolean => options.consistency === 'strict';

/** Strict reads of a small ring ask so many that they must meet the last safe write (R + W > N). */
export function wantedAnswers(list: PartitionList, options: GetOptions): number {
  const least = isStrict(options) && list.readsLocally ? list.n - list.w + 1 : list.r;
  return Math.max(1, Math.min(options.r ?? least, list.n));
}

export function notReached(quorum: ReadQuorum, needed: number): AppError {
  const { answeredOwners } = readAnswered(quorum);
  return new AppError(
    'QUORUM_NOT_REACHED',
    `Only ${answeredOwners} of the ${needed} machines this needs have answered.`,
    { details: { answered: answeredOwners, needed } },
  );
}
