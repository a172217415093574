import { AppError } from '../../base/app-error.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import type { RingView } from '../ring-view.ts';

/**
 * Every data request carries the hash of the list its sender walked; a member with another list
 * says so, and both catch up by gossip (DESIGN §2 "While tables differ").
 */
export function checkList(view: RingView, account: PartitionKey, hash: Hash | null): void {
  checkSame(view.listOf(account).hash, hash);
}

/** The same for a request about a partition and no account. */
export function checkPartitionList(view: RingView, partition: number, hash: Hash | null): void {
  checkSame(view.listOfPartition(partition).hash, hash);
}

function checkSame(own: Hash, hash: Hash | null): void {
  if (hash === null || hash === own) return;
  throw new AppError('OTHER_LIST', 'This member has another preference list.');
}
