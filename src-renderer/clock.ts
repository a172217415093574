/** Time as an argument, for the window. Only this file asks the browser for it. */

/** Cancels a scheduled call or a subscription; calling it twice does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970 by the wall; shown to people, decides nothing. */
  wallMs(): number;
  /** Calls `run` once after `delayMs`. */
  schedule(delayMs: number, run: () => void): Cancel;
}

export function createBrowserClock(): Clock {
  return {
    wallMs: () => Date.now(),
    schedule(delayMs, run) {
      const timer = window.setTimeout(run, delayMs);
      return () => {
        window.clearTimeout(timer);
      };
    },
  };
}

/** Resolves after `delayMs`, or at once when `signal` aborts: the caller looks at the signal. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.schedule(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
