import { createVerifier } from '../security/ed25519.ts';
import { asAdmin } from './admin-check.ts';
import { createAccountBook } from './account-book.ts';
import { createAccountService } from './account-service.ts';
import { createAppChanges } from './app-changes.ts';
import type { AppComponents, AppInit } from './app-components.ts';
import { createExportService } from './archive/export-service.ts';
import { createImportService } from './archive/import-service.ts';
import { createBatchService } from './batch-service.ts';
import { createCartDrafts } from './cart-drafts.ts';
import { createCartFinder } from './cart-finder.ts';
import { createCartHistory } from './cart-history.ts';
import { createCartHistoryRecords } from './cart-history-records.ts';
import { createCartService } from './cart-service.ts';
import { createCartVersions } from './cart-versions.ts';
import { createCartWatch } from './cart-watch.ts';
import { createCheckoutService } from './checkout-service.ts';
import { createCatalogueService } from './catalogue-service.ts';
import { createDevicesWriter } from './devices-writer.ts';
import { createDoctor } from './doctor.ts';
import { createFoundService } from './found-service.ts';
import { createMembershipService } from './membership-service.ts';
import { createFunctionParts } from './functions/function-parts.ts';
import { createIdempotency } from './idempotency.ts';
import { createInStep } from './in-step.ts';
import { createInviteBook } from './invite-book.ts';
import { createItemReader } from './item-reader.ts';
import { createItemService } from './item-service.ts';
import { createItemWriter } from './item-writer.ts';
import { createJoinDesk } from './join-desk.ts';
import { createNearbyDoor } from './nearby-door.ts';
import { createNearbyService } from './nearby-service.ts';
import { createNotices } from './notices.ts';
import { createOrderBook } from './order-book.ts';
import { createOrderService } from './order-service.ts';
import { createQueryService } from './query-service.ts';
import { createReissuer } from './reissuer.ts';
import { createRingService } from './ring-service.ts';
import { createRingSession, type RingSession } from './ring-session.ts';
import { createRingShape } from './ring-shape.ts';
import { createShareAccept } from './share-accept.ts';
import { createShareBook } from './share-book.ts';
import { createShareCart } from './share-cart.ts';
import { createSharedAccounts } from './shared-accounts.ts';
import { createSilentMembers } from './silent-members.ts';
import { createStatusService } from './status-service.ts';
import { createSuggestions } from './suggestions.ts';
import { createUnfinishedShares } from './unfinished-shares.ts';

export type AppParts = ReturnType<typeof createAppParts>;

