import { AppError } from '../base/app-error.ts';
import { compareUtf8 } from '../base/bytes.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import { digestHash, type KeyRange } from '../domain/merkle-tree.ts';
import { rangesMessage, type DifferingRange, type RangeNode } from '../network/messages/ranges.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore, ItemSummary } from '../storage/item-store.ts';
import { forEachUntilError } from './bounded-work.ts';
import type { KnownCopies } from './known-copies.ts';
import type { MemberCalls } from './member-calls.ts';
import type { PutSender } from './put-sender.ts';
import type { Quarantine } from './quarantine.ts';
import { sendApart } from './send-apart.ts';
import type { VersionPull } from './version-pull.ts';

/** Ranges in one request. */
const RANGES = 128;
/** Own items of a range compared at a time. */
const PAGE = 500;
/** Own items sent at once; those of one moment share a message. */
const PUSH_WIDTH = 32;
/** Ranges that are listed, settled at once. */
const SETTLE_WIDTH = 8;
/** Comparing again while writes go on is left to the next comparison after so many times. */
const MAX_ROUNDS = 3;
/** Requests of one comparison: what is left differs still, and is found by the next one. */
const MAX_REQUESTS = 4096;

/**
 * Anti-entropy of one account (Dynamo §4.7; decision 0509): its root, then finer ranges of its sort
 * keys only where they differ, then the names of few items, and what is missing goes both ways.
 */
export interface AccountCompare {
  /**
   * Makes both sides hold the same of one account; true when they did in the end. One request when
   * they do already.
   * @param listHash of the account's list, where both keep it; null for a device.
   */
  sync(
    peer: PeerId,
    account: PartitionKey,
    options: { readonly listHash: Hash | null; readonly signal: AbortSignal },
  ): Promise<boolean>;
}

interface Talk {
  readonly peer: PeerId;
  readonly account: PartitionKey;
  readonly listHash: Hash | null;
  readonly signal: AbortSignal;
}

