/**
 * Keeps this machine logged in to all shared carts of the person: whichever device shared or
 * accepted one, its `share#…` item arrives here, and this machine certifies itself with the key in
 * it. What cannot be done yet (the account's devices are not here) is tried again.
 */
import { isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import { createRepeating, type Repeating } from '../base/repeating.ts';
import type { PartitionKey } from '../domain/ids.ts';
import { deviceKeysFromSeed } from '../security/account-keys.ts';
import { newSeed } from '../security/peer-key.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import { certifierAuthority, withDevice } from './device-admin.ts';
import type { DevicesWriter } from './devices-writer.ts';
import type { RingSession } from './ring-session.ts';
import { readShareItem, SHARE_PREFIX, type ShareItem } from './share-item.ts';

const RETRY_MS = 5000;
const SYNC_MS = 4000;
const PAGE = 500;

export interface SharedAccounts {
  /**
   * Logs this machine in with the person's certifier key.
   * @throws SEALED when the account's devices record does not know that key yet.
   */
  adopt(item: ShareItem): Promise<Account>;
  start(): Promise<void>;
  /** Looks for new ones now. */
  poke(): void;
  stop(): Promise<void>;
}

export function createSharedAccounts(components: {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly book: AccountBook;
  readonly devicesWriter: DevicesWriter;
}): SharedAccounts {
  const { random, logger, store, session, book, devicesWriter } = components;
  const lock = createKeyedLock({ maxWaiting: 16 });
  let unsubscribe = (): void => undefined;

  async function adopt(item: ShareItem, signal?: AbortSignal): Promise<Account> {
    const before = book.get(item.account);
    if (before !== undefined) return before;
    const certifier = deviceKeysFromSeed(item.certifierSeed);
    const { replication } = session.services();
    replication.hold({
      partitionKey: item.account,
      device: certifier.device,
      sign: (bytes) => certifier.signing.sign(bytes),
    });
    await replication.syncAccount(item.account, {
      timeoutMs: SYNC_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    const deviceSeed = newSeed(random);
    const name = book.current()?.deviceName ?? book.all()[0]?.deviceName ?? '';
    const added = { device: deviceKeysFromSeed(deviceSeed), peer: session.peerKey, name };
    await devicesWriter.write(item.account, certifier.signing, (directory) =>
      withDevice(directory, certifierAuthority(certifier), added, components),
    );
    return book.add({
      id: item.account,
      label: item.label,
      deviceName: name,
      deviceSeed,
      certifierSeed: item.certifierSeed,
    });
  }

  /** All share items of the person's own accounts that this machine has not taken up. */
  async function pending(): Promise<readonly ShareItem[]> {
    const found = new Map<PartitionKey, ShareItem>();
    for (const own of book.all().filter((account) => !account.shared && account.canOpen())) {
      const range = { partitionKey: own.id, prefix: SHARE_PREFIX, limit: PAGE };
      for (const { siblings } of await store.scan(range)) {
        for (const version of siblings) {
          const item = readShareItem(own, version);
          if (item !== undefined && book.get(item.account) === undefined)
            found.set(item.account, item);
        }
      }
    }
    return [...found.values()];
  }

  async function work(signal: AbortSignal): Promise<void> {
    if (session.running() === undefined) return;
    for (const item of await pending()) {
      try {
        await lock.run(item.account, () => adopt(item, signal));
      } catch (error) {
        const code = toAppError(error).code;
        logger.info('a shared cart cannot be opened here yet', { account: item.account, code });
        if (!isAppError(error)) throw error;
      }
    }
  }

  const loop: Repeating = createRepeating({
    clock: components.clock,
    intervalMs: () => RETRY_MS,
    work,
    onError(error) {
      logger.warn('looking for shared carts failed', { error: toAppError(error).message });
    },
  });
  return {
    adopt: (item) => lock.run(item.account, () => adopt(item)),
    poke: () => {
      loop.poke();
    },
    async start() {
      unsubscribe = store.on('changed', ({ key, local }) => {
        if (!local && key.sortKey.startsWith(SHARE_PREFIX)) loop.poke();
      });
      await loop.start();
    },
    async stop() {
      unsubscribe();
      await loop.stop();
    },
  };
}
