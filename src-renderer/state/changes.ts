import type { Api } from '../api.ts';
import { pause, type Cancel, type Clock } from '../clock.ts';
import type { Change } from '../wall.ts';

/** The peer's live changes, handed to whoever shows something that may have changed. */
export interface Changes {
  /** `hello` comes first and again after each break: then everything may have changed. */
  on(listener: (change: Change) => void): Cancel;
  start(): void;
  stop(): void;
}

const REOPEN_MS = 1000;

export function createChanges({ api, clock }: { api: Api; clock: Clock }): Changes {
  const listeners = new Set<(change: Change) => void>();
  const stopping = new AbortController();
  const tell = (change: Change): void => {
    for (const listener of [...listeners]) listener(change);
  };
  const open = (): void => {
    const cancel = api.follow<Change>({
      async open(client, signal) {
        const stream = await client.system.events(undefined, { signal });
        tell({ type: 'hello' });
        return stream;
      },
      each: (change) => {
        if (change.type !== 'hello') tell(change);
      },
      // Refused or ended though the line holds: ask again, not too often.
      ended: () => {
        void pause(clock, REOPEN_MS, stopping.signal).then(() => {
          if (!stopping.signal.aborted) open();
        });
      },
    });
    stopping.signal.addEventListener('abort', cancel, { once: true });
  };
  return {
    on(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    start: open,
    stop() {
      stopping.abort();
    },
  };
}
