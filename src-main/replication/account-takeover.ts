import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { sleep } from '../base/waiting.ts';
import { containsDot } from '../domain/causal-context.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { listMessage, type ListAnswer } from '../network/messages/list.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import { seenOfAll } from '../domain/versioned-item.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { Foreground } from './foreground.ts';
import type { MemberCalls } from './member-calls.ts';
import type { Timings } from './timings.ts';
import type { VersionPull } from './version-pull.ts';

/** Items listed at once: few, so that people's requests wait behind few. */
const PAGE = 50;
/**
 * So many times as long as a page took is the rest after it: while people are at work, and in a
 * ring where nobody is;
 */
const REST_TIMES = { lively: 6, quiet: 2 };
/** and no longer than this, for a member that is far away. */
const MAX_REST_MS = 500;
/** What a member names and does not give (it was covered there meanwhile) is looked at anew. */
const MAX_LOOKS = 4;

/** Takes one account over from a member that keeps it: one way, in pages, held back. */
export interface AccountTakeover {
  /**
   * Resolves with true when all that the member named is here, or covered, or refused for good;
   * with false when it named what it did not give: then the account is to be asked for again.
   * @param moved told after each page, of items and bytes that came.
   * @throws when the member cannot be reached, or this machine cannot store.
   */
  take(
    peer: PeerId,
    account: PartitionKey,
    moved: (items: number, bytes: number) => void,
    signal: AbortSignal,
  ): Promise<boolean>;
}

export function createAccountTakeover(
  init: { readonly timings: Timings },
  components: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: Metrics;
    readonly store: ItemStore;
    readonly calls: MemberCalls;
    readonly pull: VersionPull;
    readonly foreground: Foreground;
  },
): AccountTakeover {
  const { clock, logger, store, calls, pull, foreground, metrics } = components;
  const { takeoverBytesPerSecond, takeoverYieldMs } = init.timings;
  /** When what was taken so far is paid for (monotonic ms). */
  let paidMs = 0;

  /**
   * Keeps to so many bytes a second, rests longer than it worked, and stands back for people's
   * requests. Of those at other machines only what comes here is seen (who comes in gets every
   * write); but where givers or disks are busy a page takes longer, and so does the rest.
   */
  async function yieldTo(bytes: number, beganMs: number, signal: AbortSignal): Promise<void> {
    const now = clock.monotonicMs();
    const times = foreground.isLively ? REST_TIMES.lively : REST_TIMES.quiet;
    const restMs = Math.min(times * (now - beganMs), MAX_REST_MS);
    const bytesMs = (bytes / takeoverBytesPerSecond) * 1000;
    paidMs = Math.max(Math.max(paidMs, now) + bytesMs, now + restMs);
    if (paidMs > now) await sleep(clock, paidMs - now, signal);
    await foreground.quiet(takeoverYieldMs, signal);
  }
  /** The items of the page of which something is neither here nor covered here, nor refused. */
  async function lackingOf(
    peer: PeerId,
    account: PartitionKey,
    items: ListAnswer['items'],
  ): Promise<ListAnswer['items']> {
    const out: ListAnswer['items'][number][] = [];
    for (const item of items) {
      const held = await store.read({ partitionKey: account, sortKey: item.sortKey });
      const here = new Set(held.map((version) => version.hash));
      const seen = seenOfAll(held);
      const isHere = ({ hash, dot }: (typeof item.names)[number]): boolean =>
        here.has(hash) || containsDot(seen, dot) || pull.isRefused(peer, hash);
      if (!item.names.every(isHere)) out.push(item);
    }
    return out;
  }
  async function takePage(
    peer: PeerId,
    account: PartitionKey,
    items: ListAnswer['items'],
    signal: AbortSignal,
  ): Promise<number> {
    const devices = items.filter((item) => item.sortKey === DEVICES_SORT_KEY);
    await pull.answered(peer, account, devices, { signal });
    await pull.answered(peer, account, items, { signal });
    return (await lackingOf(peer, account, items)).length;
  }
  return {
    async take(peer, account, moved, signal) {
      let after: string | undefined;
      let looks = 0;
      let lacking = 0;
      for (;;) {
        const beganMs = clock.monotonicMs();
        const range = {
          ...{ partitionKey: account, limit: PAGE },
          ...(after !== undefined && { after }),
        };
        const answer = await calls.call(peer, listMessage, { listHash: null, range }, { signal });
        const wanted = await lackingOf(peer, account, answer.items);
        const bytes = wanted.flatMap(({ names }) => names).reduce((sum, { size }) => sum + size, 0);
        const left = wanted.length === 0 ? 0 : await takePage(peer, account, wanted, signal);
        // What it no longer gives was covered there meanwhile: the page names now what by.
        if (left > 0 && ++looks < MAX_LOOKS) continue;
        looks = 0;
        lacking += left;
        moved(answer.items.length - left, bytes);
        metrics.count('carrossel_takeover_bytes_total', {}, bytes);
        after = answer.items.at(-1)?.sortKey;
        // After the last page, too: most accounts have no other.
        if (bytes > 0) await yieldTo(bytes, beganMs, signal);
        if (!answer.more || after === undefined) break;
      }
      if (lacking > 0) {
        logger.warn('a member names items that it does not give', { peer, left: lacking });
      }
      return lacking === 0;
    },
  };
}