export function createAccountCompare(components: {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: ItemStore;
  readonly calls: MemberCalls;
  readonly sender: PutSender;
  readonly pull: VersionPull;
  readonly copies: KnownCopies;
  readonly quarantine: Quarantine;
}): AccountCompare {
  const { store, calls, sender, pull, copies, metrics, logger } = components;

  async function noded(account: PartitionKey, ranges: readonly KeyRange[]): Promise<RangeNode[]> {
    const sums = await store.trees.sums(account, ranges);
    return ranges.map((range, i) => ({ ...range, digest: digestHash(sums[i]?.digest ?? 0n) }));
  }
  function ask({ peer, account, listHash, signal }: Talk, ranges: readonly RangeNode[]) {
    const request = { listHash, partitionKey: account, ranges };
    return calls.call(peer, rangesMessage, request, { signal });
  }
  /** How many versions the peer took. What it refuses does not keep back the others. */
  async function push(
    { peer, signal }: Talk,
    ours: readonly ItemSummary[],
    theirs: DifferingRange['items'],
  ): Promise<number> {
    let sent = 0;
    const there = new Map(
      theirs.map((item) => [item.sortKey, new Set(item.names.map((name) => name.hash))]),
    );
    await forEachUntilError(ours, PUSH_WIDTH, async ({ key, versions }) => {
      const names = there.get(key.sortKey);
      if (versions.every((version) => names?.has(version.hash) === true)) return;
      const held = await store.read(key);
      const missing = held.filter((version) => names?.has(version.hash) !== true);
      if (missing.length === 0) return;
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
    });
    return sent;
  }
  /** The items of one range, both ways. How many versions went either way. */
  async function settle(
    talk: Talk,
    range: KeyRange,
    theirs: DifferingRange['items'],
  ): Promise<number> {
    const { peer, account, signal } = talk;
    const came = await pull.missing(peer, account, devicesFirst(theirs), { signal });
    metrics.count('carrossel_exchange_fetched_total', {}, came);
    let moved = came;
    for (let from = range.from; ;) {
      const rest = {
        ...(from !== undefined && { from }),
        ...(range.to !== undefined && { to: range.to }),
      };
      const ours = await store.trees.list(account, rest, PAGE);
      moved += await push(talk, ours, theirs);
      const last = ours.at(-1);
      if (ours.length < PAGE || last === undefined) return moved;
      // The next key there can be.
      from = `${last.key.sortKey}\0`;
    }
  }
  /** Goes down from these ranges, which differ. How many versions went either way. */
  async function descend(talk: Talk, first: readonly DifferingRange[]): Promise<number> {
    const { account } = talk;
    let moved = 0;
    /** Downwards: the lowest is asked for first, and so the deepest; what waits stays little. */
    const open: RangeNode[] = [];
    /** All at once: parts that lie side by side share what is read. */
    const enter = async (parts: readonly RangeNode[]): Promise<void> => {
      if (parts.length === 0) return;
      const own = await noded(account, parts);
      open.push(...own.filter((part, i) => part.digest !== parts[i]?.digest));
    };
    const settleListed = async ([whole, found]: readonly [KeyRange, DifferingRange]) => {
      const listed = found.end === undefined ? whole : { ...whole, to: found.end };
      const both = await settle(talk, listed, found.items);
      moved += both;
      if (found.end === undefined) return;
      open.push(...(await noded(account, [{ ...whole, from: found.end }])));
    };
    /** What one answer lists is settled at once: it shares messages and commits. */
    const enterAll = async (all: readonly (readonly [KeyRange, DifferingRange])[]) => {
      for (const [whole, found] of all) checkInside(whole, found);
      await enter(all.flatMap(([, found]) => found.parts));
      const listed = all.filter(([, found]) => found.parts.length === 0);
      await forEachUntilError(listed, SETTLE_WIDTH, settleListed);
      // What is left of a list may lie above the parts of another range, or below.
      open.sort((a, b) => compareUtf8(b.from ?? '', a.from ?? ''));
    };
    await enterAll(first.map((found) => [{}, found] as const));
    for (let requests = 0; open.length > 0 && requests < MAX_REQUESTS; requests++) {
      const asked = open.splice(-RANGES).reverse();
      const { answered, differ } = await ask(talk, asked);
      open.push(...asked.slice(answered).reverse());
      const found = differ.map((one) => {
        const whole = asked[one.at];
        if (whole === undefined) throw new AppError('BAD_ENCODING', 'A range nobody asked for.');
        return [whole, one] as const;
      });
      await enterAll(found);
    }
    return moved;
  }
  return {
    async sync(peer, account, { listHash, signal }) {
      const talk = { peer, account, listHash, signal };
      let stuck = false;
      for (let round = 0; ; round++) {
        const mark = copies.mark(account);
        const { differ } = await ask(talk, await noded(account, [{}]));
        if (differ.length === 0) {
          copies.equal(account, peer, mark);
          return true;
        }
        metrics.count('carrossel_exchange_differing_total');
        if (stuck || round === MAX_ROUNDS) return false;
        // What is left is refused, on one side or the other: going down again changes nothing.
        stuck = (await descend(talk, differ)) === 0;
      }
    },
  };
}

/** Parts go upwards within what was asked, or the walk would not end. */
function checkInside(whole: KeyRange, { parts, end }: DifferingRange): void {
  const [first, last] = [parts[0], parts.at(-1)];
  const inner = parts.slice(1).map((part) => part.from);
  const bounds = [...inner, ...(end === undefined ? [] : [end])];
  let before = whole.from ?? '';
  const good =
    (first === undefined || (first.from === whole.from && last?.to === whole.to)) &&
    parts.length !== 1 &&
    parts.slice(0, -1).every((part, i) => part.to === inner[i]) &&
    bounds.every((bound) => {
      const above = bound !== undefined && compareUtf8(bound, before) > 0;
      before = bound ?? before;
      return above;
    }) &&
    (whole.to === undefined || bounds.length === 0 || compareUtf8(before, whole.to) < 0);
  if (!good) throw new AppError('BAD_ENCODING', 'Parts of a range that are not inside it.');
}

function devicesFirst(items: DifferingRange['items']): DifferingRange['items'] {
  const isDevices = (item: { readonly sortKey: string }): boolean =>
    item.sortKey === DEVICES_SORT_KEY;
  return [...items.filter(isDevices), ...items.filter((item) => !isDevices(item))];
}
