import { AppError } from '../../base/app-error.ts';
import type { Hash, PartitionKey } from '../../domain/ids.ts';
import type { RingView } from '../ring-view.ts';

/**
 * Every data request carries the hash of the list its sender walked; a member with another list
 * says so, and both catch up by gossip (DESIGN §2 "While tables differ").
 */
export function checkList(view: RingView, account: PartitionKey, hash: Hash | null): void {
  if (hash === null || hash === view.listOf(account).hash) return;
  throw new AppError('OTHER_LIST', 'This member has another preference list.');
}
