import type { PartitionKey, PeerId } from '../domain/ids.ts';
import type { EpochGuard } from './epoch-guard.ts';
import type { HeldAccounts } from './held-accounts.ts';

/** Accounts compared with one peer that are remembered. */
const MAX_ACCOUNTS = 4096;

/**
 * The comparison of counters that goes before the first thing this process sends to a member for an
 * account (DESIGN §2 Epochs). Done once a member and account; all held accounts in one request.
 */
export interface FirstContact {
  with(peer: PeerId, account: PartitionKey, signal: AbortSignal): Promise<void>;
}

export function createFirstContact(components: {
  readonly guard: EpochGuard;
  readonly held: HeldAccounts;
}): FirstContact {
  const { guard, held } = components;
  const compared = new Map<PeerId, Map<PartitionKey, Promise<void>>>();

  function begin(peer: PeerId, account: PartitionKey, signal: AbortSignal): Promise<void> {
    const accounts = compared.get(peer) ?? new Map<PartitionKey, Promise<void>>();
    compared.set(peer, accounts);
    if (accounts.size > MAX_ACCOUNTS) accounts.clear();
    const asked = [account, ...held.all().filter((one) => one !== account && !accounts.has(one))];
    const done = guard.compareWith(peer, asked, signal);
    for (const one of asked) accounts.set(one, done);
    done.catch(() => {
      for (const one of asked) if (accounts.get(one) === done) accounts.delete(one);
    });
    return done;
  }
  return {
    with: (peer, account, signal) =>
      compared.get(peer)?.get(account) ?? begin(peer, account, signal),
  };
}
