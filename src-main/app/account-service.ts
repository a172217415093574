/** Accounts as people meet them: make one, log in by phrase, see and revoke devices. */
import { AppError, toAppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { DeviceKey, PeerId } from '../domain/ids.ts';
import { revokeDevice } from '../security/account-admin.ts';
import {
  accountKeysFromPhrase,
  deviceKeysFromSeed,
  type AccountKeys,
} from '../security/account-keys.ts';
import { openKeyring } from '../security/device-directory.ts';
import type { Verifier } from '../security/ed25519.ts';
import { newSeed } from '../security/peer-key.ts';
import { newPhrase } from '../security/phrase.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import { NAME_SORT_KEY, nameRequest, readName } from './account-name.ts';
import { isTakenOff, type Account } from './account.ts';
import {
  accountView,
  authorityOf,
  deviceViews,
  lastCountersOf,
  masterAuthority,
  startedDirectory,
  withDevice,
} from './device-admin.ts';
import type { DevicesWriter } from './devices-writer.ts';
import type { RingSession } from './ring-session.ts';
import type { AccountView, DeviceView } from './views.ts';

/** How long a log-in waits for the account's devices record before it goes on without. */
const LOG_IN_SYNC_MS = 4000;
const DEFAULT_LABEL = 'Personal';
const MAX_DEVICE_NAME = 80;

export interface AccountService {
  list(): AccountView[];
  create(input: {
    name: string;
    deviceName?: string | undefined;
  }): Promise<{ account: AccountView; phrase: string }>;
  logIn(input: {
    phrase: string;
    name?: string | undefined;
    deviceName?: string | undefined;
  }): Promise<{ account: AccountView }>;
  /**
   * Which account of this machine the words open, so that a paper can be checked. Null: none here.
   *
   * @throws INVALID_PHRASE
   */
  checkPhrase(input: { phrase: string }): { account: AccountView | null };
  use(input: { id: string }): Promise<{ account: AccountView }>;
  devices(input: { id: string }): DeviceView[];
  revokeDevice(input: {
    id: string;
    key: string;
    phrase?: string | undefined;
  }): Promise<DeviceView[]>;
}

export interface AccountServiceComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly verifier: Verifier;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly book: AccountBook;
  readonly devicesWriter: DevicesWriter;
  /** This machine's name, where the person gives no other. */
  readonly machineName: string;
}

