import type { Cancel, Clock } from '../base/clock.ts';
import { randomBelow, type Random } from '../base/random.ts';

export const REDIAL_MIN_MS = 200;
/** The longest wait for one that was lost lately: it is to be back within 3 s of its return. */
export const REDIAL_SOON_MS = 1000;
/** The same for one that is away for long: with the dial itself still within 3 s. */
export const REDIAL_MAX_MS = 2000;
/** For one that refuses us, or that misbehaved. */
const REFUSED_MS = 10_000;
/** What counts as long. */
const LONG_AWAY_MS = 600_000;

/**
 * When to dial a member again: at once when something changed, else after 0.2 to 1 s, doubling (2 s
 * when it is away for long), with jitter of a half, so that two peers that lost each other do not
 * dial in step for ever.
 */
export interface Redial {
  /** Another try failed, or a session ended; the next one comes after the back-off. */
  later(): void;
  /** Try now: a new address, an answer on the LAN. */
  now(): void;
  /** Wait as long as it gets: a peer that refuses us, or that misbehaved. */
  muchLater(): void;
  /** A session lasted: start again from the shortest wait. */
  reset(): void;
  readonly attempts: number;
  stop(): void;
}

export function createRedial(
  init: { /** Added to every wait. */ handicapMs: number; run(): void },
  components: { clock: Clock; random: Random },
): Redial {
  const { clock, random } = components;
  let attempts = 0;
  let cancel: Cancel = () => undefined;
  let lostMs: number | undefined;
  let stopped = false;

  function wait(delayMs: number): void {
    cancel();
    if (!stopped) cancel = clock.schedule(delayMs + init.handicapMs, init.run);
  }
  function jittered(delayMs: number): number {
    return delayMs / 2 + (delayMs / 2) * (randomBelow(random, 1024) / 1024);
  }
  return {
    get attempts() {
      return attempts;
    },
    later() {
      const now = clock.monotonicMs();
      lostMs ??= now;
      const most = now - lostMs < LONG_AWAY_MS ? REDIAL_SOON_MS : REDIAL_MAX_MS;
      const delayMs = Math.min(most, REDIAL_MIN_MS * 2 ** Math.min(attempts, 10));
      attempts++;
      wait(jittered(delayMs));
    },
    now() {
      wait(0);
    },
    muchLater() {
      wait(jittered(REFUSED_MS));
    },
    reset() {
      attempts = 0;
      lostMs = undefined;
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
