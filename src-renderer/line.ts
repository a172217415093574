import { ApiError, toApiError } from './api-error.ts';
import type { Bridge, Connection } from './bridge.ts';
import { pause, type Cancel, type Clock } from './clock.ts';

/** `refused`: the peer is there but does not know this page (its token is of an earlier run). */
export type LinkState = 'connecting' | 'live' | 'lost' | 'refused';

/** An open line to the peer. */
export interface Line {
  readonly connection: Connection;
  /** Aborts when the line breaks. */
  readonly gone: AbortSignal;
}

/** Keeps one line open: greets the peer on it, and makes a new one with growing pauses. */
export interface LineKeeper {
  readonly state: LinkState;
  readonly current: Line | undefined;
  onState(listener: (state: LinkState) => void): Cancel;
  /** The line in use, or the next one; undefined if `signal` aborts first. */
  coming(signal: AbortSignal): Promise<Line | undefined>;
  start(): void;
  stop(): void;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
/** How long the first answer on a new line may take. */
const GREETING_MS = 5000;

export interface LineComponents {
  readonly bridge: Bridge;
  readonly clock: Clock;
}

/** Runs `work` until it answers, `timeoutMs` are over or the line breaks. Rejects with ApiError. */
export async function onLine<T>(
  clock: Clock,
  { gone }: Line,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  // Not aborted: over a line that is gone nothing can be taken back any more.
  const onGone = (): void => {
    reject(new ApiError('NO_RUNNING_PEER', 'The line to the peer broke.'));
  };
  const cancel = clock.schedule(timeoutMs, () => {
    reject(new ApiError('TIMEOUT', `No answer in ${timeoutMs} ms.`, { timeoutMs }));
    own.abort();
  });
  gone.addEventListener('abort', onGone, { once: true });
  if (gone.aborted) onGone();
  try {
    return await Promise.race([work(own.signal), ended]);
  } catch (error) {
    throw toApiError(error, gone.aborted);
  } finally {
    cancel();
    gone.removeEventListener('abort', onGone);
  }
}

/**
 * One life of a line: opened, greeted, told to `onLive`, used until it breaks. True if it lived.
 */
async function live(
  { bridge, clock }: LineComponents,
  onLive: (line: Line) => void,
): Promise<boolean> {
  const gone = new AbortController();
  let connection: Connection | undefined;
  try {
    const opened = bridge.connect();
    connection = opened;
    const line: Line = { connection: opened, gone: gone.signal };
    void opened.closed.then(() => {
      gone.abort();
    });
    await onLine(clock, line, GREETING_MS, (signal) =>
      opened.client.system.health(undefined, { signal }),
    );
    onLive(line);
    await opened.closed;
    return true;
  } catch {
    return false;
  } finally {
    gone.abort();
    connection?.close();
  }
}

export function createLineKeeper(components: LineComponents): LineKeeper {
  const { bridge, clock } = components;
  const stopping = new AbortController();
  const listeners = new Set<(state: LinkState) => void>();
  let state: LinkState = 'connecting';
  let current: Line | undefined;
  let next = Promise.withResolvers<Line>();

  const setState = (value: LinkState): void => {
    if (state === value) return;
    state = value;
    for (const listener of listeners) listener(value);
  };

  async function keep(): Promise<void> {
    let delay = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const lived = await live(components, (line) => {
        current = line;
        next.resolve(line);
        setState('live');
      });
      current = undefined;
      if (lived) next = Promise.withResolvers<Line>();
      if (stopping.signal.aborted) return;
      const refused = !lived && (await bridge.hostAnswers(stopping.signal));
      setState(refused ? 'refused' : 'lost');
      if (lived) delay = FIRST_PAUSE_MS;
      await pause(clock, delay, stopping.signal);
      delay = Math.min(delay * 2, LONGEST_PAUSE_MS);
    }
  }

  return {
    get state() {
      return state;
    },
    get current() {
      return current;
    },
    onState(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    coming: async (signal) => current ?? (await Promise.race([next.promise, aborted(signal)])),
    start() {
      void keep();
    },
    stop() {
      stopping.abort();
      current?.connection.close();
    },
  };
}

/** Resolves when `signal` aborts; never before. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => {
    resolve(undefined);
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return promise;
}
