/** What people do in the app during a simulation: every list of activities is named here. */
import { isAppError } from '../../src-main/base/app-error.ts';
import { createAccountActivities } from './account-activities.ts';
import type { Activity } from './activity.ts';
import type { PeopleKit } from './app-machine.ts';
import type { AppWorld } from './app-world.ts';
import { createCartActivities } from './cart-activities.ts';
import { createItemAppActivities } from './item-app-activities.ts';
import { logInWhereKeysLack } from './lacking-keys.ts';
import { createOrderActivities } from './order-activities.ts';
import { createPeopleWorkload, type PeopleWorkload } from './people-workload.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

/** What a list of activities is given. */
export interface AppKit extends PeopleKit {
  readonly world: AppWorld;
}

const LISTS: readonly ((kit: AppKit) => readonly Activity<SimulatedPeer>[])[] = [
  createCartActivities,
  createItemAppActivities,
  createAccountActivities,
  createOrderActivities,
];

export function createAppWorkloads(kit: AppKit): PeopleWorkload<SimulatedPeer> {
  const { world } = kit;
  return createPeopleWorkload(
    LISTS.flatMap((list) => list(kit)),
    {
      random: world.random.fork('workload'),
      log: (line) => {
        world.log(line);
      },
      fail: (what) => {
        world.fail(what);
      },
      mend: async (peer, error) =>
        (isAppError(error, 'SEALED') || isAppError(error, 'DEVICE_UNKNOWN')) &&
        (await logInWhereKeysLack(world, peer)),
    },
  );
}