export function createAccountService(components: AccountServiceComponents): AccountService {
  const { random, logger, store, session, book, devicesWriter } = components;
  const machineName = components.machineName.slice(0, MAX_DEVICE_NAME);

  /** Calls the account what the person calls it on another machine. */
  async function takeName(account: Account): Promise<Account> {
    const key = { partitionKey: account.id, sortKey: NAME_SORT_KEY };
    const label = readName(account, await store.read(key));
    return label === undefined ? account : book.add({ ...account.secret, label });
  }

  /** Has the master certify a device key of this machine, and logs in with it. */
  async function admitThisMachine(
    keys: AccountKeys,
    named: { readonly label: string; readonly deviceName: string },
  ): Promise<Account> {
    const deviceSeed = reusableSeed(book.get(keys.account)) ?? newSeed(random);
    const added = {
      device: deviceKeysFromSeed(deviceSeed),
      peer: session.peerKey,
      name: named.deviceName,
    };
    await devicesWriter.write(keys.account, keys.master, (directory) =>
      withDevice(
        startedDirectory(directory, keys, components),
        masterAuthority(keys),
        added,
        components,
      ),
    );
    const account = await book.add({
      id: keys.account,
      label: named.label,
      deviceName: named.deviceName,
      deviceSeed,
      certifierSeed: undefined,
    });
    await beside('make the account the current one', () => book.use(account.id));
    return account;
  }

  /** This machine is logged in: what fails from then on must not cost a person the phrase. */
  async function beside(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn('a step of a log-in failed', { what, code: toAppError(error).code });
    }
  }

  return {
    list: () => book.all().map((account) => accountView(account, book)),
    async create({ name, deviceName }) {
      session.services();
      const phrase = newPhrase(random);
      const account = await admitThisMachine(accountKeysFromPhrase(phrase), {
        label: name,
        deviceName: filled(deviceName) ?? machineName,
      });
      await beside('write down its name', () =>
        session.services().replication.put([nameRequest(account)]),
      );
      return { account: accountView(account, book), phrase };
    },
    checkPhrase({ phrase }) {
      const account = book.get(accountKeysFromPhrase(phrase).account);
      return { account: account === undefined ? null : accountView(account, book) };
    },
    async logIn({ phrase, name, deviceName }) {
      const { replication } = session.services();
      const keys = accountKeysFromPhrase(phrase);
      const before = book.get(keys.account);
      replication.hold({
        partitionKey: keys.account,
        device: toHex(keys.master.publicKey) as DeviceKey,
        sign: (bytes) => keys.master.sign(bytes),
      });
      try {
        // Nobody reachable is no error: key 1 follows from the phrase, the records meet later.
        await replication.syncAccount(keys.account, { timeoutMs: LOG_IN_SYNC_MS });
        const label = filled(name) ?? before?.label;
        const account = await admitThisMachine(keys, {
          label: label ?? DEFAULT_LABEL,
          deviceName: filled(deviceName) ?? before?.deviceName ?? machineName,
        });
        const named = label === undefined ? await takeName(account) : account;
        return { account: accountView(named, book) };
      } catch (error) {
        if (book.get(keys.account) === undefined) replication.release(keys.account);
        throw error;
      }
    },
    async use({ id }) {
      const account = book.find(id);
      await book.use(account.id);
      return { account: accountView(account, book) };
    },
    devices: ({ id }) => deviceViews(book.find(id)),
    async revokeDevice({ id, key, phrase }) {
      const account = book.find(id);
      const lost = account.directory.lookup(key as DeviceKey);
      await revoke(account, key as DeviceKey, phrase, components);
      if (!account.shared) await revokeInShared(lost?.peers ?? [], components);
      return deviceViews(account);
    },
  };
}

/**
 * A machine taken off a person's account goes off the carts that the person shares with others,
 * too. The person's certifier key stays the same there: its chain has nobody above it (OPERATIONS,
 * Keys).
 */
async function revokeInShared(
  peers: readonly PeerId[],
  components: AccountServiceComponents,
): Promise<void> {
  const failed: string[] = [];
  for (const shared of components.book.all().filter((account) => account.shared)) {
    const entries = shared.directory
      .entries()
      .filter(({ revoked, device }) => revoked === undefined && device !== shared.device.device);
    for (const entry of entries.filter((one) => one.peers.some((peer) => peers.includes(peer)))) {
      await revoke(shared, entry.device, undefined, components).catch(() => {
        failed.push(shared.label);
      });
    }
  }
  if (failed.length === 0) return;
  throw new AppError(
    'SEALED',
    `The machine is off the account, but not yet off the shared cart ${failed.join(', ')}; try again.`,
    { details: { carts: failed } },
  );
}

async function revoke(
  account: Account,
  device: DeviceKey,
  phrase: string | undefined,
  { store, random, devicesWriter }: AccountServiceComponents,
): Promise<void> {
  if (account.directory.lookup(device) === undefined) {
    throw new AppError('NOT_FOUND', 'This account knows no such device.');
  }
  if (device === account.device.device) {
    throw new AppError(
      'BAD_REQUEST',
      'A machine cannot take itself off an account; do it from another of your machines.',
    );
  }
  const authority = authorityOf(account, phrase);
  const lastCounters = await lastCountersOf(store, account, device);
  await devicesWriter.write(account.id, authority.signing, (directory) => {
    const newest = directory.record.sealingKeys.at(-1)?.number ?? 0;
    return revokeDevice(
      {
        directory,
        issuer: { signing: authority.signing },
        device,
        lastCounters,
        keyring: openKeyring(directory, authority),
        nextKey: authority.nextKey(newest + 1, random),
      },
      { random },
    );
  });
}

/** The device key this machine has for the account already, unless it was revoked. */
function reusableSeed(account: Account | undefined): Uint8Array | undefined {
  return account === undefined || isTakenOff(account) ? undefined : account.secret.deviceSeed;
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
