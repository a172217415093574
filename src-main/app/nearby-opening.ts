/** Whether "who is nearby?" is on somebody's screen, and its announcement on the LAN meanwhile. */
import type { Wakes } from './coalescing.ts';
import type { RingServices } from './ring-lifecycle.ts';

export interface NearbyOpening {
  isOpen(): boolean;
  /** Open until the returned function is called; any number of screens at once. */
  open(services: RingServices, wakes: Wakes): () => void;
  /** The screens have something new to show. */
  wake(): void;
  stop(): Promise<void>;
}

/** @param onClosed the last screen is gone */
export function createNearbyOpening(onClosed: () => void): NearbyOpening {
  const screens = new Set<Wakes>();
  let announced: Promise<() => Promise<void>> | undefined;
  let ending: Promise<unknown> = Promise.resolve();

  function announce(services: RingServices): void {
    announced ??= services.announceDoor().catch(() => () => Promise.resolve());
  }
  function withdraw(): void {
    const was = announced;
    announced = undefined;
    ending = Promise.resolve(was?.then((end) => end())).catch(() => undefined);
  }
  return {
    isOpen: () => screens.size > 0,
    open(services, wakes) {
      screens.add(wakes);
      announce(services);
      return () => {
        if (!screens.delete(wakes) || screens.size > 0) return;
        withdraw();
        onClosed();
      };
    },
    wake() {
      for (const wakes of screens) wakes.wake();
    },
    async stop() {
      for (const wakes of screens) wakes.end();
      screens.clear();
      withdraw();
      await ending;
    },
  };
}
