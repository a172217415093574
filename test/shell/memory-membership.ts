import type { Status } from '../../src-main/app/views.ts';

type Ring = NonNullable<Status['ring']>;

const COUNTS = { n: 1, r: 1, w: 1 };

/** A ring of one machine, in which nothing moves. */
export function createMemoryMembership(ring: () => Ring) {
  const own = {
    ...{ peerId: 'peer', name: 'here', own: true, admin: true, state: 'up' as const },
    ...{
      capacity: 1,
      steady: false,
      zone: '',
      addresses: [],
      connected: false,
      share: 1,
      hints: 0,
    },
  };
  return {
    plan: () => ({
      ...{ moves: [], partitions: 0, ofPartitions: 1024, accounts: 0, items: 0, bytes: 0 },
      ...{ before: COUNTS, after: COUNTS, shares: [] },
    }),
    transfers: () => [],
    leave: () => own,
    stay: () => own,
    comeBack: () => own,
    seat: () => own,
    retire: () => own,
    settings: () => ring(),
  };
}
