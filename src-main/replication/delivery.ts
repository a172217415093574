import type { PeerId } from '../domain/ids.ts';
import {
  ackWrite,
  copies,
  createWriteQuorum,
  isAtLeast,
  missing,
  ownerSilent,
  writeState,
  type WriteGoal,
  type WriteQuorum,
} from '../domain/quorum.ts';
import type { Delivery } from './replication.ts';

/** Where one write stands, as the app and the person are told. */
export function deliveryOf(quorum: WriteQuorum): Delivery {
  return {
    state: writeState(quorum),
    copies: copies(quorum),
    owners: quorum.goal.owners,
    missing: missing(quorum),
  };
}

/**
 * Where a version stands by who is known to hold it.
 * @param silent who did not answer; who comes in and is silent is not waited for. @default none
 */
export function deliveryByCopies(
  goal: WriteGoal,
  holders: Iterable<PeerId>,
  silent: Iterable<PeerId> = [],
): Delivery {
  let quorum = createWriteQuorum(goal);
  for (const peer of silent) quorum = ownerSilent(quorum, peer);
  for (const peer of holders) quorum = ackWrite(quorum, peer);
  return deliveryOf(quorum);
}

/** Several versions as one: only as far as the least of them, on machines that have them all. */
export function jointDelivery(all: readonly Delivery[]): Delivery {
  const [first, ...rest] = all;
  if (first === undefined) return { state: 'complete', copies: [], owners: [], missing: [] };
  return rest.reduce(
    (sum, one) => ({
      state: isAtLeast(one.state, sum.state) ? sum.state : one.state,
      copies: sum.copies.filter((peer) => one.copies.includes(peer)),
      owners: union(sum.owners, one.owners),
      missing: union(sum.missing, one.missing),
    }),
    first,
  );
}

function union(a: readonly PeerId[], b: readonly PeerId[]): readonly PeerId[] {
  return [...new Set([...a, ...b])];
}
