import { createVerifier } from '../security/ed25519.ts';
import { createAccountBook } from './account-book.ts';
import { createAccountService } from './account-service.ts';
import { createAppChanges } from './app-changes.ts';
import type { AppComponents, AppInit } from './app-components.ts';
import { createCartDrafts } from './cart-drafts.ts';
import { createCartFinder } from './cart-finder.ts';
import { createCartService } from './cart-service.ts';
import { createCartVersions } from './cart-versions.ts';
import { createCartWatch } from './cart-watch.ts';
import { createDevicesWriter } from './devices-writer.ts';
import { createDoctor } from './doctor.ts';
import { createIdempotency } from './idempotency.ts';
import { createInviteBook } from './invite-book.ts';
import { createItemReader } from './item-reader.ts';
import { createItemService } from './item-service.ts';
import { createItemWriter } from './item-writer.ts';
import { createJoinDesk } from './join-dialogs.ts';
import { createNotices } from './notices.ts';
import { createReissuer } from './reissuer.ts';
import { createRingService } from './ring-service.ts';
import { createRingSession, type RingSession } from './ring-session.ts';
import { createRingShape } from './ring-shape.ts';
import { createShareAccept } from './share-accept.ts';
import { createShareBook } from './share-book.ts';
import { createShareCart } from './share-cart.ts';
import { createSharedAccounts } from './shared-accounts.ts';
import { createStatusService } from './status-service.ts';

export type AppParts = ReturnType<typeof createAppParts>;

/** All services, each with just what it uses. */
export function createAppParts(init: AppInit, components: AppComponents) {
  const { clock, random, logger, store, records, secrets, lifecycle, machine } = components;
  const verifier = createVerifier();
  const stopping = new AbortController();
  const shape = createRingShape();
  const versions = createCartVersions();
  const changes = createAppChanges({ logger, store, versions });
  // The ring and what it asks of the app refer to each other: these look the session up when called.
  const identity: RingSession['identity'] = () => session.identity();
  const running: RingSession['running'] = () => session.running();

  const invites = createInviteBook({ records, clock, random, identity });
  const joinDesk = createJoinDesk({ invites, random, identity, running });
  const book = createAccountBook({
    ...{ store, records, secrets, clock, random, verifier, identity, running },
    onChange: () => {
      changes.feed.publish({ type: 'accounts' });
      sharedAccounts.poke();
    },
  });
  const notices = createNotices({
    ...{ store, book, running },
    onChange: () => {
      changes.feed.publish({ type: 'notices' });
    },
  });
  const session = createRingSession({
    records,
    lifecycle,
    hooks: {
      strangersWelcome: () => invites.anyOpen(),
      openJoin: (newcomer) => joinDesk.open(newcomer),
      reissuer: createReissuer({ random, account: (id) => book.get(id), identity }),
    },
    onOpen(services) {
      joinDesk.attach(services);
      shareBook.attach(services);
      notices.attach(services);
      changes.attach(services);
      book.holdAll(services);
      sharedAccounts.poke();
      changes.feed.publish({ type: 'ring' });
      return Promise.resolve();
    },
  });
  const devicesWriter = createDevicesWriter({ session, verifier, random });
  const basics = { clock, random, logger, verifier, store, records, secrets, session, book };
  const sharedAccounts = createSharedAccounts({ ...basics, devicesWriter });
  const shareBook = createShareBook({ ...basics, devicesWriter });

  const reader = createItemReader({ store, session });
  const writer = createItemWriter({ session });
  const finder = createCartFinder({ book, store });
  const drafts = createCartDrafts({ versions });
  const carts = createCartService({ book, store, reader, writer, versions, drafts, finder });
  const accounts = createAccountService({ ...basics, devicesWriter, machineName: init.name });
  return {
    stopping,
    session,
    book,
    invites,
    notices,
    sharedAccounts,
    shareBook,
    changes,
    finder,
    carts,
    accounts,
    cartWatch: createCartWatch({
      ...{ store, finder, carts },
      deliveries: changes.deliveries,
      stopping: stopping.signal,
    }),
    shareCart: createShareCart({ ...basics, devicesWriter, writer, drafts, versions, finder }),
    shareAccept: createShareAccept({
      ...basics,
      writer,
      sharedAccounts,
      cartNameOf: async (account) => (await carts.listOf(account))[0]?.name,
    }),
    items: createItemService({ book, store, reader, writer, session }),
    rings: createRingService({
      ...{ ...basics, lifecycle, invites, shape },
      machineName: init.name,
    }),
    doctor: createDoctor({ clock, store, machine, session, book }),
    statusService: createStatusService(init, { store, session, accounts, notices, shape }),
    idempotency: createIdempotency({ records, clock }),
  };
}
