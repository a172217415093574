/** What people do in the app during a simulation: every list of activities is named here. */
import { isAppError, toAppError } from '../../src-main/base/app-error.ts';
import type { ErrorCode } from '../../src-main/base/error-code.ts';
import { createAccountActivities } from './account-activities.ts';
import { drawByWeight, type Activity } from './activity.ts';
import type { AppWorld } from './app-world.ts';
import { createCartActivities } from './cart-activities.ts';
import { createItemAppActivities } from './item-app-activities.ts';
import type { Ledger } from './ledger.ts';
import { createOrderActivities } from './order-activities.ts';
import type { OrdersTruth } from './order-truth.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

/** What a list of activities is given. */
export interface AppKit {
  readonly world: AppWorld;
  /** Who read and replaced what, of raw items. */
  readonly items: Ledger;
  readonly orders: OrdersTruth;
}

const LISTS: readonly ((kit: AppKit) => readonly Activity<SimulatedPeer>[])[] = [
  createCartActivities,
  createItemAppActivities,
  createAccountActivities,
  createOrderActivities,
];

/** What bad days, and other people, make of a request; nothing else may. */
const EXPECTED: readonly ErrorCode[] = [
  ...(['QUORUM_NOT_REACHED', 'OUTCOME_UNKNOWN', 'ABORTED', 'DISK_FULL'] as const),
  ...(['STORAGE_FAILED', 'UNKNOWN_CONTEXT', 'CART_NOT_FOUND', 'CART_EXISTS'] as const),
  ...(['LINE_NOT_FOUND', 'CONFLICT_OPEN', 'STALE_CONTEXT', 'UNREACHABLE', 'TIMEOUT'] as const),
  ...(['OVERLOADED'] as const),
  ...(['NOTHING_TO_ORDER', 'LINE_ORDERED', 'ORDER_NOT_FOUND'] as const),
];

export interface AppWorkloads {
  /** One activity on the peer, to its end. @param wanted its name. @default a random one */
  act(peer: SimulatedPeer, wanted?: string): Promise<void>;
  readonly done: Readonly<Record<string, number>>;
}

export function createAppWorkloads(kit: AppKit): AppWorkloads {
  const { world } = kit;
  const random = world.random.fork('workload');
  const all = LISTS.flatMap((list) => list(kit));
  const done: Record<string, number> = {};
  const count = (what: string): void => {
    done[what] = (done[what] ?? 0) + 1;
  };
  return {
    done,
    async act(peer, wanted) {
      const open = all.filter((one) => one.name === (wanted ?? one.name));
      const { name, run } = drawByWeight(open, random);
      world.log(`${peer.name} does: ${name}`);
      try {
        await run(peer, random);
        count(name);
      } catch (error) {
        const { code } = toAppError(error);
        count(`${name}: ${code}`);
        if (EXPECTED.some((one) => isAppError(error, one)) || !peer.isUp) return;
        world.fail(`an operation failed: ${name}: ${String(error)}`);
      }
    },
  };
}
