import { AppError } from '../base/app-error.ts';
import { createEmitter, type Events } from '../base/emitter.ts';
import type { PartitionKey } from '../domain/ids.ts';
import type { HeldAccount } from './replication.ts';

export interface HeldAccountsEvents {
  held: { readonly partitionKey: PartitionKey };
  released: { readonly partitionKey: PartitionKey };
}

/** The accounts logged in on this machine: all their items are kept here, whoever owns them. */
export interface HeldAccounts extends Events<HeldAccountsEvents> {
  hold(account: HeldAccount): void;
  release(account: PartitionKey): void;
  has(account: PartitionKey): boolean;
  /** @throws SESSION_REQUIRED when the account is not logged in here. */
  require(account: PartitionKey): HeldAccount;
  all(): readonly PartitionKey[];
}

export function createHeldAccounts(onError: (error: unknown) => void): HeldAccounts {
  const accounts = new Map<PartitionKey, HeldAccount>();
  const emitter = createEmitter<HeldAccountsEvents>(onError);
  return {
    on: (name, listener) => emitter.on(name, listener),
    hold(account) {
      accounts.set(account.partitionKey, account);
      emitter.emit('held', { partitionKey: account.partitionKey });
    },
    release(partitionKey) {
      if (accounts.delete(partitionKey)) emitter.emit('released', { partitionKey });
    },
    has: (account) => accounts.has(account),
    require(account) {
      const held = accounts.get(account);
      if (held !== undefined) return held;
      throw new AppError('SESSION_REQUIRED', 'This account is not logged in on this machine.');
    },
    all: () => [...accounts.keys()],
  };
}
