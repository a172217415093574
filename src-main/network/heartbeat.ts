import type { Cancel, Clock } from '../base/clock.ts';
import { HEARTBEAT_MS, MISSED_HEARTBEATS } from './rpc-limits.ts';

/** Looks twice a heartbeat, so that a silent peer is noticed within half a beat of the limit. */
const LOOKS_PER_BEAT = 2;
/** Weight of a new round trip in the smoothed one, as in TCP (RFC 6298). */
const SMOOTHING = 1 / 8;

/**
 * Own heartbeats on the RPC stream (STACK B5: libp2p's cost a stream each and notice late). Any
 * byte received is a sign of life; counted in looks, not by the clock, so that a machine that
 * slept or was busy itself first reads what has arrived before it calls another one dead.
 */
export interface Heartbeat {
  pong(id: number): void;
  readonly roundTripMs: number | undefined;
  /** Resolves true as soon as the peer answers a ping sent now, false after `timeoutMs`. */
  probe(timeoutMs: number): Promise<boolean>;
  stop(): void;
}

export function createHeartbeat(
  components: { clock: Clock },
  wire: {
    ping(id: number): void;
    /** Grows with every sign of life. */
    signsOfLife(): number;
    /** Too long without any. */
    onSilent(): void;
  },
): Heartbeat {
  const { clock } = components;
  const sentAt = new Map<number, number>();
  const probes = new Map<number, () => void>();
  let nextId = 1;
  let roundTripMs: number | undefined;
  let seen = wire.signsOfLife();
  let quietLooks = 0;
  let looks = 0;
  let cancel: Cancel = () => undefined;
  let stopped = false;

  function ping(): number {
    const id = nextId++;
    sentAt.set(id, clock.monotonicMs());
    for (const old of sentAt.keys()) if (old <= id - 8) sentAt.delete(old);
    wire.ping(id);
    return id;
  }

  function look(): void {
    if (stopped) return;
    const now = wire.signsOfLife();
    quietLooks = now === seen ? quietLooks + 1 : 0;
    seen = now;
    if (quietLooks >= MISSED_HEARTBEATS * LOOKS_PER_BEAT) {
      wire.onSilent();
      return;
    }
    if (looks++ % LOOKS_PER_BEAT === 0) ping();
    cancel = clock.schedule(HEARTBEAT_MS / LOOKS_PER_BEAT, look);
  }
  look();
  return {
    get roundTripMs() {
      return roundTripMs;
    },
    pong(id) {
      const sent = sentAt.get(id);
      if (sent === undefined) return;
      sentAt.delete(id);
      const took = clock.monotonicMs() - sent;
      roundTripMs =
        roundTripMs === undefined ? took : roundTripMs + (took - roundTripMs) * SMOOTHING;
      probes.get(id)?.();
    },
    probe(timeoutMs) {
      if (stopped) return Promise.resolve(false);
      return new Promise((resolve) => {
        const id = ping();
        const done = (alive: boolean): void => {
          probes.delete(id);
          cancelTimer();
          resolve(alive);
        };
        const cancelTimer = clock.schedule(timeoutMs, () => {
          done(false);
        });
        probes.set(id, () => {
          done(true);
        });
      });
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
