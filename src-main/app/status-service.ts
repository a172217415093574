import type { PeerId } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountService } from './account-service.ts';
import type { Notices } from './notices.ts';
import type { RingSession } from './ring-session.ts';
import type { Machine } from './ring-lifecycle.ts';
import type { RingShape } from './ring-shape.ts';
import { ringView } from './ring-views.ts';
import { repairView } from './store-words.ts';
import type { Status } from './views.ts';

/** The peer at a glance: who it is, what it holds, what is on its way. */
export interface StatusService {
  status(): Promise<Status>;
}

export function createStatusService(
  init: { readonly version: string; readonly host: Status['host']; readonly name: string },
  components: {
    readonly store: ItemStore;
    readonly session: RingSession;
    readonly accounts: AccountService;
    readonly notices: Notices;
    readonly shape: RingShape;
    readonly machine: Machine;
  },
): StatusService {
  const { store, session, accounts, notices, shape, machine } = components;
  async function hints(owners: readonly PeerId[]): Promise<number> {
    const services = session.running();
    if (services === undefined) return 0;
    const counts = await Promise.all(owners.map((owner) => services.hintsFor(owner)));
    return counts.reduce((a, b) => a + b, 0);
  }
  return {
    async status() {
      const services = session.running();
      const { ring } = session;
      return {
        ...init,
        peerId: session.peerKey.peerId,
        name: services?.members.get(session.peerKey.peerId)?.name ?? init.name,
        addresses: [...(services?.addresses() ?? [])],
        ring: services === undefined || ring === undefined ? null : ringView(ring, services, shape),
        accounts: accounts.list(),
        outbox: await store.outboxSize(),
        hints: await hints(await store.hintOwners()),
        store: {
          ...(await store.size()),
          epoch: store.epoch,
          state: machine.storeHealth().state,
          repair: repairView(machine.storeHealth().repair),
        },
        notices: notices.all().map(({ code, details }) => ({ code, details: { ...details } })),
      };
    },
  };
}
