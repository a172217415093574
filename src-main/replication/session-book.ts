import { AppError } from '../base/app-error.ts';
import type { DeviceKey, PartitionKey, PeerId } from '../domain/ids.ts';
import type { Transport } from '../network/transport.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { DeviceDirectories } from './device-directories.ts';
import type { RingView } from './ring-view.ts';

/** Accounts one member may open sessions for; a household has a handful. */
const MAX_ACCOUNTS = 1000;

/** Which members have proved to hold a device key of which account, on this connection. */
export interface SessionBook {
  open(peer: PeerId, account: PartitionKey, device: DeviceKey): void;
  has(peer: PeerId, account: PartitionKey): boolean;
  /**
   * Throws SESSION_REQUIRED unless the member has a session for the account, or keeps its partition
   * or takes it over: who did so before may be the one it is taken from.
   */
  check(peer: PeerId, account: PartitionKey): void;
  /** True where `check` does not throw. */
  may(peer: PeerId, account: PartitionKey): boolean;
  /** A session ended: with its connection, or because its device was revoked. */
  onClosed(listener: (peer: PeerId, account: PartitionKey) => void): void;
}

export function createSessionBook(components: {
  readonly transport: Transport;
  readonly view: RingView;
  readonly store: ItemStore;
  readonly directories: DeviceDirectories;
}): SessionBook {
  const { transport, view, store, directories } = components;
  const sessions = new Map<PeerId, Map<PartitionKey, DeviceKey>>();
  const listeners = new Set<(peer: PeerId, account: PartitionKey) => void>();

  function close(peer: PeerId, account: PartitionKey): void {
    if (sessions.get(peer)?.delete(account) !== true) return;
    for (const listener of listeners) listener(peer, account);
  }
  transport.on('down', ({ peer }) => {
    for (const account of [...(sessions.get(peer)?.keys() ?? [])]) close(peer, account);
    sessions.delete(peer);
  });
  /** A device that was revoked while its session stands is let in no longer. */
  async function review(account: PartitionKey): Promise<void> {
    const directory = await directories.of(account);
    if (directory === undefined) return;
    for (const [peer, accounts] of [...sessions]) {
      const device = accounts.get(account);
      if (device !== undefined && !directory.mayRead(device)) close(peer, account);
    }
  }
  store.on('changed', ({ key }) => {
    if (key.sortKey !== DEVICES_SORT_KEY) return;
    review(key.partitionKey).catch(() => undefined);
  });
  const has = (peer: PeerId, account: PartitionKey): boolean =>
    sessions.get(peer)?.has(account) === true;
  const may = (peer: PeerId, account: PartitionKey): boolean =>
    has(peer, account) || view.isKeeper(account, peer);
  return {
    has,
    may,
    open(peer, account, device) {
      const accounts = sessions.get(peer) ?? new Map<PartitionKey, DeviceKey>();
      if (accounts.size >= MAX_ACCOUNTS && !accounts.has(account)) {
        throw new AppError('OVERLOADED', 'Too many accounts on one connection.');
      }
      sessions.set(peer, accounts.set(account, device));
    },
    check(peer, account) {
      if (may(peer, account)) return;
      throw new AppError('SESSION_REQUIRED', 'This needs a session of the account.');
    },
    onClosed(listener) {
      listeners.add(listener);
    },
  };
}
