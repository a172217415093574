/**
 * Makes a private cart a shared one: an account of its own whose master is forgotten at once, with
 * the person's certifier in its place; the lines are copied (they enter anew, so they get new ids)
 * and the private cart is put away.
 */
import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { draftOf, stampLines } from '../domain/cart-edit.ts';
import { encodeCart } from '../domain/cart-codec.ts';
import { mergeCart } from '../domain/cart-merge.ts';
import { lineIdString, type Cart } from '../domain/cart.ts';
import { itemKeyString } from '../domain/ids.ts';
import type { Version } from '../domain/versioned-item.ts';
import { certify, requestCertificate, startRecord } from '../security/account-admin.ts';
import {
  accountKeysFromSeed,
  deviceKeysFromSeed,
  type AccountKeys,
  type DeviceKeys,
} from '../security/account-keys.ts';
import { createDeviceDirectory, openKeyring } from '../security/device-directory.ts';
import type { DevicesRecord } from '../security/devices-record.ts';
import type { Verifier } from '../security/ed25519.ts';
import { newSeed } from '../security/peer-key.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Draft } from './account.ts';
import { arranged, arrangementKey, readArrangement } from './cart-arrangement.ts';
import { deletion } from './cart-drafts.ts';
import type { CartFinder, CartPlace } from './cart-finder.ts';
import { CART_PREFIX, type CartVersion, type CartVersions } from './cart-versions.ts';
import { certifierAuthority, withDevice, type NewDevice } from './device-admin.ts';
import type { DevicesWriter } from './devices-writer.ts';
import type { ItemWriter } from './item-writer.ts';
import type { RingSession } from './ring-session.ts';
import { shareRequest } from './share-item.ts';
import { staleContext } from './twins.ts';
import type { UnfinishedShare, UnfinishedShares } from './unfinished-shares.ts';

/** How often the cart may change under the hand that copies it. */
const MAX_TRIES = 10;

export interface ShareCart {
  /** Where the cart is from now on; a cart that is shared already stays where it is. */
  share(place: CartPlace): Promise<CartPlace>;
  /** Brings those to their end that were interrupted; at the start, once there is a ring. */
  resume(): Promise<void>;
}

export interface ShareCartComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly verifier: Verifier;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly book: AccountBook;
  readonly devicesWriter: DevicesWriter;
  readonly writer: ItemWriter;
  readonly versions: CartVersions;
  readonly finder: CartFinder;
  readonly unfinished: UnfinishedShares;
  readonly logger: Logger;
}

export function createShareCart(components: ShareCartComponents): ShareCart {
  const { writer, finder, book, store, unfinished, logger } = components;

  /** The copy and the deletion of what was copied, in one batch; nothing if that has changed. */
  async function move(
    place: CartPlace,
    shared: Account,
    { siblings, cart }: OwnCart,
  ): Promise<CartPlace> {
    const target = finder.place(shared, cart.name);
    const put = place.account.request(place.key.sortKey, (given) => {
      if (!sameVersions(given.siblings, siblings)) throw staleContext();
      return deletion(siblings);
    });
    await writer.write([copyRequest(shared, target, cart), put], {});
    return target;
  }
  async function moveAll(place: CartPlace, shared: Account): Promise<CartPlace> {
    for (let tries = 1; ; tries++) {
      // Making the account took a while, and somebody may have written meanwhile: read again.
      const now = await readOwnCart(place, components);
      try {
        const target = await move(place, shared, now);
        await unfinished.end(shared.id);
        return target;
      } catch (error) {
        if (!isAppError(error, 'STALE_CONTEXT') || tries === MAX_TRIES) throw error;
      }
    }
  }
  /** The account that an interrupted share of this cart has made already. */
  async function begunFor(place: CartPlace): Promise<Account | undefined> {
    const name = itemKeyString(place.key);
    const found = (await unfinished.all()).find(({ from }) => itemKeyString(from) === name);
    return found === undefined ? undefined : book.get(found.account);
  }
  async function resumeOne({ account, from }: UnfinishedShare): Promise<void> {
    const [own, shared] = [book.get(from.partitionKey), book.get(account)];
    if (own === undefined || shared === undefined) return;
    const place = { account: own, id: from.sortKey.slice(CART_PREFIX.length), key: from };
    try {
      const { cart } = await readOwnCart(place, components);
      const target = finder.place(shared, cart.name);
      if ((await store.read(target.key)).length === 0) await moveAll(place, shared);
      else await unfinished.end(account);
    } catch (error) {
      // Moved, and then it stopped: the copy and the deletion are one batch.
      if (isAppError(error, 'CART_NOT_FOUND')) await unfinished.end(account);
      else logger.info('a cart is not shared yet', { code: toAppError(error).code });
    }
  }
  return {
    async share(place) {
      if (place.account.shared) return place;
      const { cart } = await readOwnCart(place, components);
      const begun = await begunFor(place);
      return moveAll(place, begun ?? (await startSharedAccount(place, cart.name, components)));
    },
    async resume() {
      for (const one of await unfinished.all()) await resumeOne(one);
    },
  };
}

