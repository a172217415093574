import type { PeerId } from '../domain/ids.ts';
import type { Delivery } from '../replication/replication.ts';
import type { Safety } from './views.ts';

/** How safe a write is, in the numbers that the shells say in words. */
export function safetyOf(delivery: Delivery, nameOf: (peer: PeerId) => string): Safety {
  return {
    state: delivery.state,
    copies: delivery.copies.length,
    owners: delivery.owners.length,
    waitingFor: delivery.missing.map(nameOf),
  };
}