/** The ring and the accounts, and what keeps them in step; everything else is built on these. */
function createFoundation(init: AppInit, components: AppComponents) {
  const { clock, random, logger, store, stream, records, secrets, lifecycle } = components;
  const verifier = createVerifier();
  const versions = createCartVersions();
  const changes = createAppChanges({ logger, store, versions });
  // Ring and app refer to each other: these look the session up when they are called.
  const identity: RingSession['identity'] = () => session.identity();
  const running: RingSession['running'] = () => session.running();

  const invites = createInviteBook({
    ...{ records, clock, random, identity },
    onChange: () => {
      joinDesk.invitesChanged();
    },
  });
  const ringName = (): string => session.ring?.name ?? '';
  const tellNotices = (): void => {
    changes.feed.publish({ type: 'notices' });
  };
  const door = createNearbyDoor({
    ...{ clock, random, invites, identity, running, ringName },
    asAdmin: () => asAdmin(session),
    onChange: tellNotices,
  });
  const joinDesk = createJoinDesk({
    ...{ clock, logger, invites, door, random, identity, running, ringName },
  });
  const book = createAccountBook({
    ...{ store, stream, records, secrets, clock, random, logger, verifier, identity, running },
    onChange: () => {
      changes.feed.publish({ type: 'accounts' });
      sharedAccounts.poke();
      following.functions.poke();
    },
  });
  const notices = createNotices({
    ...{ store, records, book, clock, running },
    machine: components.machine,
    silent: () => silent.all(),
    waitingNewcomers: () => door.waiting(),
    onChange: tellNotices,
  });
  const silent = createSilentMembers({
    ...{ clock, logger, records, running },
    onChange: tellNotices,
  });
  const session = createRingSession({
    ...{ records, lifecycle },
    hooks: {
      strangersWelcome: () => joinDesk.strangersWelcome(),
      openJoin: (newcomer) => joinDesk.open(newcomer),
      reissuer: createReissuer({ random, account: (id) => book.get(id), identity }),
    },
    onOpen(services) {
      joinDesk.attach(services);
      shareBook.attach(services);
      notices.attach(services);
      silent.attach(services);
      changes.attach(services);
      book.holdAll(services);
      sharedAccounts.poke();
      changes.feed.publish({ type: 'ring' });
      return Promise.resolve();
    },
  });
  const devicesWriter = createDevicesWriter({ session, verifier, random });
  const basics = { clock, random, logger, verifier, store, records, secrets, session, book };
  const tools = { ...basics, devicesWriter, machineName: init.name };
  const sharedAccounts = createSharedAccounts(tools);
  const shareBook = createShareBook(tools);
  const stopping = new AbortController();
  const following = createFunctionParts({
    ...{ clock, logger, store, stream, records, book, running },
    installed: components.functions,
    stopping: stopping.signal,
    onChange: () => {
      changes.feed.publish({ type: 'functions' });
    },
  });
  const parts = { ...following, stopping, stream };
  return {
    ...tools,
    ...parts,
    ...{ versions, changes, invites, door, joinDesk, notices, silent, sharedAccounts, shareBook },
  };
}

/** All services, each with just what it uses. */
export function createAppParts(init: AppInit, components: AppComponents) {
  const base = createFoundation(init, components);
  const { clock, random, logger, records, secrets, store, session } = base;
  const { book, changes, notices } = base;
  const { lifecycle, machine } = components;
  const shape = createRingShape();
  const reader = createItemReader({ store, session });
  const writer = createItemWriter({ session, clock });
  const finder = createCartFinder({ book, store });
  const drafts = createCartDrafts({ versions: base.versions });
  const unfinished = createUnfinishedShares({ records });
  const orders = createOrderBook({ store, logger });
  const tools = { ...base, reader, writer, finder, drafts, unfinished, orders };
  const carts = createCartService(tools);
  const orderService = createOrderService(tools);
  const history = createCartHistory({
    ...tools,
    history: createCartHistoryRecords({ records }),
  });
  const accounts = createAccountService(base);
  return {
    ...base,
    finder,
    carts,
    accounts,
    orders,
    orderService,
    checkout: createCheckoutService({ ...tools, carts, orderService }),
    history,
    suggestions: createSuggestions({ store, book, history }),
    cartWatch: createCartWatch({
      ...{ store, finder, carts },
      deliveries: changes.deliveries,
      stopping: base.stopping.signal,
    }),
    shareCart: createShareCart(tools),
    shareAccept: createShareAccept({
      ...tools,
      cartNameOf: async (account) => (await carts.listOf(account))[0]?.name,
    }),
    items: createItemService(tools),
    queries: createQueryService(tools),
    batches: createBatchService(tools),
    catalogue: createCatalogueService(tools),
    exports: createExportService(tools),
    imports: createImportService(tools),
    found: createFoundService(tools),
    membership: createMembershipService({ session: base.session, shape }),
    rings: createRingService({ ...base, lifecycle, shape }),
    nearby: createNearbyService({ ...base, lifecycle }),
    shape,
    inStep: createInStep({ ...base, machine, shape }),
    doctor: createDoctor({ clock, store, machine, session, book }),
    statusService: createStatusService(init, { store, session, accounts, notices, shape, machine }),
    idempotency: createIdempotency({ records, clock, random, secrets }),
  };
}
