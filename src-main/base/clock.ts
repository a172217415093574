/** Time as an argument. Only this file may ask the machine for it (lint holds it). */

/** Cancels a scheduled call; calling it twice, or after the call ran, does nothing. */
export type Cancel = () => void;

export interface Clock {
  /**
   * Milliseconds since 1970 by the wall. Shown to people; decides no data outcome (invariant 7).
   */
  wallMs(): number;
  /** Milliseconds of a clock that only goes forward. For time-outs and measurements. */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs`. Never keeps the process alive by itself. */
  schedule(delayMs: number, run: () => void): Cancel;
}

export function createSystemClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    schedule(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/**
 * Resolves once everything that has come in on sockets by now was read: the moment to judge a
 * silence. After a standstill of the process all timers that fell due run before a socket is read.
 */
export function afterReading(): Promise<void> {
  return new Promise((resolve) => {
    // The first may come in the midst of this turn's reading; before the second all were asked.
    setImmediate(() => {
      setImmediate(resolve);
    });
  });
}
