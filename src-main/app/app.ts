/**
 * Floor 5: the app. Builds the services over the floors below and gives them the shape of the
 * contract: for each procedure `x.y` of shell/contract.ts a method `app.x.y(input, call)`.
 */
import type { Startable } from '../base/startable.ts';
import {
  createAccountsApi,
  createBatchApi,
  createCartsApi,
  createHistoryApi,
  createItemsApi,
  createNearbyApi,
  createOrdersApi,
  createPictureApi,
  createRingApi,
} from './app-api.ts';
import { createArchiveApi, createCatalogueApi } from './archive/archive-api.ts';
import { createFunctionsApi, createStreamApi } from './functions/functions-api.ts';
import { createAppParts } from './app-parts.ts';
import type { AppComponents, AppInit } from './app-components.ts';
import { createFoundApi } from './found-api.ts';
import { createMembershipApi } from './membership-api.ts';
import type { CallContext } from './call-context.ts';
import type { InviteBook } from './invite-book.ts';
import { isSound, mayHaveForgotten } from './store-words.ts';
import type { Change, Finding, Status } from './views.ts';

export interface App extends Startable {
  readonly system: {
    status(input?: unknown, call?: CallContext): Promise<Status>;
    health(input?: unknown, call?: CallContext): { ok: boolean; peerId: string };
    doctor(input?: unknown, call?: CallContext): Promise<{ findings: Finding[] }>;
    /** `hello` first; ends with the signal, with `return()` and when the app stops. */
    events(input?: unknown, call?: CallContext): AsyncIterableIterator<Change>;
  };
  readonly ring: ReturnType<typeof createRingApi>;
  readonly nearby: ReturnType<typeof createNearbyApi>;
  readonly accounts: ReturnType<typeof createAccountsApi>;
  readonly carts: ReturnType<typeof createCartsApi>;
  readonly orders: ReturnType<typeof createOrdersApi>;
  readonly items: ReturnType<typeof createItemsApi>;
  readonly batch: ReturnType<typeof createBatchApi>;
  readonly archive: ReturnType<typeof createArchiveApi>;
  readonly catalogue: ReturnType<typeof createCatalogueApi>;
  readonly found: ReturnType<typeof createFoundApi>;
  readonly membership: ReturnType<typeof createMembershipApi>;
  readonly functions: ReturnType<typeof createFunctionsApi>;
  readonly stream: ReturnType<typeof createStreamApi>;
  readonly history: ReturnType<typeof createHistoryApi>;
  readonly picture: ReturnType<typeof createPictureApi>;
  /** This machine is in a ring. */
  hasRing(): boolean;
}

/** Nothing runs, and nothing is read, before `start`. */
export function createApp(init: AppInit, components: AppComponents): App {
  const parts = createAppParts(init, components);
  const { session, book, invites, door, joinDesk, notices, silent, sharedAccounts } = parts;
  const { changes } = parts;
  const { doctor, statusService } = parts;
  return {
    system: {
      status: () => statusService.status(),
      health: () => ({
        ok: isSound(components.machine.storeHealth()),
        peerId: session.peerKey.peerId,
      }),
      doctor: async () => ({ findings: await doctor.findings() }),
      events: (_input, call) => changes.feed.subscribe(call?.signal),
    },
    ring: createRingApi(parts),
    nearby: createNearbyApi(parts),
    accounts: createAccountsApi(parts),
    carts: createCartsApi(parts),
    orders: createOrdersApi(parts),
    items: createItemsApi(parts),
    batch: createBatchApi(parts),
    archive: createArchiveApi(parts),
    catalogue: createCatalogueApi(parts),
    found: createFoundApi(parts),
    membership: createMembershipApi(parts),
    functions: createFunctionsApi(parts),
    stream: createStreamApi(parts),
    history: createHistoryApi(parts),
    picture: createPictureApi(parts),
    hasRing: () => session.ring !== undefined,
    async start() {
      parts.orders.start();
      changes.start((key) => book.get(key.partitionKey));
      await parts.history.start();
      await notices.start();
      await silent.start();
      await invites.start();
      if (mayHaveForgotten(components.machine.storeHealth())) await closeAll(invites);
      await book.start();
      await session.start();
      await sharedAccounts.start();
      if (session.running() !== undefined) await parts.shareCart.resume();
      await joinDesk.start();
      await parts.functions.start();
    },
    async stop() {
      parts.stopping.abort();
      await parts.functions.stop();
      changes.stop();
      parts.orders.stop();
      notices.stop();
      await silent.stop();
      await joinDesk.stop();
      await door.stop();
      await sharedAccounts.stop();
      await parts.history.stop();
      await session.stop();
      book.stop();
    },
  };
}

/** A store that lost records may have forgotten who used an invite: no secret counts twice. */
async function closeAll(invites: InviteBook): Promise<void> {
  for (const { id, used } of await invites.list()) if (!used) await invites.close(id);
}
