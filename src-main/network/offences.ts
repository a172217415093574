/**
 * What a member did that no working member does (DESIGN §3: it counts against that peer), and for
 * how long it is refused: each offence ends its stream, the third within ten minutes shuts it out
 * for a minute, the next time for two, up to an hour (docs/decisions/0405).
 */
import type { Cancel, Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';

export interface OffenceLimits {
  /** Offences within the window that shut a member out. */
  readonly count: number;
  readonly windowMs: number;
  /** The first refusal; each further one is twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Without an offence for so long a member starts anew. */
  readonly forgetMs: number;
}

export const OFFENCE_LIMITS: OffenceLimits = {
  count: 3,
  windowMs: 10 * 60_000,
  firstMs: 60_000,
  longestMs: 3600_000,
  forgetMs: 24 * 3600_000,
};

/** Members remembered; the ring has no more (replication/member-records.ts). */
const MAX_PEERS = 1000;

export interface Refused {
  readonly peer: PeerId;
  /** What it did last: a code or a sentence. */
  readonly reason: string;
  /** How long it stays refused, in ms. */
  readonly leftMs: number;
}

export interface Offences {
  /** True when the member is shut out by this one. */
  count(peer: PeerId, reason: string): boolean;
  isRefused(peer: PeerId): boolean;
  refused(): readonly Refused[];
  stop(): void;
}

interface Entry {
  times: readonly number[];
  refusals: number;
  untilMs: number;
  reason: string;
  cancel: Cancel;
}

export function createOffences(
  limits: OffenceLimits,
  components: {
    readonly clock: Clock;
    /** A member is refused no longer. */
    onPardon(peer: PeerId): void;
  },
): Offences {
  const { clock, onPardon } = components;
  const entries = new Map<PeerId, Entry>();

  function entryOf(peer: PeerId, now: number): Entry {
    const known = entries.get(peer);
    const latest = known?.times.at(-1) ?? 0;
    const fresh = { times: [], refusals: 0, untilMs: 0, reason: '', cancel: () => undefined };
    const entry = known === undefined || now - latest > limits.forgetMs ? fresh : known;
    // Anew at the end, so that the one forgotten is the one that has been quiet for longest.
    entries.delete(peer);
    entries.set(peer, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_PEERS && oldest !== undefined) entries.delete(oldest);
    return entry;
  }
  const isRefused = (peer: PeerId): boolean =>
    (entries.get(peer)?.untilMs ?? 0) > clock.monotonicMs();
  return {
    isRefused,
    count(peer, reason) {
      const now = clock.monotonicMs();
      const entry = entryOf(peer, now);
      entry.reason = reason;
      entry.times = [...entry.times.filter((at) => now - at < limits.windowMs), now];
      if (entry.times.length < limits.count || isRefused(peer)) return isRefused(peer);
      const lengthMs = Math.min(limits.firstMs * 2 ** entry.refusals, limits.longestMs);
      entry.refusals++;
      entry.times = [now];
      entry.untilMs = now + lengthMs;
      entry.cancel = clock.schedule(lengthMs, () => {
        onPardon(peer);
      });
      return true;
    },
    refused() {
      const now = clock.monotonicMs();
      return [...entries].flatMap(([peer, { untilMs, reason }]) =>
        untilMs > now ? [{ peer, reason, leftMs: untilMs - now }] : [],
      );
    },
    stop() {
      for (const { cancel } of entries.values()) cancel();
      entries.clear();
    },
  };
}
