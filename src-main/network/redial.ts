import type { Cancel, Clock } from '../base/clock.ts';
import { randomBelow, type Random } from '../base/random.ts';

export const REDIAL_MIN_MS = 200;
export const REDIAL_MAX_MS = 5000;

/**
 * When to dial a member again: at once when something changed, else after 0.2 to 5 s, doubling,
 * with jitter of a half, so that two peers that lost each other do not dial in step for ever.
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
      const delayMs = Math.min(REDIAL_MAX_MS, REDIAL_MIN_MS * 2 ** Math.min(attempts, 10));
      attempts++;
      wait(jittered(delayMs));
    },
    now() {
      wait(0);
    },
    muchLater() {
      wait(jittered(2 * REDIAL_MAX_MS));
    },
    reset() {
      attempts = 0;
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
