import type { ItemKey, PeerId } from '../domain/ids.ts';
import { copies as copiesOf } from '../domain/quorum.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { deliveryByCopies, jointDelivery } from './delivery.ts';
import type { KnownCopies } from './known-copies.ts';
import type { OutboxDelivery } from './outbox-delivery.ts';
import type { OwnCounters } from './own-counters.ts';
import type { Delivery } from './replication.ts';
import type { RingView } from './ring-view.ts';

/** How far an item's current siblings are known to have come, to be told to the person. */
export interface Deliveries {
  of(key: ItemKey): Promise<Delivery>;
  /** Owners of which it is not known whether they hold what other machines wrote. */
  unknown(key: ItemKey): Promise<readonly PeerId[]>;
}

export function createDeliveries(components: {
  readonly store: ItemStore;
  readonly view: RingView;
  readonly outbox: OutboxDelivery;
  readonly counters: OwnCounters;
  readonly copies: KnownCopies;
}): Deliveries {
  const { store, view, outbox, counters, copies } = components;

  /** An own version that left the outbox is with every owner; of others' we know what we saw. */
  function ofVersion(version: SignedVersion): Delivery {
    const { partitionKey } = version.key;
    const { owners, w, pending } = view.listOf(partitionKey);
    const goal = { owners, w, writer: view.self };
    const flight = outbox.flight(version.hash);
    const known = copies.of(version);
    if (flight !== undefined) {
      const wider = { ...goal, pending: pending.map(({ incoming }) => incoming) };
      const { quorum } = flight;
      return deliveryByCopies(wider, [...copiesOf(quorum), ...known], quorum.silent);
    }
    const own = counters.actorOf(partitionKey, version.epoch) === version.dot.actor;
    return deliveryByCopies(goal, own ? [...owners, ...known] : known);
  }
  return {
    async of(key) {
      const siblings = await store.read(key);
      return jointDelivery(siblings.map(ofVersion));
    },
    async unknown(key) {
      const siblings = await store.read(key);
      const foreign = siblings.filter((version) => outbox.flight(version.hash) === undefined);
      return [...new Set(foreign.flatMap((version) => ofVersion(version).missing))];
    },
  };
}
