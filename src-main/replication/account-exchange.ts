import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import { exchangeMessage } from '../network/messages/exchange.ts';
import { listMessage, type ListAnswer } from '../network/messages/list.ts';
import { compareUtf8 } from '../base/bytes.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore, ItemSummary } from '../storage/item-store.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import type { PutSender } from './put-sender.ts';
import type { Quarantine } from './quarantine.ts';
import { sendApart } from './send-apart.ts';
import type { VersionPull } from './version-pull.ts';

/** Accounts in one digest message. */
const ACCOUNTS_PAGE = 500;
/** Items compared at a time. */
const ITEMS_PAGE = 500;
/** Comparing again while writes go on is left to the next exchange after so many times. */
const MAX_ROUNDS = 3;

/**
 * Anti-entropy between two members that both keep an account (Dynamo §4.7): one digest an account,
 * then its list where they differ, then what is missing, both ways. Hash trees take the place of
 * the account's one digest later; all that knows of digests is in this file.
 */
export interface AccountExchange {
  /** Of these accounts, the ones that differ at the peer. Equal ones are noted as such. */
  differing(
    peer: PeerId,
    accounts: readonly PartitionKey[],
    signal: AbortSignal,
  ): Promise<readonly PartitionKey[]>;
  /** Makes both sides hold the same of one account; true when they did in the end. */
  sync(peer: PeerId, account: PartitionKey, signal: AbortSignal): Promise<boolean>;
}

export function createAccountExchange(components: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: ItemStore;
  readonly calls: MemberCalls;
  readonly sender: PutSender;
  readonly pull: VersionPull;
  readonly copies: KnownCopies;
  readonly quarantine: Quarantine;
}): AccountExchange {
  const { store, calls, sender, pull, copies, metrics, logger } = components;

  async function differing(
    peer: PeerId,
    accounts: readonly PartitionKey[],
    signal: AbortSignal,
  ): Promise<readonly PartitionKey[]> {
    const out: PartitionKey[] = [];
    for (let at = 0; at < accounts.length; at += ACCOUNTS_PAGE) {
      const page = accounts.slice(at, at + ACCOUNTS_PAGE);
      const asked = await Promise.all(
        page.map(async (partitionKey) => {
          const mark = copies.mark(partitionKey);
          return { partitionKey, mark, digest: (await store.accountDigest(partitionKey)) as Hash };
        }),
      );
      const request = {
        accounts: asked.map(({ partitionKey, digest }) => ({ partitionKey, digest })),
        last: at + ACCOUNTS_PAGE >= accounts.length,
      };
      const { differ } = await calls.call(peer, exchangeMessage, request, { signal });
      const differs = new Set(differ.map((one) => one.partitionKey));
      for (const { partitionKey, mark } of asked) {
        if (differs.has(partitionKey)) out.push(partitionKey);
        else copies.equal(partitionKey, peer, mark);
      }
    }
    return out;
  }

  /** Their items from `after` on, up to a page; and ours up to the same end. */
  async function page(
    peer: PeerId,
    account: PartitionKey,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<{ theirs: ListAnswer; ours: readonly ItemSummary[] }> {
    const range = {
      partitionKey: account,
      ...(after !== undefined && { after }),
      limit: ITEMS_PAGE,
    };
    const theirs = await calls.call(peer, listMessage, { listHash: null, range }, { signal });
    const end = theirs.more ? theirs.items.at(-1)?.sortKey : undefined;
    const ours: ItemSummary[] = [];
    for (let from = after; ; from = ours.at(-1)?.key.sortKey) {
      const some = await store.summaries(account, from, ITEMS_PAGE);
      const inside = some.filter(
        ({ key }) => end === undefined || compareUtf8(key.sortKey, end) <= 0,
      );
      ours.push(...inside);
      if (some.length < ITEMS_PAGE || inside.length < some.length) break;
    }
    return { theirs, ours };
  }
  /** How many versions the peer took. What it refuses does not keep back the others. */
  async function push(
    peer: PeerId,
    ours: readonly ItemSummary[],
    theirs: ListAnswer['items'],
    signal: AbortSignal,
  ): Promise<number> {
    let sent = 0;
    const there = new Map(
      theirs.map((item) => [item.sortKey, new Set(item.names.map((name) => name.hash))]),
    );
    for (const { key, versions } of devicesFirst(ours)) {
      const names = there.get(key.sortKey);
      if (versions.every((version) => names?.has(version.hash) === true)) continue;
      const held = await store.read(key);
      const missing = held.filter((version) => names?.has(version.hash) !== true);
      if (missing.length === 0) continue;
      const parcel = { key, versions: missing, listed: false, signal };
      const { taken, refused } = await sendApart(sender, peer, parcel);
      metrics.count('carrossel_exchange_sent_total', {}, taken.length);
      for (const { hash } of taken) copies.held(hash, peer);
      sent += taken.length;
      for (const { error } of refused) {
        logger.debug('a version was refused in a comparison', { peer, code: error.code });
        // It may stand here from before the revocation was known.
        if (error.code === 'DEVICE_REVOKED') components.quarantine.review(key.partitionKey);
      }
    }
    return sent;
  }
  /** How many versions went either way. */
  async function compare(
    peer: PeerId,
    account: PartitionKey,
    signal: AbortSignal,
  ): Promise<number> {
    let moved = 0;
    let after: string | undefined;
    for (;;) {
      const { theirs, ours } = await page(peer, account, after, signal);
      const devices = theirs.items.filter((item) => item.sortKey === DEVICES_SORT_KEY);
      moved += await pull.missing(peer, account, devices, { signal });
      const came = await pull.missing(peer, account, theirs.items, { signal });
      metrics.count('carrossel_exchange_fetched_total', {}, came);
      moved += came + (await push(peer, ours, theirs.items, signal));
      after = theirs.items.at(-1)?.sortKey;
      if (!theirs.more || after === undefined) return moved;
    }
  }
  return {
    differing,
    async sync(peer, account, signal) {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        if ((await differing(peer, [account], signal)).length === 0) return true;
        // What is left is refused, on one side or the other: asking again would not change it.
        if ((await compare(peer, account, signal)) === 0) break;
      }
      return (await differing(peer, [account], signal)).length === 0;
    },
  };
}

function devicesFirst(items: readonly ItemSummary[]): readonly ItemSummary[] {
  const isDevices = (item: ItemSummary): boolean => item.key.sortKey === DEVICES_SORT_KEY;
  return [...items.filter(isDevices), ...items.filter((item) => !isDevices(item))];
}
