/**
 * Makes a private cart a shared one: an account of its own whose master is forgotten at once, with
 * the person's certifier in its place; the lines are copied (they enter anew, so they get new ids)
 * and the private cart is put away.
 */
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { draftOf, stampLines } from '../domain/cart-edit.ts';
import { encodeCart } from '../domain/cart-codec.ts';
import { mergeCart } from '../domain/cart-merge.ts';
import type { Cart } from '../domain/cart.ts';
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
import type { CartDrafts } from './cart-drafts.ts';
import type { CartFinder, CartPlace } from './cart-finder.ts';
import type { CartVersions } from './cart-versions.ts';
import { certifierAuthority, withDevice, type NewDevice } from './device-admin.ts';
import type { DevicesWriter } from './devices-writer.ts';
import type { ItemWriter } from './item-writer.ts';
import type { RingSession } from './ring-session.ts';
import { shareRequest } from './share-item.ts';

export interface ShareCart {
  /** Where the cart is from now on; a cart that is shared already stays where it is. */
  share(place: CartPlace): Promise<CartPlace>;
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
  readonly drafts: CartDrafts;
  readonly versions: CartVersions;
  readonly finder: CartFinder;
}

export function createShareCart(components: ShareCartComponents): ShareCart {
  const { store, versions, writer, drafts, finder } = components;
  return {
    async share(place) {
      if (place.account.shared) return place;
      const siblings = versions.open(place.account, await store.read(place.key));
      const merged = mergeCart(siblings);
      if (merged.conflict) {
        throw new AppError(
          'CONFLICT_OPEN',
          'This cart was changed apart. Choose first what it should hold, then share it.',
        );
      }
      const cart = siblings.find((one) => one.cart !== undefined)?.cart;
      if (cart === undefined) throw new AppError('CART_NOT_FOUND', 'This cart was deleted.');
      const shared = await startSharedAccount(place.account, cart.name, components);
      const target = finder.place(shared, cart.name);
      await writer.write(
        [
          copyRequest(shared, target, cart),
          place.account.request(place.key.sortKey, (given) =>
            drafts.tombstone(place.account, undefined, given),
          ),
        ],
        {},
      );
      return target;
    },
  };
}

/** The account's first record, signed by its master; then the master is gone. */
async function startSharedAccount(
  own: Account,
  label: string,
  components: ShareCartComponents,
): Promise<Account> {
  const { random, session, book, devicesWriter, writer } = components;
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
