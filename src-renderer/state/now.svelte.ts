import { createSubscriber } from 'svelte/reactivity';
import type { Clock } from '../clock.ts';

/**
 * The wall's time as something to show: read in a component, it brings the component up to date.
 */
export interface Now {
  /** Moves about twice a minute: for “3 minutes ago”. */
  readonly slow: number;
  /** Moves each second: for countdowns. */
  readonly fast: number;
}

export function createNow(clock: Clock): Now {
  const ticking = (everyMs: number): (() => void) =>
    createSubscriber((update) => {
      let cancel = clock.schedule(everyMs, function tick() {
        update();
        cancel = clock.schedule(everyMs, tick);
      });
      return () => {
        cancel();
      };
    });
  const slow = ticking(30_000);
  const fast = ticking(1000);
  return {
    get slow() {
      slow();
      return clock.wallMs();
    },
    get fast() {
      fast();
      return clock.wallMs();
    },
  };
}
