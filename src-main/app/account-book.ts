/**
 * The accounts this machine is logged in to, in memory, kept right: they follow the devices records
 * in the store, and the running ring is asked to hold the items of each.
 */
import { AppError, toAppError } from '../base/app-error.ts';
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { Logger } from '../base/logger.ts';
import type { PartitionKey } from '../domain/ids.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ChangeStream } from '../storage/change-stream.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { SecretStore } from '../storage/secret-store.ts';
import { readAccountSecrets, writeAccountSecret, type AccountSecret } from './account-secret.ts';
import { createAccount, type Account, type AccountComponents } from './account.ts';
import type { RingServices } from './ring-lifecycle.ts';

const CURRENT = 'current-account';

export interface AccountBook {
  /** All, the current one first, then by label. */
  all(): readonly Account[];
  current(): Account | undefined;
  get(id: PartitionKey): Account | undefined;
  /**
   * The account of that id or label; the current one when nothing is named.
   * @throws NO_ACCOUNT (not logged in at all), ACCOUNT_NOT_FOUND
   */
  find(named: string | undefined): Account;
  /**
   * Logs this machine in: durable when it resolves, and not logged in when it throws; the first
   * account becomes the current one.
   */
  add(secret: AccountSecret): Promise<Account>;
  use(id: PartitionKey): Promise<void>;
  /** Reads the accounts from the secret store and begins to follow the store. */
  start(): Promise<void>;
  /** Has the ring hold all accounts. */
  holdAll(services: RingServices): void;
  stop(): void;
}

export interface AccountBookComponents extends AccountComponents {
  readonly store: ItemStore;
  readonly stream: Pick<ChangeStream, 'follow'>;
  readonly records: RecordStore;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  running(): RingServices | undefined;
  /** Accounts came, or who may use one changed. */
  onChange(): void;
}

export function createAccountBook(components: AccountBookComponents): AccountBook {
  const { store, stream, records, secrets, logger, running, onChange } = components;
  const accounts = new Map<PartitionKey, Account>();
  /** Made, and not yet in use. */
  const coming = new Map<PartitionKey, Account>();
  let currentId: PartitionKey | undefined;
  let unsubscribe = (): void => undefined;

  /** All that may fail comes before the account is in use. @param keep makes the log-in durable. */
  async function admit(secret: AccountSecret, keep?: () => Promise<void>): Promise<Account> {
    const account = createAccount(secret, components);
    const key = { partitionKey: secret.id, sortKey: DEVICES_SORT_KEY };
    coming.set(secret.id, account);
    try {
      await stream.follow(secret.id);
      account.refresh(await store.read(key));
      await keep?.();
    } finally {
      if (coming.get(secret.id) === account) coming.delete(secret.id);
    }
    accounts.set(secret.id, account);
    return account;
  }
  const all = (): readonly Account[] =>
    [...accounts.values()].sort(
      (a, b) =>
        Number(b.id === currentId) - Number(a.id === currentId) || a.label.localeCompare(b.label),
    );
  const use = async (id: PartitionKey): Promise<void> => {
    await records.put('setting', CURRENT, utf8(id));
    currentId = id;
    onChange();
  };

  return {
    all,
    current: () => (currentId === undefined ? undefined : accounts.get(currentId)),
    get: (id) => accounts.get(id),
    find(named) {
      if (accounts.size === 0) {
        throw new AppError('NO_ACCOUNT', 'Nobody is logged in here: create an account or log in.');
      }
      const [first] = all();
      const found =
        named === undefined
          ? first
          : (accounts.get(named as PartitionKey) ?? all().find(({ label }) => label === named));
      if (found !== undefined) return found;
      throw new AppError('ACCOUNT_NOT_FOUND', 'This machine is not logged in to that account.', {
        details: { account: named },
      });
    },
    async add(secret) {
      const account = await admit(secret, () => writeAccountSecret(secrets, secret));
      const services = running();
      if (services !== undefined) hold(services, account);
      if (currentId === undefined && !account.shared) {
        // Logged in it is all the same: which one is shown first is asked for again.
        await use(account.id).catch((error: unknown) => {
          const { code } = toAppError(error);
          logger.warn('which account is the current one could not be noted', { code });
          onChange();
        });
      } else onChange();
      return account;
    },
    use,
    async start() {
      for (const secret of await readAccountSecrets(secrets)) await admit(secret);
      const stored = await records.get('setting', CURRENT);
      const named = stored === undefined ? undefined : (utf8ToString(stored) as PartitionKey);
      currentId = named !== undefined && accounts.has(named) ? named : undefined;
      unsubscribe = store.on('changed', ({ key, siblings }) => {
        if (key.sortKey !== DEVICES_SORT_KEY) return;
        coming.get(key.partitionKey)?.refresh(siblings);
        const account = accounts.get(key.partitionKey);
        if (account === undefined) return;
        account.refresh(siblings);
        onChange();
      });
    },
    holdAll(services) {
      for (const account of accounts.values()) hold(services, account);
    },
    stop() {
      unsubscribe();
    },
  };
}

function hold({ replication }: RingServices, account: Account): void {
  replication.hold({
    partitionKey: account.id,
    device: account.device.device,
    sign: (bytes) => account.device.signing.sign(bytes),
  });
}
