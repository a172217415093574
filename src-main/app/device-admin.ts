/** The steps of certifying and revoking devices, for personal accounts and shared carts alike. */
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { DeviceKey, StoreEpoch } from '../domain/ids.ts';
import { certify, requestCertificate, startRecord } from '../security/account-admin.ts';
import {
  accountKeysFromPhrase,
  type AccountKeys,
  type DeviceKeys,
} from '../security/account-keys.ts';
import { actorOf } from '../security/actor.ts';
import {
  createDeviceDirectory,
  deviceLabel,
  openKeyring,
  type DeviceDirectory,
  type DeviceEntry,
} from '../security/device-directory.ts';
import type { DevicesRecord } from '../security/devices-record.ts';
import type { SigningKey, Verifier } from '../security/ed25519.ts';
import type { PeerKey } from '../security/peer-key.ts';
import type { SealKey } from '../security/sealed-box.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import { isTakenOff, type Account } from './account.ts';
import type { AccountView, DeviceView } from './views.ts';

const PAGE = 500;

/** Who may change an account's devices: its master, or a certifier of a shared cart. */
export interface Authority {
  readonly signing: SigningKey;
  readonly sealing: SealKey;
  /** The sealing key of that number, for after a revocation. */
  nextKey(number: number, random: Random): Uint8Array;
}

export function masterAuthority(keys: AccountKeys): Authority {
  return {
    signing: keys.master,
    sealing: keys.masterSeal,
    nextKey: (number) => keys.sealingKey(number),
  };
}

export function certifierAuthority(certifier: DeviceKeys): Authority {
  return {
    signing: certifier.signing,
    sealing: certifier.sealing,
    nextKey: (_number, random) => random.bytes(32),
  };
}

/**
 * Who may change this account's devices here and now.
 * @throws BAD_REQUEST without the phrase of a personal account, INVALID_PHRASE with another's.
 */
export function authorityOf(account: Account, phrase: string | undefined): Authority {
  if (account.certifier !== undefined) return certifierAuthority(account.certifier);
  if (phrase === undefined) {
    throw new AppError('BAD_REQUEST', 'This needs the twelve words of the account.');
  }
  const keys = accountKeysFromPhrase(phrase);
  if (keys.account !== account.id) {
    throw new AppError('INVALID_PHRASE', 'These are the words of another account.', {
      details: { reason: 'account' },
    });
  }
  return masterAuthority(keys);
}

export interface NewDevice {
  readonly device: DeviceKeys;
  readonly peer: PeerKey;
  readonly name: string;
}

/** The account's devices record with this machine in it. */
export function withDevice(
  directory: DeviceDirectory,
  authority: Authority,
  added: NewDevice,
  components: { readonly random: Random; readonly clock: Clock },
): DevicesRecord {
  const { random, clock } = components;
  const issuer = { signing: authority.signing };
  const request = requestCertificate({
    account: directory.account,
    keys: added.device,
    issuer: authority.signing.publicKey,
    peer: added.peer,
  });
  return certify(
    {
      directory,
      issuer,
      request,
      rights: { write: true, certify: false },
      keyring: openKeyring(directory, authority),
      label: { name: added.name, addedMs: clock.wallMs() },
    },
    { random },
  ).record;
}

/** The directory to add to: what is known, or that of an account nobody has written of yet. */
export function startedDirectory(
  directory: DeviceDirectory,
  keys: AccountKeys,
  components: { readonly random: Random; readonly verifier: Verifier },
): DeviceDirectory {
  if (directory.record.sealingKeys.length > 0) return directory;
  const { random, verifier } = components;
  const records = [directory.record, startRecord(keys, { random })];
  return createDeviceDirectory({ account: keys.account, records }, { verifier });
}

/**
 * The last counter of each epoch of a device that still counts after its revocation: all that is
 * known here by now. What it wrote and nobody here has seen is refused from then on.
 */
export async function lastCountersOf(
  store: ItemStore,
  account: Account,
  device: DeviceKey,
): Promise<ReadonlyMap<StoreEpoch, number>> {
  const peers = account.directory.lookup(device)?.peers ?? [];
  const epochs = new Set<StoreEpoch>();
  for (let after: string | undefined; ;) {
    const page = await store.scan({
      partitionKey: account.id,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { siblings } of page) {
      for (const one of siblings) if (one.device === device) epochs.add(one.epoch);
    }
    after = page.at(-1)?.key.sortKey;
    if (page.length < PAGE || after === undefined) break;
  }
  const last = new Map<StoreEpoch, number>();
  for (const epoch of epochs) {
    const counters = await Promise.all(
      peers.map((peer) => store.highestKnownCounter(actorOf(peer, epoch, account.id))),
    );
    last.set(epoch, Math.max(0, ...counters));
  }
  return last;
}

export function accountView(account: Account, book: AccountBook): AccountView {
  return {
    id: account.id,
    name: account.label,
    shared: account.shared,
    current: book.current()?.id === account.id,
    deviceName: account.deviceName,
    revoked: isTakenOff(account),
  };
}

export function deviceViews(account: Account): DeviceView[] {
  return account.directory
    .entries()
    .filter((entry) => entry.write)
    .map((entry) => deviceView(entry, account));
}

function deviceView(entry: DeviceEntry, account: Account): DeviceView {
  const label = deviceLabel(entry, account.id, account.keyring());
  return {
    key: entry.device,
    name: label?.name ?? '',
    peerId: entry.peers.at(-1) ?? '',
    own: entry.device === account.device.device,
    revoked: entry.revoked !== undefined,
    addedMs: label?.addedMs ?? 0,
  };
}