interface OwnCart {
  readonly siblings: readonly CartVersion[];
  readonly cart: Cart;
}

/** @throws CONFLICT_OPEN, CART_NOT_FOUND */
async function readOwnCart(
  place: CartPlace,
  { store, versions }: Pick<ShareCartComponents, 'store' | 'versions'>,
): Promise<OwnCart> {
  const siblings = versions.open(place.account, await store.read(place.key));
  if (mergeCart(siblings).conflict) {
    throw new AppError(
      'CONFLICT_OPEN',
      'This cart was changed apart. Choose first what it should hold, then share it.',
    );
  }
  const cart = siblings.find((one) => one.cart !== undefined)?.cart;
  if (cart === undefined) throw new AppError('CART_NOT_FOUND', 'This cart was deleted.');
  // Ids of lines begin anew in the copy: the order people gave them goes along as the lines' own.
  const order = readArrangement(place.account, await store.read(arrangementKey(place)));
  const lines = arranged(cart.lines, order, ({ id }) => lineIdString(id));
  return { siblings, cart: { ...cart, lines } };
}

function sameVersions(a: readonly Version[], b: readonly Version[]): boolean {
  const hashes = new Set(b.map(({ hash }) => hash));
  return a.length === b.length && a.every(({ hash }) => hashes.has(hash));
}

/** The account's first record, signed by its master; then the master is gone. */
async function startSharedAccount(
  { account: own, key }: CartPlace,
  label: string,
  components: ShareCartComponents,
): Promise<Account> {
  const { random, session, book, devicesWriter, writer, unfinished } = components;
  const keys = accountKeysFromSeed(random.bytes(64));
  const certifierSeed = newSeed(random);
  const deviceSeed = newSeed(random);
  const added = {
    device: deviceKeysFromSeed(deviceSeed),
    peer: session.peerKey,
    name: own.deviceName,
  };
  const certifier = deviceKeysFromSeed(certifierSeed);
  await devicesWriter.write(keys.account, keys.master, () =>
    firstRecord(keys, certifier, added, components),
  );
  await unfinished.begin({ account: keys.account, from: key });
  await writer.write([shareRequest(own, { account: keys.account, label, certifierSeed })], {});
  return book.add({
    id: keys.account,
    label,
    deviceName: own.deviceName,
    deviceSeed,
    certifierSeed,
  });
}

function firstRecord(
  keys: AccountKeys,
  certifier: DeviceKeys,
  added: NewDevice,
  components: ShareCartComponents,
): DevicesRecord {
  const { random, verifier } = components;
  const directoryOf = (record: DevicesRecord) =>
    createDeviceDirectory({ account: keys.account, records: [record] }, { verifier });
  const started = directoryOf(startRecord(keys, { random }));
  const withCertifier = certify(
    {
      directory: started,
      issuer: { signing: keys.master },
      request: requestCertificate({
        account: keys.account,
        keys: certifier,
        issuer: keys.master.publicKey,
      }),
      rights: { write: false, certify: true },
      keyring: openKeyring(started, { sealing: keys.masterSeal }),
    },
    { random },
  ).record;
  return withDevice(directoryOf(withCertifier), certifierAuthority(certifier), added, components);
}

/** The lines as new ones: an id names one line of one cart for ever. */
function copyRequest(shared: Account, target: CartPlace, cart: Cart) {
  const draft = draftOf(cart);
  const lines = draft.lines.map(({ product, quantity, note }) => ({ product, quantity, note }));
  return shared.request(target.key.sortKey, () => ({
    kind: 'value' as const,
    type: 'cart' as const,
    replaced: [],
    encode({ dot, actors, wallMs }: Parameters<Draft['encode']>[0]) {
      const copy = stampLines({ draft: { name: cart.name, lines }, replaced: [], dot, wallMs });
      return encodeCart(copy, actors);
    },
  }));
}
