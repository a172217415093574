import type { PartitionKey, PeerId } from '../domain/ids.ts';
import type { Transport } from '../network/transport.ts';
import type { Background } from './bounded-work.ts';
import type { EpochGuard } from './epoch-guard.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { OwnCounters } from './own-counters.ts';

/** Accounts compared with one peer that are remembered. */
const MAX_ACCOUNTS = 4096;

/**
 * The comparison of counters that goes before the first version this process lets a member have of
 * an account, sent or fetched (DESIGN §2 Epochs). Done once a connection and account: a copy of
 * this store may have met the member between two of them. All held accounts in one request; not at
 * all for accounts this store never wrote to.
 */
export interface FirstContact {
  with(peer: PeerId, account: PartitionKey): Promise<void>;
}

export function createFirstContact(components: {
  readonly store: ItemStore;
  readonly counters: OwnCounters;
  readonly guard: EpochGuard;
  readonly held: HeldAccounts;
  readonly transport: Pick<Transport, 'on'>;
  readonly background: Background;
}): FirstContact {
  const { store, counters, guard, held, transport, background } = components;
  const compared = new Map<PeerId, Map<PartitionKey, Promise<void>>>();

  function begin(peer: PeerId, account: PartitionKey): Promise<void> {
    const accounts = compared.get(peer) ?? new Map<PartitionKey, Promise<void>>();
    compared.set(peer, accounts);
    if (accounts.size > MAX_ACCOUNTS) accounts.clear();
    const asked = [account, ...held.all().filter((one) => one !== account && !accounts.has(one))];
    const done = guard.compareWith(peer, asked, background.signal);
    for (const one of asked) accounts.set(one, done);
    done.catch(() => {
      for (const one of asked) if (accounts.get(one) === done) accounts.delete(one);
    });
    return done;
  }
  transport.on('down', ({ peer }) => {
    compared.delete(peer);
  });
  return {
    async with(peer, account) {
      const known = compared.get(peer)?.get(account);
      if (known !== undefined) return known;
      if ((await store.issuedCounter(counters.actorOf(account))) === 0) return;
      return compared.get(peer)?.get(account) ?? begin(peer, account);
    },
  };
}
