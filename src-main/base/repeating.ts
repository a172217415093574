import type { Clock } from './clock.ts';
import type { Startable } from './startable.ts';

/**
 * A loop that runs `work`, waits `intervalMs`, and starts again, until stopped. One run at a time;
 * what a run throws goes to `onError` and the loop goes on. `poke` starts the next run at once.
 */
export interface Repeating extends Startable {
  poke(): void;
}

export function createRepeating(init: {
  clock: Clock;
  /** Milliseconds between the end of one run and the start of the next; asked anew each time. */
  intervalMs: () => number;
  work(signal: AbortSignal): Promise<void>;
  onError(error: unknown): void;
}): Repeating {
  const stopping = new AbortController();
  let poked = false;
  /** Ends the pause between two runs. */
  let wake: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        wake = undefined;
        resolve();
      };
      const cancel = init.clock.schedule(init.intervalMs(), end);
      wake = end;
    });
  }
  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      poked = false;
      try {
        await init.work(stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) init.onError(error);
      }
      if (!poked && !stopping.signal.aborted) await pause();
    }
  }
  return {
    async start() {
      running = loop();
      return Promise.resolve();
    },
    async stop() {
      stopping.abort();
      wake?.();
      await running;
    },
    poke() {
      poked = true;
      wake?.();
    },
  };
}
